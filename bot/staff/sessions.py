"""Sessions: a browser that is signed in, known by a random token.

A session that is not `complete` has given the password and not yet the second factor; it opens nothing else.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, insert, or_, select, update

from bot.staff.models import NAME_LENGTH, StaffSessionRow
from bot.staff.people import find_account
from bot.staff.roles import Staff
from bot.staff.tokens import hash_token, make_token

SESSION: Table = StaffSessionRow.__table__  # type: ignore[assignment]

INCOMPLETE = timedelta(minutes=10)  # to find the telephone with the codes, or to set it up
TOUCH = timedelta(minutes=1)  # how exactly it is known when somebody was there last


@dataclass(frozen=True, kw_only=True)
class Limits:
    """After how long a session ends: without being used, and at all."""

    idle: timedelta
    length: timedelta


@dataclass(frozen=True, kw_only=True)
class Session:
    """A session that is valid."""

    token_hash: str
    staff: Staff
    complete: bool
    created_at: datetime
    seen_at: datetime
    browser: str

    def is_due(self, at: datetime) -> bool:
        """Whether it is time to note that somebody is there."""
        return at - self.seen_at >= TOUCH


def open_session(connection: Connection, staff_id: int, *, complete: bool, browser: str, at: datetime) -> str:
    """Start a session; returns its token."""
    token = make_token()
    values = {"staff_id": staff_id, "complete": complete, "created_at": at, "seen_at": at}
    connection.execute(insert(SESSION).values(token_hash=hash_token(token), browser=browser[:NAME_LENGTH], **values))
    return token


def find_session(connection: Connection, token: str, *, at: datetime, limits: Limits) -> Session | None:
    """The session of this token, if it is valid at that moment and the account is open."""
    row = connection.execute(
        select(SESSION).where(SESSION.c.token_hash == hash_token(token), _is_valid(at, limits))
    ).one_or_none()
    account = find_account(connection, row.staff_id) if row is not None else None
    if row is None or account is None or not account.is_active:
        return None
    values = {name: getattr(row, name) for name in ("token_hash", "complete", "created_at", "seen_at", "browser")}
    return Session(staff=account.staff, **values)


def touch_session(connection: Connection, token_hash: str, *, at: datetime) -> None:
    """Note that somebody is there."""
    connection.execute(update(SESSION).where(SESSION.c.token_hash == token_hash).values(seen_at=at))


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A session, for its owner to recognise."""

    token_hash: str
    browser: str
    created_at: datetime
    seen_at: datetime


def list_sessions(connection: Connection, staff_id: int, *, at: datetime, limits: Limits) -> tuple[Listed, ...]:
    """The valid sessions of somebody, the one used last first."""
    columns = [SESSION.c[name] for name in Listed.__dataclass_fields__]
    rows = connection.execute(
        select(*columns)
        .where(SESSION.c.staff_id == staff_id, SESSION.c.complete, _is_valid(at, limits))
        .order_by(SESSION.c.seen_at.desc(), SESSION.c.token_hash)
    )
    return tuple(Listed(**row._mapping) for row in rows)


def end_session(connection: Connection, token_hash: str, *, staff_id: int) -> bool:
    """End one session of somebody; whether there was one."""
    query = delete(SESSION).where(SESSION.c.token_hash == token_hash, SESSION.c.staff_id == staff_id)
    return connection.execute(query).rowcount > 0


def clear_sessions(connection: Connection, *, at: datetime, limits: Limits) -> int:
    """Delete the sessions that are over; returns how many."""
    return connection.execute(delete(SESSION).where(~_is_valid(at, limits))).rowcount


def _is_valid(at: datetime, limits: Limits) -> ColumnElement[bool]:
    return and_(
        SESSION.c.seen_at > at - limits.idle,
        SESSION.c.created_at > at - limits.length,
        or_(SESSION.c.complete, SESSION.c.created_at > at - INCOMPLETE),
    )
