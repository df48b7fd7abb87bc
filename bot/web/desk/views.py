"""What the pages of the desk show, read from the database. Every function takes part in the caller's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.catalogue.service_names import name_services
from bot.conversations.canned_replies import CannedReply, list_replies
from bot.conversations.handoffs import Event, StoredHandoff, list_active, list_events, list_queue, read_handoff
from bot.conversations.presence import list_present
from bot.conversations.queries import list_messages
from bot.conversations.records import StoredMessage
from bot.errors import NotFoundError
from bot.language import Language
from bot.staff.people import list_accounts
from bot.staff.roles import Staff, Team
from bot.staff.teams import list_teams

Names = Mapping[int, str]  # of staff, by id


@dataclass(frozen=True, kw_only=True)
class QueueView:
    """The desk of somebody: who waits for their teams, what they and their colleagues work on."""

    waiting: Sequence[StoredHandoff]
    mine: Sequence[StoredHandoff]
    colleagues: Sequence[StoredHandoff]
    people: Names
    teams: Mapping[int, Team]
    services: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class ConversationView:
    """One handoff: what was said as far as the desk may see it, what happened, and who could take it."""

    handoff: StoredHandoff
    messages: Sequence[StoredMessage]
    events: Sequence[Event]
    people: Names
    teams: Mapping[int, Team]
    present: Sequence[tuple[int, str]]  # colleagues at the desk
    services: Mapping[str, str]
    replies: Sequence[CannedReply]


def read_queue(connection: Connection, staff: Staff, *, language: Language) -> QueueView:
    """Waiting are emergencies first, then who came first, over all teams of the member of staff."""
    teams = sorted(staff.teams)
    waiting = [handoff for team in teams for handoff in list_queue(connection, team)]
    active = [handoff for team in teams for handoff in list_active(connection, team)]
    waiting.sort(key=lambda handoff: (not handoff.urgent, handoff.id))
    active.sort(key=lambda handoff: handoff.id)
    named = {handoff.service_id for handoff in (*waiting, *active) if handoff.service_id}
    return QueueView(
        waiting=waiting,
        mine=[handoff for handoff in active if handoff.assignee_id == staff.id],
        colleagues=[handoff for handoff in active if handoff.assignee_id != staff.id],
        people=read_people(connection),
        teams={team.id: team for team in list_teams(connection)},
        services=name_services(connection, named, language),
    )


def read_conversation(
    connection: Connection, handoff_id: int, staff: Staff, *, language: Language, seen_since: datetime
) -> ConversationView:
    """The handoff as its team may see it.

    Raises:
        NotFoundError: there is none, or it is of another team.
    """
    handoff = read_visible(connection, handoff_id, staff)
    messages = [message for message in _messages(connection, handoff) if is_shown(message, handoff)]
    people = read_people(connection)
    present = list_present(connection, handoff.team_id, since=seen_since) - {handoff.assignee_id, staff.id}
    named = {message.card["service"]["id"] for message in messages if _is_answer(message) and message.card}
    return ConversationView(
        handoff=handoff,
        messages=messages,
        events=list_events(connection, handoff_id),
        people=people,
        teams={team.id: team for team in list_teams(connection)},
        present=sorted(((id_, people[id_]) for id_ in present if id_ in people), key=lambda pair: pair[1]),
        services=name_services(connection, named | ({handoff.service_id} if handoff.service_id else set()), language),
        replies=list_replies(connection, [handoff.team_id]),
    )


def read_visible(connection: Connection, handoff_id: int, staff: Staff) -> StoredHandoff:
    """The handoff.

    Raises:
        NotFoundError: there is none, or it is of another team.
    """
    handoff = read_handoff(connection, handoff_id)
    if handoff.team_id not in staff.teams:
        raise NotFoundError("there is no such handoff")
    return handoff


def may_write(handoff: StoredHandoff, staff: Staff) -> bool:
    """Whether this member of staff may answer: the assignee, or a lead."""
    return handoff.state == "active" and (handoff.assignee_id == staff.id or staff.may("lead"))


def read_people(connection: Connection) -> Names:
    """What members of staff are called."""
    return {account.staff.id: account.staff.display_name for account in list_accounts(connection)}


def minutes_since(moment: datetime, now: datetime) -> int:
    """Whole minutes, none before 0."""
    return max(0, (now - moment) // timedelta(minutes=1))


def percent_sure(understanding: Mapping[str, Any] | None) -> int | None:
    """How sure the bot was of what it understood, in whole percent."""
    confidence = (understanding or {}).get("confidence")
    return round(100 * confidence) if isinstance(confidence, int | float) else None


def _messages(connection: Connection, handoff: StoredHandoff) -> tuple[StoredMessage, ...]:
    return list_messages(connection, handoff.conversation_id, after=handoff.shown_from - 1)


def is_shown(message: StoredMessage, handoff: StoredHandoff) -> bool:
    """What the citizen agreed to show; what was said to the bot after the end is no concern of the desk."""
    if message.number < handoff.shown_from:
        return False
    if handoff.closing_number is not None:
        return message.number <= handoff.closing_number
    return handoff.closed_at is None or message.at <= handoff.closed_at


def _is_answer(message: StoredMessage) -> bool:
    return message.card is not None and message.card.get("kind") == "service"
