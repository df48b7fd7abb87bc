"""What web says by itself, beside the bot or a caseworker.

An emergency is signposted where the bot did not do so, because it is silent or cannot be reached; for a while not
twice. It makes an open handoff urgent. A message to a caseworker in which personal data was hidden is followed by what
may be done with that.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import Connection

from bot.conversations.claims import append_message
from bot.conversations.handoffs import find_open_handoff, mark_urgent
from bot.conversations.originals import list_originals
from bot.conversations.outcomes import Outcome
from bot.conversations.queries import find_message_by_key
from bot.conversations.recent import was_said
from bot.conversations.records import StoredConversation, StoredMessage
from bot.text.emergency import is_emergency
from bot.web.chat.handoff_turns import draft_message
from bot.web.chat.signposts import Signposts
from bot.web.i18n import say_masked

CRISIS: Outcome = "crisis"
PAUSE = timedelta(minutes=5)

Answer = StoredMessage | None  # of the bot; None where it is silent


@dataclass(frozen=True, kw_only=True)
class Aside:
    """What was said, if anything; and whose queue stands in another order now."""

    messages: tuple[StoredMessage, ...] = ()
    team_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Asides:
    """Says it, inside a transaction."""

    signposts: Signposts

    def is_needed(self, asked: StoredMessage, answer: Answer) -> bool:
        """Whether there may be something to say or to do; does not look into the database."""
        return _is_crisis(asked, answer) or (answer is None and bool(asked.masked))

    def say(
        self, connection: Connection, conversation: StoredConversation, asked: StoredMessage, answer: Answer
    ) -> Aside:
        """What is to be said, once, after the citizen's message `asked` and the bot's answer to it.

        Raises:
            NotFoundError: the conversation was erased.
        """
        handoff = find_open_handoff(connection, conversation.id) if _is_crisis(asked, answer) else None
        is_new = handoff is not None and mark_urgent(connection, handoff.id, at=asked.at)
        team_id = handoff.team_id if handoff is not None and is_new else None
        key = f"aside {asked.number}"  # the blank keeps clients from taking the key
        if find_message_by_key(connection, conversation.id, key=key) is not None:
            return Aside(team_id=team_id)
        signpost = self._signpost(connection, conversation, asked, answer)
        hidden = "" if answer is not None else _about_hidden(connection, conversation, asked)
        text = "\n\n".join(filter(None, (signpost, hidden)))
        if not text:
            return Aside(team_id=team_id)

        def compose(current: StoredConversation) -> StoredMessage:
            return replace(draft_message(current), text=text, key=key, outcome=CRISIS if signpost else "handoff")

        return Aside(messages=(append_message(connection, conversation.id, compose),), team_id=team_id)

    def _signpost(
        self, connection: Connection, conversation: StoredConversation, asked: StoredMessage, answer: Answer
    ) -> str:
        is_signposted = answer is not None and answer.outcome == CRISIS
        if is_signposted or not _is_crisis(asked, None):
            return ""
        if was_said(connection, conversation.id, CRISIS, since=asked.at - PAUSE):
            return ""
        return self.signposts[conversation.language]


def _is_crisis(asked: StoredMessage, answer: Answer) -> bool:
    """The bot may have understood what has no sign of its own."""
    if answer is not None and answer.outcome == CRISIS:
        return True
    return asked.chosen is None and is_emergency(asked.text)


def _about_hidden(connection: Connection, conversation: StoredConversation, asked: StoredMessage) -> str:
    if not asked.masked:
        return ""
    is_kept = asked.number in list_originals(connection, conversation.id)
    return say_masked(asked.masked, language=conversation.language, is_kept=is_kept)
