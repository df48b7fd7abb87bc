"""Queries on handoffs from the citizen's side: ask for a human, leave the queue; and how they are read.

Every function takes part in the caller's transaction. Times are UTC. Rows are changed in the order handoff, then
conversation, so that two transactions cannot wait for each other (ADR 19).
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, insert, select, update

from bot.conversations.handoff import MODE_OF_STATE, EventKind, Mode, Reason, Result, State
from bot.conversations.handoff_models import HandoffEventRow, HandoffRow
from bot.conversations.originals import forget_originals
from bot.conversations.queries import CONVERSATION
from bot.conversations.records import StoredConversation
from bot.errors import ConversationBusyError, NotFoundError
from bot.language import Language

HANDOFF: Table = HandoffRow.__table__  # type: ignore[assignment]
EVENT: Table = HandoffEventRow.__table__  # type: ignore[assignment]
OPEN_STATES: tuple[State, ...] = ("waiting", "active")


@dataclass(frozen=True, kw_only=True)
class StoredHandoff:
    """A handoff as read; see `HandoffRow`."""

    id: int
    conversation_id: str
    team_id: int
    state: State
    reason: Reason
    urgent: bool
    language: Language
    service_id: str | None
    shown_from: int
    requested_at: datetime
    claimed_at: datetime | None
    closed_at: datetime | None
    assignee_id: int | None
    worked_at: datetime | None
    outcome: Result | None
    closing_number: int | None
    version: int


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that was done with a handoff; `staff_id` None is the citizen."""

    kind: EventKind
    staff_id: int | None
    at: datetime
    note: str = ""
    to_staff_id: int | None = None
    to_team_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a citizen agreed to: which team, why, and whether the conversation so far may be seen."""

    team_id: int
    reason: Reason
    service_id: str | None
    shows_history: bool
    at: datetime


_COLUMNS = [HANDOFF.c[name] for name in StoredHandoff.__dataclass_fields__]
_EVENT_COLUMNS = [EVENT.c[name] for name in Event.__dataclass_fields__]


def select_handoffs() -> Select[Any]:
    """All columns a `StoredHandoff` has."""
    return select(*_COLUMNS)


def to_handoff(row: Row[Any]) -> StoredHandoff:
    """The row of a `select_handoffs`."""
    return StoredHandoff(**row._mapping)


def find_handoff(connection: Connection, handoff_id: int) -> StoredHandoff | None:
    """The handoff, or None."""
    row = connection.execute(select_handoffs().where(HANDOFF.c.id == handoff_id)).one_or_none()
    return None if row is None else to_handoff(row)


def read_handoff(connection: Connection, handoff_id: int) -> StoredHandoff:
    """The handoff.

    Raises:
        NotFoundError: there is none; its conversation may have been erased.
    """
    handoff = find_handoff(connection, handoff_id)
    if handoff is None:
        raise NotFoundError("there is no such handoff")
    return handoff


def find_open_handoff(connection: Connection, conversation_id: str) -> StoredHandoff | None:
    """The handoff of the conversation that waits or is being worked on, or None."""
    query = select_handoffs().where(HANDOFF.c.conversation_id == conversation_id, HANDOFF.c.state.in_(OPEN_STATES))
    row = connection.execute(query).one_or_none()
    return None if row is None else to_handoff(row)


def list_handoffs(connection: Connection, conversation_id: str) -> tuple[StoredHandoff, ...]:
    """All handoffs of the conversation, the oldest first."""
    query = select_handoffs().where(HANDOFF.c.conversation_id == conversation_id).order_by(HANDOFF.c.id)
    return tuple(map(to_handoff, connection.execute(query)))


def list_queue(connection: Connection, team_id: int) -> tuple[StoredHandoff, ...]:
    """Who waits for the team, in the order in which they should be taken: emergencies, then who came first.

    Who came first is told by the id: a clock may be set back, and then a later time is no later moment.
    """
    query = (
        select_handoffs()
        .where(HANDOFF.c.team_id == team_id, HANDOFF.c.state == "waiting")
        .order_by(HANDOFF.c.urgent.desc(), HANDOFF.c.id)
    )
    return tuple(map(to_handoff, connection.execute(query)))


def list_active(connection: Connection, team_id: int) -> tuple[StoredHandoff, ...]:
    """What the team is working on, the oldest first."""
    query = select_handoffs().where(HANDOFF.c.team_id == team_id, HANDOFF.c.state == "active").order_by(HANDOFF.c.id)
    return tuple(map(to_handoff, connection.execute(query)))


def list_events(connection: Connection, handoff_id: int) -> tuple[Event, ...]:
    """What happened to the handoff, and its notes, in order."""
    query = select(*_EVENT_COLUMNS).where(EVENT.c.handoff_id == handoff_id).order_by(EVENT.c.id)
    return tuple(Event(**row._mapping) for row in connection.execute(query))


def request_handoff(connection: Connection, conversation: StoredConversation, wish: Wish) -> StoredHandoff:
    """Put the conversation into the team's queue. `conversation` is as it is after the citizen's last message.

    Raises:
        ConversationBusyError: it is in a queue or with a caseworker already, or was erased.
    """
    changed = connection.execute(
        update(CONVERSATION)
        .where(CONVERSATION.c.id == conversation.id, CONVERSATION.c.mode == "bot")
        .values(mode="waiting", version=CONVERSATION.c.version + 1)
    )
    if changed.rowcount == 0:
        raise ConversationBusyError("the conversation is not with the bot")
    handoff_id = connection.scalar(
        insert(HANDOFF)
        .values(
            conversation_id=conversation.id,
            team_id=wish.team_id,
            state="waiting",
            reason=wish.reason,
            urgent=wish.reason == "crisis",
            language=conversation.language,
            service_id=wish.service_id,
            shown_from=1 if wish.shows_history else conversation.last_number + 1,
            requested_at=wish.at,
            version=0,
        )
        .returning(HANDOFF.c.id)
    )
    return read_handoff(connection, handoff_id)


def leave_handoff(connection: Connection, conversation_id: str, *, at: datetime) -> StoredHandoff | None:
    """The citizen leaves the queue or the caseworker; the bot answers again. None where there was nothing to leave.

    That the citizen has left is the next message of the conversation; what follows is no concern of the desk.
    """
    open_one = find_open_handoff(connection, conversation_id)
    if open_one is None:
        return None
    farewell = select(CONVERSATION.c.last_number + 1).where(CONVERSATION.c.id == conversation_id).scalar_subquery()
    changed = connection.execute(
        update(HANDOFF)
        .where(HANDOFF.c.id == open_one.id, HANDOFF.c.state.in_(OPEN_STATES))
        .values(state="left", closed_at=at, closing_number=farewell, version=HANDOFF.c.version + 1)
    )
    if changed.rowcount == 0:
        return None
    move_conversation(connection, conversation_id, "left")
    forget_originals(connection, conversation_id)
    add_event(connection, open_one.id, Event(kind="leave", staff_id=None, at=at))
    return read_handoff(connection, open_one.id)


def mark_urgent(connection: Connection, handoff_id: int, *, at: datetime) -> bool:
    """Let an open handoff go before all others, because of what the citizen wrote; False if it does already."""
    changed = connection.execute(
        update(HANDOFF)
        .where(HANDOFF.c.id == handoff_id, HANDOFF.c.state.in_(OPEN_STATES), HANDOFF.c.urgent.is_(False))
        .values(urgent=True, version=HANDOFF.c.version + 1)
    )
    if changed.rowcount == 0:
        return False
    add_event(connection, handoff_id, Event(kind="urgent", staff_id=None, at=at))
    return True


def move_conversation(connection: Connection, conversation_id: str, state: State) -> None:
    """Let the conversation be answered as a handoff in `state` says; a bot's answer under way is refused."""
    mode: Mode = MODE_OF_STATE[state]
    connection.execute(
        update(CONVERSATION)
        .where(CONVERSATION.c.id == conversation_id)
        .values(mode=mode, version=CONVERSATION.c.version + 1)
    )


def add_event(connection: Connection, handoff_id: int, event: Event) -> None:
    """Record what was done."""
    connection.execute(insert(EVENT).values(handoff_id=handoff_id, **asdict(event)))
