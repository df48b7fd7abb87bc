"""Who is at the desk: caseworkers say so every few seconds, and count as absent once they have not for a while."""

from collections.abc import Collection
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, Select, Table, bindparam, delete, exists, select, text

from bot.conversations.handoff_models import PresenceRow
from bot.database import UtcDateTime
from bot.language import Language
from bot.staff.models import StaffLanguageRow, StaffRow, TeamMemberRow

Status = Literal["available", "away"]

PRESENCE: Table = PresenceRow.__table__  # type: ignore[assignment]

# Both databases know this form.
_HEARTBEAT = text(
    "INSERT INTO presence (staff_id, status, seen_at) VALUES (:staff_id, :status, :at) "
    "ON CONFLICT (staff_id) DO UPDATE SET status = excluded.status, seen_at = excluded.seen_at"
).bindparams(bindparam("at", type_=UtcDateTime))


def report_presence(connection: Connection, staff_id: int, *, status: Status, at: datetime) -> None:
    """The caseworker is there; on two machines, the newest word counts."""
    connection.execute(_HEARTBEAT, {"staff_id": staff_id, "status": status, "at": at})


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
    """Whether somebody was seen since then, available or not, and is of one of the teams."""
    query = _present(since).join(TeamMemberRow, TeamMemberRow.staff_id == PRESENCE.c.staff_id)
    found = connection.execute(query.where(PRESENCE.c.staff_id == staff_id, TeamMemberRow.team_id.in_(teams)))
    return found.first() is not None


def _present(since: datetime) -> Select[tuple[int]]:
    return (
        select(PRESENCE.c.staff_id)
        .join(StaffRow, StaffRow.id == PRESENCE.c.staff_id)
        .where(PRESENCE.c.seen_at >= since, StaffRow.deactivated_at.is_(None))
    )
