"""Tables of handoffs, requests and the desk.

What happened names staff and teams by plain numbers, so that it stays when they go; how the desk is set up has keys.
"""

from datetime import datetime, time

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.conversations.models import ID_LENGTH, KEY_LENGTH, Conversation, Message
from bot.database import Base, UtcDateTime

SERVICE_ID_LENGTH = 200
OPEN = text("state IN ('waiting', 'active')")
WAITING = text("state = 'waiting'")


class HandoffRow(Base):
    """One wish for a human, from the citizen's yes to the end. Ids grow with time: pages of the history go by them."""

    __tablename__ = "handoff"
    __table_args__ = (
        Index("uq_handoff_open", "conversation_id", unique=True, postgresql_where=OPEN, sqlite_where=OPEN),
        Index("ix_handoff_queue", "team_id", "requested_at", postgresql_where=WAITING, sqlite_where=WAITING),
        Index("ix_handoff_conversation", "conversation_id", "id"),
        Index("ix_handoff_assignee", "assignee_id", "id"),
        Index("ix_handoff_history", "team_id", "id"),
        Index("ix_handoff_service", "service_id", "id"),
        Index("ix_handoff_outcome", "outcome", "id"),
        Index("ix_handoff_requested_at", "requested_at"),
        Index("ix_handoff_handled", "team_id", "closed_at"),
        {"sqlite_autoincrement": True},  # an id that was erased is not given again
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey(Conversation.id, ondelete="CASCADE"))
    team_id: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))  # a handoff.State
    reason: Mapped[str] = mapped_column(String(15))  # a handoff.Reason
    urgent: Mapped[bool]  # a crisis goes before all others
    language: Mapped[str] = mapped_column(String(8))
    service_id: Mapped[str | None] = mapped_column(String(SERVICE_ID_LENGTH))  # talked about; no foreign key
    shown_from: Mapped[int]  # number of the first message the desk may see
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)  # the place in the queue is told by the id
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # first claim
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # also when the citizen left
    assignee_id: Mapped[int | None]
    worked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the assignee's last claim or message
    outcome: Mapped[str | None] = mapped_column(String(20))  # a handoff.Result
    closing_number: Mapped[int | None]  # the message that ended it
    version: Mapped[int]  # goes up with every change


class HandoffEventRow(Base):
    """What the desk did with a handoff, and internal notes. Citizens never see it."""

    __tablename__ = "handoff_event"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    handoff_id: Mapped[int] = mapped_column(ForeignKey(HandoffRow.id, ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))  # a handoff.EventKind
    staff_id: Mapped[int | None]  # who did it; NULL is the citizen
    to_staff_id: Mapped[int | None]
    to_team_id: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class RequestRow(Base):
    """A concern that was taken because nobody was there. The citizen agreed that it is stored as written."""

    __tablename__ = "request"
    __table_args__ = (
        UniqueConstraint("conversation_id", "key"),
        Index("ix_request_team", "team_id", "state", "due_at"),
        Index("ix_request_retention", "state", "created_at"),
        Index("ix_request_answered", "answered_at", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(12), unique=True)  # "A7K2-9XQ4", told to the citizen
    code_hash: Mapped[str] = mapped_column(String(64))  # SHA-256 of the secret code
    # NULL once retention has deleted the conversation; a citizen who erases it erases the request as well.
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey(Conversation.id, ondelete="SET NULL"))
    key: Mapped[str | None] = mapped_column(String(KEY_LENGTH))  # the client's Idempotency-Key
    team_id: Mapped[int]
    reason: Mapped[str] = mapped_column(String(15))
    language: Mapped[str] = mapped_column(String(8))
    service_id: Mapped[str | None] = mapped_column(String(SERVICE_ID_LENGTH))
    shown_from: Mapped[int]  # number of the first message the desk may see
    what: Mapped[str] = mapped_column(Text)
    reach: Mapped[str] = mapped_column(Text)  # how the citizen wants to be reached, in own words
    email: Mapped[str] = mapped_column(String(254))  # where the answer is sent as well; "" is nowhere
    consent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10))  # a requests.RequestState
    assignee_id: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text)  # for whoever takes it next; citizens never see it
    answer: Mapped[str] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by: Mapped[int | None]
    version: Mapped[int]


class DeskHoursRow(Base):
    """One period in which a team's desk is open, in the town's time; weekday 0 is Monday. Without any, never."""

    __tablename__ = "desk_hours"
    __table_args__ = (CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),)

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    weekday: Mapped[int]
    opens: Mapped[time]
    closes: Mapped[time]


class PresenceRow(Base):
    """A caseworker who was seen at the desk; old rows mean absent."""

    __tablename__ = "presence"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    status: Mapped[str] = mapped_column(String(10))  # a presence.Status
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CannedReplyRow(Base):
    """A prepared reply; `texts` by language, with {placeholders}. `team_id` NULL is for all teams."""

    __tablename__ = "canned_reply"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    texts: Mapped[dict[str, str]] = mapped_column(JSON)
    changed_by: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OriginalRow(Base):
    """What a citizen wrote to a caseworker before personal data was taken out, encrypted; goes with the handoff."""

    __tablename__ = "message_original"
    __table_args__ = (
        ForeignKeyConstraint(
            ["conversation_id", "number"], [Message.conversation_id, Message.number], ondelete="CASCADE"
        ),
    )

    conversation_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)  # retention looks for old ones


class WrongAnswerRow(Base):
    """A caseworker's mark that the bot's answer `number` was wrong, and what was right, for editors."""

    __tablename__ = "wrong_answer"
    __table_args__ = (
        ForeignKeyConstraint(
            ["conversation_id", "number"], [Message.conversation_id, Message.number], ondelete="CASCADE"
        ),
    )

    conversation_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    right: Mapped[str] = mapped_column("right_answer", Text)
    right_service_id: Mapped[str | None] = mapped_column(String(SERVICE_ID_LENGTH))
    staff_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
