"""What admins do with accounts and teams, on pages and on the command line: each with its entry in the audit log.

`who` is a member of staff, or audit.COMMAND_LINE.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.language import Language
from bot.staff import links, people, second_factor, teams
from bot.staff.audit import record
from bot.staff.people import NewStaff, need_account
from bot.staff.roles import Role, Staff

Who = Staff | str


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What admins decide about somebody."""

    display_name: str = ""
    roles: frozenset[Role] = frozenset()
    languages: frozenset[Language] = frozenset()
    teams: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True)
class TeamProfile:
    """What admins decide about a team."""

    names: dict[Language, str]
    offices: frozenset[str]
    fallback: bool


def profile_of(staff: Staff) -> Profile:
    """The profile as it is."""
    return Profile(
        display_name=staff.display_name,
        roles=staff.roles,
        languages=frozenset(staff.languages),
        teams=staff.teams,
    )


def add(connection: Connection, who: Who, new: NewStaff, *, team_ids: Collection[int], at: datetime) -> int:
    """Make an account; returns its id.

    Raises:
        FaultError: a name cannot be used or is taken, or there is no role.
        NotFoundError: there is no such team.
    """
    staff_id = people.add_staff(connection, new, at=at)
    teams.set_teams(connection, staff_id, team_ids)
    staff = need_account(connection, staff_id).staff
    record(connection, who, "added", _staff(staff_id), {"name": staff.name, **_plain(profile_of(staff))})
    return staff_id


def change(connection: Connection, who: Who, staff_id: int, profile: Profile) -> bool:
    """Give somebody another profile; whether it is another. Other roles end their sessions.

    Raises:
        FaultError: it cannot be used, or nobody could look after accounts any more.
        NotFoundError: there is no such account or team.
    """
    before = profile_of(need_account(connection, staff_id).staff)
    people.set_display_name(connection, staff_id, profile.display_name)
    people.set_roles(connection, staff_id, profile.roles)
    people.set_languages(connection, staff_id, profile.languages)
    teams.set_teams(connection, staff_id, profile.teams)
    old, new = _plain(before), _plain(profile_of(need_account(connection, staff_id).staff))
    changes = {name: [old[name], new[name]] for name in new if old[name] != new[name]}
    if changes:
        record(connection, who, "changed", _staff(staff_id), changes)
    return bool(changes)


def deactivate(connection: Connection, who: Who, staff_id: int, *, at: datetime) -> bool:
    """Close an account and end its sessions; whether it was open.

    Raises:
        FaultError: nobody could look after accounts any more.
        NotFoundError: there is no such account.
    """
    done = people.deactivate(connection, staff_id, at=at)
    if done:
        record(connection, who, "deactivated", _staff(staff_id))
    return done


def activate(connection: Connection, who: Who, staff_id: int) -> bool:
    """Open an account again; whether it was closed.

    Raises:
        NotFoundError: there is no such account.
    """
    done = people.activate(connection, staff_id)
    if done:
        record(connection, who, "activated", _staff(staff_id))
    return done


def reset_second_factor(connection: Connection, who: Who, staff_id: int) -> bool:
    """Forget somebody's second factor and end their sessions; whether there was one. They set up another.

    Raises:
        NotFoundError: there is no such account.
    """
    account = need_account(connection, staff_id)
    second_factor.remove_secret(connection, staff_id)
    people.end_sessions(connection, staff_id)
    if account.second_factor is not None:
        record(connection, who, "reset_second_factor", _staff(staff_id))
    return account.second_factor is not None


def end_sessions(connection: Connection, who: Who, staff_id: int) -> int:
    """Sign somebody out everywhere; returns how many sessions there were.

    Raises:
        NotFoundError: there is no such account.
    """
    need_account(connection, staff_id)
    ended = people.end_sessions(connection, staff_id)
    record(connection, who, "signed_out_everywhere", _staff(staff_id))
    return ended


def make_link(connection: Connection, who: Who, staff_id: int, *, at: datetime) -> str:
    """The path of a link with which somebody sets a password once. The old password holds until then.

    Raises:
        NotFoundError: there is no such account.
    """
    need_account(connection, staff_id)
    path = links.make_link(connection, staff_id, at=at)
    record(connection, who, "made_link", _staff(staff_id))
    return path


def set_password_hash(connection: Connection, who: Who, staff_id: int, password_hash: str) -> None:
    """Give somebody another password, and end their sessions.

    Raises:
        NotFoundError: there is no such account.
    """
    people.set_password_hash(connection, staff_id, password_hash)
    people.end_sessions(connection, staff_id)
    record(connection, who, "changed_password", _staff(staff_id))


def add_team(connection: Connection, who: Who, key: str, profile: TeamProfile) -> int:
    """Make a team; returns its id.

    Raises:
        FaultError: key or name cannot be used, or the key is taken.
    """
    team_id = teams.add_team(connection, key, names=profile.names, offices=profile.offices, fallback=profile.fallback)
    record(connection, who, "added", _team(team_id), {"key": key, **_plain_team(profile)})
    return team_id


def change_team(connection: Connection, who: Who, team_id: int, profile: TeamProfile) -> None:
    """Replace names, offices and whether it is the fallback team.

    Raises:
        FaultError: a name cannot be used.
        NotFoundError: there is no such team.
    """
    teams.change_team(connection, team_id, names=profile.names, offices=profile.offices, fallback=profile.fallback)
    record(connection, who, "changed", _team(team_id), _plain_team(profile))


def _staff(staff_id: int) -> str:
    return f"staff {staff_id}"


def _team(team_id: int) -> str:
    return f"team {team_id}"


def _plain(profile: Profile) -> dict[str, object]:
    return {
        "display_name": profile.display_name,
        "roles": sorted(profile.roles),
        "languages": sorted(profile.languages),
        "teams": sorted(profile.teams),
    }


def _plain_team(profile: TeamProfile) -> dict[str, object]:
    return {"names": profile.names, "offices": sorted(profile.offices), "fallback": profile.fallback}
