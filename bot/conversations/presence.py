"""Who is at the desk: open pages say so every few seconds; who was not seen for a while counts as absent.

Whoever says "I am away" counts as absent at once and until they say otherwise, however many pages are open: then
`seen_at` stays the moment at which they left.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, Select, Table, bindparam, delete, exists, select, text

from bot.conversations.handoff_models import PresenceRow
from bot.database import UtcDateTime
from bot.language import Language
from bot.staff.models import StaffLanguageRow, StaffRow, TeamMemberRow

Status = Literal["available", "away"]

PRESENCE: Table = PresenceRow.__table__  # type: ignore[assignment]
AWAY_SHOWN = timedelta(hours=12)  # who left longer ago has gone home
CLOCKS_DIFFER = timedelta(minutes=2)  # at most, of machines that serve the same desk

# Both databases know these forms.
_REPORT = text(
    "INSERT INTO presence (staff_id, status, seen_at) VALUES (:staff_id, :status, :at) "
    "ON CONFLICT (staff_id) DO UPDATE SET status = excluded.status, seen_at = excluded.seen_at"
).bindparams(bindparam("at", type_=UtcDateTime))
_SIGN_OF_LIFE = text(
    "INSERT INTO presence (staff_id, status, seen_at) VALUES (:staff_id, 'available', :at) "
    "ON CONFLICT (staff_id) DO UPDATE SET status = excluded.status, seen_at = excluded.seen_at "
    "WHERE presence.status = 'available' OR presence.seen_at < :signed_in_at"
).bindparams(bindparam("at", type_=UtcDateTime), bindparam("signed_in_at", type_=UtcDateTime))


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A caseworker who is there, or who has left and said so: then `seen_at` is since when."""

    staff_id: int
    status: Status
    seen_at: datetime


def report_presence(connection: Connection, staff_id: int, *, status: Status, at: datetime) -> None:
    """What the caseworker says; on two machines, the newest word counts."""
    connection.execute(_REPORT, {"staff_id": staff_id, "status": status, "at": at})


def note_presence(connection: Connection, staff_id: int, *, signed_in_at: datetime, at: datetime) -> None:
    """The caseworker has the desk open, in a session that began at `signed_in_at`.

    That changes nothing for who is away, unless they left in an earlier session: signing in is coming back.
    """
    connection.execute(_SIGN_OF_LIFE, {"staff_id": staff_id, "signed_in_at": signed_in_at, "at": at})


def end_presence(connection: Connection, staff_id: int) -> None:
    """The caseworker has left."""
    connection.execute(delete(PRESENCE).where(PRESENCE.c.staff_id == staff_id))


def list_present(
    connection: Connection, team_id: int, *, since: datetime, language: Language | None = None
) -> frozenset[int]:
    """The caseworkers of the team who are available, seen since then, and speak `language` if one is given."""
    query = _present(since).join(TeamMemberRow, TeamMemberRow.staff_id == PRESENCE.c.staff_id)
    query = query.where(TeamMemberRow.team_id == team_id, PRESENCE.c.status == "available")
    if language is not None:
        speaks = (StaffLanguageRow.staff_id == PRESENCE.c.staff_id) & (StaffLanguageRow.language == language)
        query = query.where(exists().where(speaks))
    return frozenset(connection.scalars(query))


def is_present(connection: Connection, staff_id: int, *, since: datetime, teams: Collection[int]) -> bool:
    """Whether somebody is available, was seen since then, and is of one of the teams."""
    query = _present(since).join(TeamMemberRow, TeamMemberRow.staff_id == PRESENCE.c.staff_id)
    query = query.where(PRESENCE.c.staff_id == staff_id, PRESENCE.c.status == "available")
    return connection.execute(query.where(TeamMemberRow.team_id.in_(teams))).first() is not None


def find_seen(connection: Connection, staff_id: int) -> Seen | None:
    """When somebody was seen last, and what they said; None for who never was."""
    row = connection.execute(select(PRESENCE).where(PRESENCE.c.staff_id == staff_id)).one_or_none()
    return None if row is None else Seen(**row._mapping)


def list_seen(connection: Connection, teams: Collection[int], *, since: datetime, at: datetime) -> tuple[Seen, ...]:
    """Who of the teams is there, seen since then; and who has left and said so today."""
    is_available = (PRESENCE.c.status == "available") & (PRESENCE.c.seen_at >= since)
    is_away = (PRESENCE.c.status == "away") & (PRESENCE.c.seen_at >= at - AWAY_SHOWN)
    query = (
        select(PRESENCE)
        .join(StaffRow, StaffRow.id == PRESENCE.c.staff_id)
        .where(is_available | is_away, StaffRow.deactivated_at.is_(None))
        .where(exists().where(TeamMemberRow.staff_id == PRESENCE.c.staff_id, TeamMemberRow.team_id.in_(teams)))
        .order_by(PRESENCE.c.staff_id)
    )
    return tuple(Seen(**row._mapping) for row in connection.execute(query))


def _present(since: datetime) -> Select[tuple[int]]:
    # After the clock was set back, a sign of life from before lies ahead: it would make somebody present who has gone.
    latest = max(datetime.now(UTC), since) + CLOCKS_DIFFER
    return (
        select(PRESENCE.c.staff_id)
        .join(StaffRow, StaffRow.id == PRESENCE.c.staff_id)
        .where(PRESENCE.c.seen_at.between(since, latest), StaffRow.deactivated_at.is_(None))
    )
