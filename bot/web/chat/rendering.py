"""From stored messages to the Message of the contract, and between message ids and numbers."""

from collections.abc import Iterable
from typing import cast

from msgspec import UNSET

from bot.conversations.feedback import is_rated
from bot.conversations.records import Feedback as StoredFeedback
from bot.conversations.records import StoredMessage
from bot.web.chat.hub import Moved
from bot.web.errors import ApiError
from bot.web.protocol.cards import Card
from bot.web.protocol.conversations import HandoffState
from bot.web.protocol.frames import StateEvent
from bot.web.protocol.messages import Feedback, Message, MessageChoice

ID_DIGITS = 8


def to_message(stored: StoredMessage) -> Message:
    """The message as clients get it."""
    given = to_feedback(stored.feedback) if stored.feedback else None
    return Message(
        id=message_id(stored.number),
        role=stored.role,
        language=stored.language,
        outcome=stored.outcome,
        text=stored.text,
        at=stored.at,
        # Stored as plain data after it was checked on the way in; it encodes the same.
        card=UNSET if stored.card is None else cast("Card", stored.card),
        choices=[MessageChoice(title=choice.title, choice=choice.token) for choice in stored.choices] or UNSET,
        feedback=given if is_rated(stored) else UNSET,
    )


def to_messages(stored: Iterable[StoredMessage]) -> list[Message]:
    """Several of them."""
    return [to_message(message) for message in stored]


def to_feedback(stored: StoredFeedback) -> Feedback:
    """The feedback as clients get it."""
    return Feedback(helpful=stored.helpful, comment=UNSET if stored.comment is None else stored.comment)


def to_handoff_state(moved: Moved) -> HandoffState:
    """Who answers, as clients get it."""
    return HandoffState(state=moved.mode, **_place(moved))


def to_state_event(moved: Moved) -> StateEvent:
    """The same as a frame."""
    return StateEvent(state=moved.mode, **_place(moved))


def _place(moved: Moved) -> dict[str, int]:
    place = moved.place
    if place is None:
        return {}
    return {"position": place.position} | ({} if place.minutes is None else {"minutes": place.minutes})


def message_id(number: int) -> str:
    """2 → "00000002"."""
    return f"{number:0{ID_DIGITS}d}"


def message_number(text: str) -> int | None:
    """The number behind a message id, None for what cannot be one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) == ID_DIGITS else None


def parse_message_id(text: str | None) -> int:
    """The number behind a message id; 0, from the beginning, for none.

    Raises:
        ApiError: this cannot be a message id.
    """
    if text is None:
        return 0
    number = message_number(text)
    if number is None:
        raise ApiError("invalid", f"after must be a message id ({ID_DIGITS} digits)", field="after")
    return number
