"""Turns that are about talking to a human. Web answers them itself, without the worker (ADR 19).

Offer, consent, place in the queue and the form for a request are messages with buttons. What a button means is stored
with it; its intent begins with "handoff/", as no intent of the model does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Literal, cast, get_args

from sqlalchemy import Connection

from bot.catalogue.importers.record import Town
from bot.conversations import queries
from bot.conversations.choices import make_choice_token
from bot.conversations.handoff import Reason
from bot.conversations.handoffs import Wish, find_open_handoff, leave_handoff, list_queue, request_handoff
from bot.conversations.recent import last_outcomes, last_service
from bot.conversations.records import StoredChoice, StoredConversation, StoredMessage
from bot.conversations.waiting import Place, list_places
from bot.web.chat.availability import Availability, Concern, DeskRules, find_availability
from bot.web.chat.handoff_texts import render_moment, say, say_offer, say_place
from bot.web.chat.hub import Moved
from bot.web.i18n import say_masked

Step = Literal["offer", "accept", "accept_without", "decline", "write_request", "leave"]

PREFIX = "handoff/"
WISH_INTENT = "request_human"
REQUEST_CARD = "request"
ATTEMPTS = 2  # answers in a row that were none
REASON_OF_OUTCOME: Mapping[str | None, Reason] = MappingProxyType(
    {"abuse": "abuse", "complaint": "complaint", "crisis": "crisis"}
)


@dataclass(frozen=True, kw_only=True)
class Replied:
    """The answer to such a turn, what it moved the conversation to, and whose queue changed by that."""

    answer: StoredMessage
    moved: Moved | None = None
    team_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class HandoffTurns:
    """Answers them, each inside a transaction."""

    town: Callable[[], Town]
    rules: DeskRules

    def with_offer(
        self, connection: Connection, conversation: StoredConversation, answer: StoredMessage, *, asked: StoredMessage
    ) -> StoredMessage:
        """The bot's answer to `asked`, with the offer of a human where there is reason and the town has a desk."""
        reason = _reason(connection, conversation, answer)
        if reason is None or conversation.mode != "bot":
            return answer
        now = datetime.now(UTC)
        availability = self._availability(connection, conversation, now)
        if availability is None or (reason == "crisis" and not availability.is_open):
            return answer
        offer = self._offer(connection, availability, answer)
        said = answer.text
        if reason == "wish":  # the bot says what holds without a desk; only that personal data was hidden stays
            said = say_masked(asked.masked, language=answer.language) if asked.masked else ""
        text = "\n\n".join(filter(None, (said, offer)))
        kept = [choice for choice in answer.choices if choice.intent != WISH_INTENT]
        return replace(answer, text=text, choices=(*kept, *_offered(answer, availability, reason)))

    def reply(
        self, connection: Connection, conversation: StoredConversation, asked: StoredMessage, wanted: "Wanted"
    ) -> Replied:
        """Store and return the answer to `asked`, and do what was wanted.

        Raises:
            ConversationBusyError, NotFoundError: as `queries.add_message`.
        """
        draft = replace(draft_message(conversation), reply_to=asked.number)
        match wanted.step:
            case "leave":
                return leave(connection, conversation, draft) or _store(
                    connection, conversation, replace(draft, text=say("nothing_to_leave", draft.language))
                )
            case "decline":
                return _store(connection, conversation, replace(draft, text=say("declined", draft.language)))
            case "write_request":
                return self._show_form(connection, conversation, draft, wanted)
            case "accept" | "accept_without":
                return self._accept(connection, conversation, draft, wanted)
            case "offer":
                return self._offer_again(connection, conversation, draft, wanted)

    def absence_message(
        self, connection: Connection, conversation: StoredConversation, *, reason: Reason, key: str
    ) -> StoredMessage:
        """That nobody is there any more, with what can be done instead."""
        draft = replace(draft_message(conversation), key=key)
        availability = self._availability(connection, conversation, draft.at)
        if availability is None:  # the last member has left the team
            return replace(draft, text=say("no_desk", draft.language, phone=self.town().phone))
        text = say("absent", draft.language, due=render_moment(availability.due_at, draft.language))
        steps: tuple[Step, ...] = ("write_request", "leave")
        return replace(draft, text=text, choices=tuple(_choice(draft, step, reason) for step in steps))

    def _availability(
        self, connection: Connection, conversation: StoredConversation, at: datetime
    ) -> Availability | None:
        concern = Concern(
            service_id=last_service(connection, conversation.id),
            language=conversation.language,
            land=self.town().land,
        )
        return find_availability(connection, concern, rules=self.rules, at=at)

    def _offer(self, connection: Connection, availability: Availability, message: StoredMessage) -> str:
        ahead = len(list_queue(connection, availability.team_id)) if availability.is_open else 0
        return say_offer(availability, message.language, ahead=ahead, phone=self.town().phone)

    def _offer_again(
        self, connection: Connection, conversation: StoredConversation, draft: StoredMessage, wanted: "Wanted"
    ) -> Replied:
        if conversation.mode != "bot":
            return self._already(connection, conversation, draft)
        availability = self._availability(connection, conversation, draft.at)
        if availability is None:
            text = say_offer(None, draft.language, ahead=0, phone=self.town().phone)
            return _store(connection, conversation, replace(draft, text=text))
        offered = _offered(draft, availability, wanted.reason)
        text = self._offer(connection, availability, draft)
        return _store(connection, conversation, replace(draft, text=text, choices=offered))

    def _accept(
        self, connection: Connection, conversation: StoredConversation, draft: StoredMessage, wanted: "Wanted"
    ) -> Replied:
        """Into the queue, if somebody is still there; otherwise the offer is made anew, as things stand now."""
        availability = self._availability(connection, conversation, draft.at)
        if conversation.mode != "bot" or availability is None or not availability.is_open:
            return self._offer_again(connection, conversation, draft, wanted)
        wish = Wish(
            team_id=availability.team_id,
            reason=wanted.reason,
            service_id=last_service(connection, conversation.id),
            shows_history=wanted.step == "accept",
            at=draft.at,
        )
        # The wish goes first: its place is part of the message. Both are one transaction.
        request_handoff(connection, conversation, wish)
        place = self._places(connection, wish.team_id, at=draft.at)[conversation.id]
        leave = _choice(draft, "leave", wanted.reason)
        text = say_place(place, draft.language)
        current = replace(conversation, version=conversation.version + 1, mode="waiting")
        stored = _store(connection, current, replace(draft, text=text, choices=(leave,)))
        return replace(stored, moved=Moved(mode="waiting", place=place), team_id=wish.team_id)

    def _already(self, connection: Connection, conversation: StoredConversation, draft: StoredMessage) -> Replied:
        open_one = find_open_handoff(connection, conversation.id)
        places = self._places(connection, open_one.team_id, at=draft.at) if open_one else {}
        place = places.get(conversation.id)
        text = say("already_waiting", draft.language, position=place.position if place else 1)
        leave = _choice(draft, "leave", "button")
        return _store(connection, conversation, replace(draft, text=text, choices=(leave,)))

    def _show_form(
        self, connection: Connection, conversation: StoredConversation, draft: StoredMessage, wanted: "Wanted"
    ) -> Replied:
        if self._availability(connection, conversation, draft.at) is None:
            return self._offer_again(connection, conversation, draft, wanted)
        card = {"kind": REQUEST_CARD, "reason": wanted.reason}
        text = say("request_form", draft.language)
        if self.rules.answers_by_mail:
            text = f"{text} {say('request_form_email', draft.language)}"
        return _store(connection, conversation, replace(draft, text=text, card=card))

    def _places(self, connection: Connection, team_id: int, *, at: datetime) -> dict[str, Place]:
        return list_places(connection, team_id, at=at, seen_since=at - self.rules.presence)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the citizen wants, and what the handoff is asked for."""

    step: Step
    reason: Reason


def leave(connection: Connection, conversation: StoredConversation, draft: StoredMessage) -> Replied | None:
    """Leave the queue, or the caseworker, and say so; None where there is nothing to leave."""
    left = leave_handoff(connection, conversation.id, at=draft.at)
    if left is None:
        return None
    text = say("left_human" if conversation.mode == "human" else "left", draft.language)
    current = replace(conversation, version=conversation.version + 1, mode="bot")
    stored = _store(connection, current, replace(draft, text=text))
    return replace(stored, moved=Moved(mode="bot"), team_id=left.team_id)


def draft_message(conversation: StoredConversation) -> StoredMessage:
    """The next message, of the system, still without words."""
    return StoredMessage(
        number=conversation.last_number + 1,
        role="system",
        language=conversation.language,
        outcome="handoff",
        text="",
        at=datetime.now(UTC),
    )


def wanted_by(*, human: bool, meaning: StoredChoice | None) -> Wanted | None:
    """What a wish or a pressed button of ours stands for; None for everything that the worker answers."""
    if human:
        return Wanted(step="offer", reason="button")
    if meaning is None or not meaning.intent.startswith(PREFIX):
        return None
    step = cast("Step", meaning.intent.removeprefix(PREFIX))
    return Wanted(step=step, reason=meaning.entities["reason"]) if step in get_args(Step) else None


def _reason(connection: Connection, conversation: StoredConversation, answer: StoredMessage) -> Reason | None:
    if answer.understanding and answer.understanding.get("intent") == WISH_INTENT:
        return "wish"
    if answer.outcome == "unknown":
        failed = last_outcomes(connection, conversation.id, count=ATTEMPTS - 1)
        return "failed_twice" if failed == ("unknown",) * (ATTEMPTS - 1) else None
    return REASON_OF_OUTCOME.get(answer.outcome)


def _offered(message: StoredMessage, availability: Availability, reason: Reason) -> tuple[StoredChoice, ...]:
    steps: tuple[Step, ...] = (
        ("accept", "accept_without", "decline") if availability.is_open else ("write_request", "decline")
    )
    return tuple(_choice(message, step, reason) for step in steps)


def _choice(message: StoredMessage, step: Step, reason: Reason) -> StoredChoice:
    return StoredChoice(
        token=make_choice_token(message.number),
        title=say(step, message.language),
        intent=PREFIX + step,
        entities={"reason": reason},
    )


def _store(
    connection: Connection,
    conversation: StoredConversation,
    answer: StoredMessage,
) -> Replied:
    queries.add_message(connection, conversation, answer)
    return Replied(answer=answer)
