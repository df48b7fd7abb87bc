"""What caseworkers do with a handoff. Each is one conditional write, so that it is right in any number of processes.

A handoff of a team the caseworker is not in is not found. All of them raise

    NotFoundError          no such handoff, or of another team
    HandoffTakenError      somebody else has it, and who (None: nobody yet)
    HandoffOverError       it has ended
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from sqlalchemy import Connection, exists, func, update
from sqlalchemy.sql.elements import ColumnElement

from bot.conversations import queries
from bot.conversations.handoff import EventKind, Result
from bot.conversations.handoffs import (
    HANDOFF,
    Event,
    StoredHandoff,
    add_event,
    find_handoff,
    move_conversation,
    read_handoff,
)
from bot.conversations.history import index_handoff
from bot.conversations.originals import forget_originals
from bot.conversations.presence import PRESENCE, is_present
from bot.conversations.queries import CONVERSATION
from bot.conversations.records import UNCHANGED, Progress, StoredConversation, StoredMessage
from bot.errors import ColleagueAbsentError, HandoffOverError, HandoffTakenError, NotFoundError

Compose = Callable[[StoredConversation], StoredMessage]  # the next message of a conversation
Learn = Callable[[StoredConversation], Progress]


@dataclass(frozen=True, kw_only=True)
class Deed:
    """Who does something, with which right, when, and what colleagues should know about it."""

    staff_id: int
    teams: frozenset[int]
    at: datetime
    is_lead: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How a handoff ends: the message that tells the citizen so, and what the bot knows from then on."""

    outcome: Result
    compose: Compose
    learn: Learn = lambda _: UNCHANGED
    service_id: str | None = None  # None leaves the service as it was


def claim(connection: Connection, handoff_id: int, deed: Deed) -> StoredHandoff:
    """Take a handoff that waits. Of any number of simultaneous claims one wins; a double click has it already."""
    waits = (HANDOFF.c.state == "waiting", HANDOFF.c.assignee_id.is_(None), HANDOFF.c.team_id.in_(deed.teams))
    changed = _change(
        connection,
        handoff_id,
        *waits,
        state="active",
        assignee_id=deed.staff_id,
        worked_at=deed.at,
        claimed_at=func.coalesce(HANDOFF.c.claimed_at, deed.at),
    )
    if not changed:
        return _own(connection, handoff_id, deed)
    return _done(connection, handoff_id, deed, "claim")


def release(connection: Connection, handoff_id: int, deed: Deed) -> StoredHandoff:
    """Give a handoff back to the queue, where it has the place it had."""
    _change_own(connection, handoff_id, deed, state="waiting", assignee_id=None, worked_at=None)
    return _done(connection, handoff_id, deed, "release")


def transfer_to_team(connection: Connection, handoff_id: int, deed: Deed, *, team_id: int) -> StoredHandoff:
    """Give a handoff into the queue of another team."""
    values = {"state": "waiting", "assignee_id": None, "worked_at": None, "team_id": team_id}
    _change_own(connection, handoff_id, deed, **values)
    return _done(connection, handoff_id, deed, "transfer_team", to_team_id=team_id)


def transfer_to_colleague(
    connection: Connection, handoff_id: int, deed: Deed, *, colleague_id: int, seen_since: datetime
) -> StoredHandoff:
    """Give a handoff to a colleague of its team who was seen since then.

    Raises:
        ColleagueAbsentError: the colleague was not seen, or is not of the team; nothing is changed.
    """
    handoff = _own(connection, handoff_id, deed)
    if not is_present(connection, colleague_id, since=seen_since, teams=[handoff.team_id]):
        raise ColleagueAbsentError("the colleague is not at the desk")
    _change_own(connection, handoff_id, deed, assignee_id=colleague_id, worked_at=deed.at)
    return _done(connection, handoff_id, deed, "transfer_colleague", to_staff_id=colleague_id)


def take_over(connection: Connection, handoff_id: int, deed: Deed, *, absent_since: datetime) -> StoredHandoff:
    """Take a handoff whose assignee has neither been at the desk nor written since then."""
    before = _visible(connection, handoff_id, deed)
    was_seen = exists().where(PRESENCE.c.staff_id == HANDOFF.c.assignee_id, PRESENCE.c.seen_at >= absent_since)
    changed = _change(
        connection,
        handoff_id,
        HANDOFF.c.state == "active",
        HANDOFF.c.team_id.in_(deed.teams),
        HANDOFF.c.assignee_id == before.assignee_id,
        HANDOFF.c.worked_at < absent_since,
        ~was_seen,
        assignee_id=deed.staff_id,
        worked_at=deed.at,
    )
    if not changed:
        return _own(connection, handoff_id, deed)
    return _done(connection, handoff_id, deed, "takeover", to_staff_id=before.assignee_id)


def close(
    connection: Connection, handoff_id: int, deed: Deed, *, ending: Ending
) -> tuple[StoredHandoff, StoredMessage]:
    """End a handoff and tell the citizen; the bot answers again."""
    values: dict[str, Any] = {"state": "closed", "closed_at": deed.at, "outcome": ending.outcome}
    if ending.service_id is not None:
        values["service_id"] = ending.service_id
    _change_own(connection, handoff_id, deed, **values)
    handoff = _done(connection, handoff_id, deed, "close")
    message = append_message(connection, handoff.conversation_id, ending.compose, learn=ending.learn)
    _change(connection, handoff_id, closing_number=message.number)
    forget_originals(connection, handoff.conversation_id)
    index_handoff(connection, handoff_id)
    return read_handoff(connection, handoff_id), message


def write(connection: Connection, handoff_id: int, deed: Deed, *, compose: Compose) -> StoredMessage:
    """Store a caseworker's message. Only the assignee may write, or a lead of the team, which is recorded.

    A message whose key came before is not stored again; the one that was is returned.
    """
    is_active = HANDOFF.c.state == "active"
    if not _change(connection, handoff_id, is_active, HANDOFF.c.assignee_id == deed.staff_id, worked_at=deed.at):
        is_theirs = HANDOFF.c.team_id.in_(deed.teams)
        if not (deed.is_lead and _change(connection, handoff_id, is_active, is_theirs)):
            _refuse(connection, handoff_id, deed)
        _record(connection, handoff_id, deed, "lead_wrote")
    return append_message(connection, read_handoff(connection, handoff_id).conversation_id, compose)


def add_note(connection: Connection, handoff_id: int, deed: Deed) -> None:
    """Keep `deed.note` for colleagues; the citizen never sees it. Everybody of the team may, also afterwards."""
    _visible(connection, handoff_id, deed)
    _record(connection, handoff_id, deed, "note")


def append_message(
    connection: Connection, conversation_id: str, compose: Compose, *, learn: Learn = lambda _: UNCHANGED
) -> StoredMessage:
    """Store a message as the last one, whatever came in between: the row is locked before the number is read.

    Raises:
        NotFoundError: the conversation was erased.
    """
    connection.execute(
        update(CONVERSATION).where(CONVERSATION.c.id == conversation_id).values(version=CONVERSATION.c.version + 1)
    )
    conversation = queries.find_conversation(connection, conversation_id)
    if conversation is None:
        raise NotFoundError("the conversation was erased")
    message = compose(conversation)
    if message.key is not None:
        known = queries.find_message_by_key(connection, conversation_id, key=message.key)
        if known is not None:
            return known
    queries.add_message(connection, conversation, message, learn(conversation))
    return message


def _change(connection: Connection, handoff_id: int, *conditions: ColumnElement[bool], **values: Any) -> bool:
    """Change the handoff if all conditions hold at the moment of the write."""
    changed = connection.execute(
        update(HANDOFF).where(HANDOFF.c.id == handoff_id, *conditions).values(version=HANDOFF.c.version + 1, **values)
    )
    return changed.rowcount == 1


def _change_own(connection: Connection, handoff_id: int, deed: Deed, **values: Any) -> None:
    mine = (HANDOFF.c.state == "active", HANDOFF.c.assignee_id == deed.staff_id)
    if not _change(connection, handoff_id, *mine, **values):
        _refuse(connection, handoff_id, deed)


def _done(connection: Connection, handoff_id: int, deed: Deed, kind: EventKind, **to: int | None) -> StoredHandoff:
    """The handoff after a change, with the conversation's mode and the event of it."""
    handoff = read_handoff(connection, handoff_id)
    move_conversation(connection, handoff.conversation_id, handoff.state)
    _record(connection, handoff_id, deed, kind, **to)
    return handoff


def _record(connection: Connection, handoff_id: int, deed: Deed, kind: EventKind, **to: int | None) -> None:
    add_event(connection, handoff_id, Event(kind=kind, staff_id=deed.staff_id, at=deed.at, note=deed.note, **to))


def _visible(connection: Connection, handoff_id: int, deed: Deed) -> StoredHandoff:
    handoff = find_handoff(connection, handoff_id)
    if handoff is None or handoff.team_id not in deed.teams:
        raise NotFoundError("there is no such handoff")
    return handoff


def _own(connection: Connection, handoff_id: int, deed: Deed) -> StoredHandoff:
    handoff = _visible(connection, handoff_id, deed)
    if handoff.state != "active" or handoff.assignee_id != deed.staff_id:
        _refuse(connection, handoff_id, deed)
    return handoff


def _refuse(connection: Connection, handoff_id: int, deed: Deed) -> NoReturn:
    """Say why a change was not possible."""
    handoff = _visible(connection, handoff_id, deed)
    if handoff.state in {"closed", "left"}:
        raise HandoffOverError("the handoff has ended")
    raise HandoffTakenError(handoff.assignee_id)
