"""From stored messages to the Message of the contract, and from message ids to numbers."""

from collections.abc import Iterable
from typing import cast

from msgspec import UNSET

from bot.conversations.records import StoredMessage
from bot.web.errors import ApiError
from bot.web.protocol import Card, Message, MessageChoice

ID_DIGITS = 8


def to_message(stored: StoredMessage) -> Message:
    """The message as clients get it."""
    return Message(
        id=f"{stored.number:0{ID_DIGITS}d}",
        role=stored.role,
        language=stored.language,
        outcome=stored.outcome,
        text=stored.text,
        at=stored.at,
        # Stored as plain data after it was checked on the way in; it encodes the same.
        card=UNSET if stored.card is None else cast("Card", stored.card),
        choices=[MessageChoice(title=choice.title, choice=choice.token) for choice in stored.choices] or UNSET,
    )


def to_messages(stored: Iterable[StoredMessage]) -> list[Message]:
    """Several of them."""
    return [to_message(message) for message in stored]


def parse_message_id(text: str | None) -> int:
    """The number behind a message id; 0, from the beginning, for none.

    Raises:
        ApiError: this cannot be a message id.
    """
    if text is None:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) == ID_DIGITS):
        raise ApiError("invalid", f"after must be a message id ({ID_DIGITS} digits)", field="after")
    return int(text)
