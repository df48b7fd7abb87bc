"""Every query on accounts of staff. A change of roles, or the end of an account, ends its sessions at once."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.errors import NotFoundError
from bot.language import Language
from bot.staff.faults import FaultError
from bot.staff.models import (
    StaffLanguageRow,
    StaffLinkRow,
    StaffRoleRow,
    StaffRow,
    StaffSessionRow,
    TeamMemberRow,
)
from bot.staff.names import check_display_name, normalise_name
from bot.staff.roles import Role, Staff

STAFF: Table = StaffRow.__table__  # type: ignore[assignment]
ROLE: Table = StaffRoleRow.__table__  # type: ignore[assignment]
SPOKEN: Table = StaffLanguageRow.__table__  # type: ignore[assignment]
MEMBER: Table = TeamMemberRow.__table__  # type: ignore[assignment]
SESSION: Table = StaffSessionRow.__table__  # type: ignore[assignment]
LINK: Table = StaffLinkRow.__table__  # type: ignore[assignment]


@dataclass(frozen=True, kw_only=True)
class Account:
    """A member of staff with what signing in needs."""

    staff: Staff
    password_hash: str | None
    second_factor: str | None  # the secret, encrypted; see bot.staff.second_factor
    second_factor_step: int | None
    subject: str | None
    created_at: datetime
    signed_in_at: datetime | None
    deactivated_at: datetime | None

    @property
    def is_active(self) -> bool:
        """Whether it can be signed in to."""
        return self.deactivated_at is None


@dataclass(frozen=True, kw_only=True)
class NewStaff:
    """What an account begins with; without a display name it is the name."""

    name: str
    display_name: str = ""
    roles: Collection[Role]
    languages: Collection[Language] = ()
    password_hash: str | None = None
    subject: str | None = None


def add_staff(connection: Connection, new: NewStaff, *, at: datetime) -> int:
    """Make an account; returns its id.

    Raises:
        FaultError: a name cannot be used or is taken, or there is no role.
    """
    name = normalise_name(new.name)
    if not new.roles:
        raise FaultError("no_role", "an account needs at least one role")
    values = {
        "name": name,
        "display_name": check_display_name(new.display_name or name),
        "password_hash": new.password_hash,
        "subject": new.subject,
        "created_at": at,
    }
    try:
        added = connection.execute(insert(STAFF).values(**values))
    except IntegrityError as error:
        raise FaultError("name_taken", f"there is an account {name} already") from error
    (staff_id,) = added.inserted_primary_key or (0,)
    _write_set(connection, ROLE.c.role, staff_id, new.roles)
    _write_set(connection, SPOKEN.c.language, staff_id, new.languages)
    return int(staff_id)


def find_account(connection: Connection, staff_id: int) -> Account | None:
    """The account, active or not, or None."""
    return next(_accounts(connection, STAFF.c.id == staff_id), None)


def find_account_by_name(connection: Connection, name: str) -> Account | None:
    """The same, by the name to sign in with in any writing."""
    return next(_accounts(connection, STAFF.c.name == name.strip().lower()), None)


def find_account_by_subject(connection: Connection, subject: str) -> Account | None:
    """The same, by "issuer subject" of OpenID Connect."""
    return next(_accounts(connection, STAFF.c.subject == subject), None)


def need_account(connection: Connection, staff_id: int) -> Account:
    """The account.

    Raises:
        NotFoundError: there is none.
    """
    account = find_account(connection, staff_id)
    if account is None:
        raise NotFoundError("there is no such account")
    return account


def list_accounts(connection: Connection) -> tuple[Account, ...]:
    """All accounts by name, those that are active first."""
    return tuple(_accounts(connection, None))


def set_roles(connection: Connection, staff_id: int, roles: Collection[Role]) -> bool:
    """Replace the roles; whether that changed anything. A change ends all sessions.

    Raises:
        FaultError: nothing is left, or nobody could look after accounts any more.
        NotFoundError: there is no such account.
    """
    account = need_account(connection, staff_id)
    if not roles:
        raise FaultError("no_role", "an account needs at least one role")
    if set(roles) == account.staff.roles:
        return False
    if "admin" not in roles:
        _refuse_without_admin(connection, account)
    _write_set(connection, ROLE.c.role, staff_id, roles)
    end_sessions(connection, staff_id)
    return True


def set_languages(connection: Connection, staff_id: int, languages: Collection[Language]) -> None:
    """Replace the languages somebody answers in."""
    _write_set(connection, SPOKEN.c.language, staff_id, languages)


def set_display_name(connection: Connection, staff_id: int, display_name: str) -> None:
    """Replace the name others see.

    Raises:
        FaultError: it cannot be used.
    """
    _set(connection, staff_id, display_name=check_display_name(display_name))


def set_password_hash(connection: Connection, staff_id: int, password_hash: str) -> None:
    """Replace the password; links to set one are void. Whoever calls it decides on the sessions."""
    _set(connection, staff_id, password_hash=password_hash)
    connection.execute(delete(LINK).where(LINK.c.staff_id == staff_id))


def set_subject(connection: Connection, staff_id: int, subject: str | None) -> None:
    """Tie the account to an identity at an OpenID Connect provider, or untie it."""
    _set(connection, staff_id, subject=subject)


def note_sign_in(connection: Connection, staff_id: int, *, at: datetime) -> None:
    """Remember when somebody signed in last."""
    _set(connection, staff_id, signed_in_at=at)


def deactivate(connection: Connection, staff_id: int, *, at: datetime) -> bool:
    """Close the account and end its sessions; whether it was open.

    Raises:
        FaultError: nobody could look after accounts any more.
        NotFoundError: there is no such account.
    """
    account = need_account(connection, staff_id)
    if not account.is_active:
        return False
    _refuse_without_admin(connection, account)
    _set(connection, staff_id, deactivated_at=at)
    connection.execute(delete(LINK).where(LINK.c.staff_id == staff_id))
    end_sessions(connection, staff_id)
    return True


def activate(connection: Connection, staff_id: int) -> bool:
    """Open the account again; whether it was closed.

    Raises:
        NotFoundError: there is no such account.
    """
    if need_account(connection, staff_id).is_active:
        return False
    _set(connection, staff_id, deactivated_at=None)
    return True


def end_sessions(connection: Connection, staff_id: int, *, but: str = "") -> int:
    """End all sessions of an account, or all but the one with this token hash; returns how many."""
    query = delete(SESSION).where(SESSION.c.staff_id == staff_id, SESSION.c.token_hash != but)
    return connection.execute(query).rowcount


def _refuse_without_admin(connection: Connection, account: Account) -> None:
    # Two admins who end each other at once: the lock makes the second see what the first did.
    admins = connection.execute(
        select(STAFF.c.id)
        .join(ROLE, ROLE.c.staff_id == STAFF.c.id)
        .where(ROLE.c.role == "admin", STAFF.c.deactivated_at.is_(None))
        .with_for_update()
    ).scalars()
    if set(admins) == {account.staff.id}:
        raise FaultError("only_admin", f"{account.staff.name} is the only admin; make somebody else one first")


def _set(connection: Connection, staff_id: int, **values: Any) -> None:
    if connection.execute(update(STAFF).where(STAFF.c.id == staff_id).values(**values)).rowcount == 0:
        raise NotFoundError("there is no such account")


def _write_set(connection: Connection, column: Any, staff_id: int, values: Iterable[str]) -> None:
    table: Table = column.table
    connection.execute(delete(table).where(table.c.staff_id == staff_id))
    rows = [{"staff_id": staff_id, column.name: value} for value in sorted(set(values))]
    if rows:
        connection.execute(insert(table), rows)


def _accounts(connection: Connection, condition: Any) -> Iterator[Account]:
    query = select(STAFF).order_by(STAFF.c.deactivated_at.is_not(None), STAFF.c.name)
    people = connection.execute(query if condition is None else query.where(condition)).all()
    only = [row.id for row in people] if condition is not None else None
    roles, spoken, teams = (
        _grouped(connection, column, only) for column in (ROLE.c.role, SPOKEN.c.language, MEMBER.c.team_id)
    )
    for row in people:
        staff = Staff(
            id=row.id,
            name=row.name,
            display_name=row.display_name,
            roles=frozenset(roles.get(row.id, ())),
            teams=frozenset(teams.get(row.id, ())),
            languages=tuple(sorted(spoken.get(row.id, ()))),
        )
        yield Account(
            staff=staff,
            **{name: getattr(row, name) for name in Account.__dataclass_fields__ if name != "staff"},
        )


def _grouped(connection: Connection, column: Any, only: list[int] | None) -> dict[int, list[Any]]:
    table = column.table
    query = select(table.c.staff_id, column)
    grouped: dict[int, list[Any]] = {}
    for staff_id, value in connection.execute(query if only is None else query.where(table.c.staff_id.in_(only))):
        grouped.setdefault(staff_id, []).append(value)
    return grouped
