"""Queries on the hours of a team's desk. Without any, it is open whenever somebody is there."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import Connection, Table, delete, insert, select

from bot.conversations.handoff_models import DeskHoursRow
from bot.conversations.working_time import Hours, overlap
from bot.errors import InputError
from bot.staff.audit import record
from bot.staff.roles import Staff

DESK_HOURS: Table = DeskHoursRow.__table__  # type: ignore[assignment]
DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")  # as schema.org writes opening hours


def list_hours(connection: Connection, team_id: int) -> tuple[Hours, ...]:
    """The hours of the team's desk in order of the week; () where none are recorded."""
    columns = (DESK_HOURS.c.weekday, DESK_HOURS.c.opens, DESK_HOURS.c.closes)
    query = select(*columns).where(DESK_HOURS.c.team_id == team_id).order_by(DESK_HOURS.c.weekday, DESK_HOURS.c.opens)
    return tuple(
        Hours(weekday=weekday, opens=opens, closes=closes) for weekday, opens, closes in connection.execute(query)
    )


def change_hours(connection: Connection, who: Staff | str, team_id: int, week: Sequence[Hours]) -> bool:
    """Replace the hours of the team's desk, with an entry in the audit log; whether they are others.

    Raises:
        InputError: as `set_hours`.
    """
    before = list_hours(connection, team_id)
    set_hours(connection, team_id, week)
    after = list_hours(connection, team_id)
    if after == before:
        return False
    record(connection, who, "changed", f"team {team_id}", {"hours": [write_week(before), write_week(after)]})
    return True


def write_week(week: Sequence[Hours]) -> list[str]:
    """ "Mo 08:00-12:00", "Mo 13:00-16:00", …, for programs."""
    return [f"{DAYS[hours.weekday]} {hours.opens:%H:%M}-{hours.closes:%H:%M}" for hours in week]


def set_hours(connection: Connection, team_id: int, week: Sequence[Hours]) -> None:
    """Replace the hours of the team's desk.

    Raises:
        InputError: a period ends before it begins, two overlap, or there is no such weekday.
    """
    for hours in week:
        if hours.opens >= hours.closes:
            raise InputError(f"{hours.opens:%H:%M} to {hours.closes:%H:%M}: a period ends after it begins")
        if hours.weekday not in range(7):
            raise InputError(f"weekday {hours.weekday}: expected 0 (Monday) to 6")
    clash = overlap(week)
    if clash:
        one, other = clash
        raise InputError(f"periods overlap: {one.opens:%H:%M} to {one.closes:%H:%M} and from {other.opens:%H:%M}")
    connection.execute(delete(DESK_HOURS).where(DESK_HOURS.c.team_id == team_id))
    rows = [{"team_id": team_id, "position": position, **asdict(hours)} for position, hours in enumerate(week)]
    if rows:
        connection.execute(insert(DESK_HOURS), rows)
