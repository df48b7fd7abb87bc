"""Keeps an answer, and where the bot did not understand, counts the citizen's words (bot.catalogue.missed)."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from bot.catalogue.missed import count_missed, countable_words, forget_missed
from bot.catalogue.validity import TOWN_TIME
from bot.conversations import queries
from bot.conversations.records import Progress, StoredConversation, StoredMessage
from bot.language import Language
from bot.text.personal_data import without_markers


@dataclass(frozen=True, kw_only=True)
class Missed:
    """Words of one message as they are counted: in its language, on the day of its answer."""

    words: tuple[str, ...]
    language: Language
    day: date


def missed_words(answer: StoredMessage, *, asked: StoredMessage) -> Missed | None:
    """The words that count because of this answer; None where the bot understood.

    A message of the system means that nobody looked; the title of a button is ours.
    """
    if (answer.role, answer.outcome) != ("bot", "unknown") or asked.chosen is not None:
        return None
    words = countable_words(without_markers(asked.text), asked.language)
    return Missed(words=words, language=asked.language, day=answer.at.astimezone(TOWN_TIME).date())


class MissedWords:
    """`days` is how long words are kept; older ones are deleted once a day."""

    def __init__(self, *, days: int) -> None:
        self._kept = timedelta(days=days)
        self._swept_on: date | None = None

    def keep_answer(
        self,
        connection: Connection,
        conversation: StoredConversation,
        answer: StoredMessage,
        *,
        progress: Progress,
        asked: StoredMessage,
    ) -> None:
        """Store the answer; words are counted in the same transaction, and only where nothing was understood.

        Raises:
            ConversationBusyError, NotFoundError: as `queries.add_message`.
        """
        queries.add_message(connection, conversation, answer, progress=progress)
        missed = missed_words(answer, asked=asked)
        if missed is None:
            return
        count_missed(connection, missed.words, language=missed.language, day=missed.day)
        if self._swept_on != missed.day:
            forget_missed(connection, before=missed.day - self._kept)
            self._swept_on = missed.day
