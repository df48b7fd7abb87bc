"""Tables of conversations. Personal data never stands in them: messages are stored masked, tokens as hashes."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ForeignKey,
    ForeignKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, UtcDateTime

ID_LENGTH = 22
KEY_LENGTH = 128
TOKEN_LENGTH = 22


class Conversation(Base):
    """One conversation of one citizen."""

    __tablename__ = "conversation"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64))  # SHA-256, hexadecimal
    language: Mapped[str] = mapped_column(String(8))
    language_pinned: Mapped[bool] = mapped_column(default=False)  # the citizen asked for this language
    mode: Mapped[str] = mapped_column(String(10), default="bot")  # a bot.conversations.handoff.Mode
    state: Mapped[str | None] = mapped_column(Text)  # the worker's dialogue state, opaque JSON
    version: Mapped[int] = mapped_column(default=0)  # goes up with every change; a stale writer is refused
    last_number: Mapped[int] = mapped_column(default=0)  # of the last message
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)  # retention looks for old ones


class Message(Base):
    """One message. `number` counts within its conversation, from 1."""

    __tablename__ = "message"
    __table_args__ = (UniqueConstraint("conversation_id", "key"),)

    conversation_id: Mapped[str] = mapped_column(ForeignKey(Conversation.id, ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(8))
    outcome: Mapped[str | None] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reply_to: Mapped[int | None]  # number of the citizen's message that this one answers
    key: Mapped[str | None] = mapped_column(String(KEY_LENGTH))  # the client's Idempotency-Key
    chosen: Mapped[str | None] = mapped_column(String(TOKEN_LENGTH))  # token of the choice the citizen pressed
    masked: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))  # kinds of personal data taken out
    card: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    # The buttons under the message: token, title, intent, entities. The citizen sees the first two.
    choices: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    understanding: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # what the worker understood
    staff_id: Mapped[int | None]  # who wrote it, of a caseworker's message


class FeedbackRow(Base):
    """Whether the answer `number` helped: at most one row per message, the citizen's last word on it."""

    __tablename__ = "feedback"
    __table_args__ = (
        ForeignKeyConstraint(
            ["conversation_id", "number"], [Message.conversation_id, Message.number], ondelete="CASCADE"
        ),
    )

    conversation_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    helpful: Mapped[bool]
    comment: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)  # retention looks for old ones
