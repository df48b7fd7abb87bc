"""Every query on teams: who is in them, and which offices' services they answer for."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.errors import NotFoundError
from bot.language import LANGUAGES, Language
from bot.staff.faults import FaultError
from bot.staff.models import OFFICE_LENGTH, TeamMemberRow, TeamOfficeRow, TeamRow, TeamTextRow
from bot.staff.names import check_display_name
from bot.staff.roles import Team

TEAM: Table = TeamRow.__table__  # type: ignore[assignment]
TEXT: Table = TeamTextRow.__table__  # type: ignore[assignment]
OFFICE: Table = TeamOfficeRow.__table__  # type: ignore[assignment]
MEMBER: Table = TeamMemberRow.__table__  # type: ignore[assignment]

KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


def list_teams(connection: Connection) -> tuple[Team, ...]:
    """All teams by key."""
    return tuple(_teams(connection, None))


def find_team(connection: Connection, team_id: int) -> Team | None:
    """The team, or None."""
    return next(iter(_teams(connection, TEAM.c.id == team_id)), None)


def find_team_by_key(connection: Connection, key: str) -> Team | None:
    """The team, or None."""
    return next(iter(_teams(connection, TEAM.c.key == key)), None)


def responsible_team(connection: Connection, offices: Iterable[str]) -> Team | None:
    """The team for a service of these offices, the main one first; else the fallback team; else None."""
    wanted = list(offices)
    found = connection.execute(
        select(OFFICE.c.office_id, OFFICE.c.team_id).where(OFFICE.c.office_id.in_(wanted)).order_by(OFFICE.c.team_id)
    ).all()
    if found:
        first = min(found, key=lambda row: wanted.index(row.office_id))
        return find_team(connection, first.team_id)
    return next(iter(_teams(connection, TEAM.c.fallback)), None)


def add_team(
    connection: Connection,
    key: str,
    *,
    names: Mapping[Language, str],
    offices: Collection[str] = (),
    fallback: bool = False,
) -> int:
    """Make a team; returns its id. A new fallback team takes the place of the old one.

    Raises:
        FaultError: key, name or office cannot be used, or the key is taken.
    """
    if not KEY.fullmatch(key):
        raise FaultError("key", f"{key!r} cannot be the key of a team: up to 40 small letters, digits and - inside")
    if fallback:
        _end_fallback(connection)
    try:
        added = connection.execute(insert(TEAM).values(key=key, fallback=fallback))
    except IntegrityError as error:
        raise FaultError("key_taken", f"there is a team {key} already") from error
    (team_id,) = added.inserted_primary_key or (0,)
    _write_names(connection, team_id, names)
    _write_offices(connection, team_id, offices)
    return int(team_id)


def change_team(
    connection: Connection, team_id: int, *, names: Mapping[Language, str], offices: Collection[str], fallback: bool
) -> None:
    """Replace names, offices and whether it is the fallback team.

    Raises:
        FaultError: a name or office cannot be used.
        NotFoundError: there is no such team.
    """
    if fallback:
        _end_fallback(connection, but=team_id)
    if connection.execute(update(TEAM).where(TEAM.c.id == team_id).values(fallback=fallback)).rowcount == 0:
        raise NotFoundError("there is no such team")
    _write_names(connection, team_id, names)
    _write_offices(connection, team_id, offices)


def set_teams(connection: Connection, staff_id: int, teams: Collection[int]) -> None:
    """Replace the teams somebody belongs to.

    Raises:
        NotFoundError: there is no such team.
    """
    connection.execute(delete(MEMBER).where(MEMBER.c.staff_id == staff_id))
    rows = [{"team_id": team_id, "staff_id": staff_id} for team_id in sorted(set(teams))]
    if not rows:
        return
    try:
        connection.execute(insert(MEMBER), rows)
    except IntegrityError as error:
        raise NotFoundError("there is no such team") from error


def _end_fallback(connection: Connection, *, but: int | None = None) -> None:
    connection.execute(update(TEAM).where(TEAM.c.fallback, TEAM.c.id != (but or 0)).values(fallback=False))


def _write_names(connection: Connection, team_id: int, names: Mapping[Language, str]) -> None:
    unknown = set(names) - set(LANGUAGES)
    if unknown or not any(name.strip() for name in names.values()):
        raise FaultError("team_name", "a team needs a name, in one of: " + ", ".join(LANGUAGES))
    rows = [
        {"team_id": team_id, "language": language, "name": check_display_name(name)}
        for language, name in names.items()
        if name.strip()
    ]
    connection.execute(delete(TEXT).where(TEXT.c.team_id == team_id))
    connection.execute(insert(TEXT), rows)


def _write_offices(connection: Connection, team_id: int, offices: Collection[str]) -> None:
    for office in offices:
        if not office or len(office) > OFFICE_LENGTH or not office.isprintable():
            raise FaultError("office", f"{office[:OFFICE_LENGTH]!r} cannot be the id of an office")
    connection.execute(delete(OFFICE).where(OFFICE.c.team_id == team_id))
    rows = [{"team_id": team_id, "office_id": office} for office in sorted(set(offices))]
    if rows:
        connection.execute(insert(OFFICE), rows)


def _teams(connection: Connection, condition: Any) -> list[Team]:
    query = select(TEAM).order_by(TEAM.c.key)
    teams = connection.execute(query if condition is None else query.where(condition)).all()
    ids = [row.id for row in teams]
    names: dict[int, dict[Language, str]] = {}
    for row in connection.execute(select(TEXT).where(TEXT.c.team_id.in_(ids)).order_by(TEXT.c.language)):
        names.setdefault(row.team_id, {})[row.language] = row.name
    offices = _grouped(connection, OFFICE.c.office_id, ids)
    members = _grouped(connection, MEMBER.c.staff_id, ids)
    return [
        Team(
            id=row.id,
            key=row.key,
            names=names[row.id],
            offices=frozenset(offices.get(row.id, ())),
            fallback=row.fallback,
            members=frozenset(members.get(row.id, ())),
        )
        for row in teams
    ]


def _grouped(connection: Connection, column: Any, ids: list[int]) -> dict[int, list[Any]]:
    table = column.table
    grouped: dict[int, list[Any]] = {}
    for team_id, value in connection.execute(select(table.c.team_id, column).where(table.c.team_id.in_(ids))):
        grouped.setdefault(team_id, []).append(value)
    return grouped
