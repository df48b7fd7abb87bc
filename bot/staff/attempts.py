"""Throttling of sign-ins: each failure makes the next try wait longer, and nobody is locked out for ever.

A try counts as failed before the password is looked at, so that many at once do not slip through; success takes that
back. Three things are counted, each with its own patience:

- account and address together: somebody forgot a password, or tries another's; waits up to 15 minutes,
- the address: somebody tries many names,
- the account, from everywhere: many addresses try one name. Not asked of an address from which its owner has signed in
  within a month, so that those who try cannot keep the owner out.
"""

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Insert, Table, and_, case, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.staff.models import LoginAttemptRow

ATTEMPT: Table = LoginAttemptRow.__table__  # type: ignore[assignment]

FORGET = timedelta(days=1)
KNOWN = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Patience:
    """So many failures are free; each further one doubles the wait, from a second to `longest` seconds."""

    free: int
    longest: float

    def wait(self, failures: int) -> timedelta:
        """How long after the last of so many failures the next try is let in."""
        beyond = failures - self.free
        return timedelta(seconds=min(2.0 ** min(beyond, 30), self.longest) if beyond >= 0 else 0)


TOGETHER = Patience(free=5, longest=900)
ADDRESS = Patience(free=30, longest=900)
ACCOUNT = Patience(free=50, longest=900)


def begin_attempt(connection: Connection, *, name: str, address: str, at: datetime) -> int | None:
    """Count a try as failed; None if it may go on, else the whole seconds to wait, and nothing is counted."""
    forget_attempts(connection, at=at)
    limits = _limits(name, address)
    is_known = connection.scalar(select(ATTEMPT.c.key).where(ATTEMPT.c.key == _known(name, address))) is not None
    longest = timedelta(0)
    for key in sorted(limits):  # in the same order everywhere, or two writers could wait for each other
        failures, last_at = _take(connection, key, at)
        if not (is_known and limits[key] is ACCOUNT):
            longest = max(longest, last_at + limits[key].wait(failures) - at)
    if longest > timedelta(0):
        return math.ceil(longest.total_seconds())
    counted = update(ATTEMPT).where(ATTEMPT.c.key.in_(limits))
    connection.execute(counted.values(failures=ATTEMPT.c.failures + 1, last_at=at))
    return None


def end_attempt(connection: Connection, *, name: str, address: str, at: datetime) -> None:
    """The try was no failure: the account starts afresh, the address gets this one back and is known from now on."""
    for key, patience in _limits(name, address).items():
        if patience is ADDRESS:
            taken = update(ATTEMPT).where(ATTEMPT.c.key == key, ATTEMPT.c.failures > 0)
            connection.execute(taken.values(failures=ATTEMPT.c.failures - 1))
        else:
            connection.execute(delete(ATTEMPT).where(ATTEMPT.c.key == key))
    _take(connection, _known(name, address), at)
    connection.execute(update(ATTEMPT).where(ATTEMPT.c.key == _known(name, address)).values(last_at=at))


def forget_attempts(connection: Connection, *, at: datetime) -> int:
    """Delete what counts no longer; how many rows."""
    counts = and_(ATTEMPT.c.failures > 0, ATTEMPT.c.last_at < at - FORGET)
    return connection.execute(delete(ATTEMPT).where(or_(counts, ATTEMPT.c.last_at < at - KNOWN))).rowcount


def _take(connection: Connection, key: str, at: datetime) -> tuple[int, datetime]:
    """(failures, last_at) of a row that is made where it is missing; no other writer gets at it until the end."""
    added: Insert | sqlite.Insert | postgresql.Insert
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    added = make(ATTEMPT).values(key=key, failures=0, last_at=at)
    # A try that lies ahead was made before the clock was set back; nobody should wait until that hour comes again.
    last_at = case((ATTEMPT.c.last_at > at, at), else_=ATTEMPT.c.last_at)
    kept = {"failures": ATTEMPT.c.failures, "last_at": last_at}
    added = added.on_conflict_do_update(index_elements=[ATTEMPT.c.key], set_=kept)
    row = connection.execute(added.returning(ATTEMPT.c.failures, ATTEMPT.c.last_at)).one()
    return row.failures, row.last_at


def _limits(name: str, address: str) -> dict[str, Patience]:
    return {
        _hash("together", name, address): TOGETHER,
        _hash("address", address): ADDRESS,
        _hash("account", name): ACCOUNT,
    }


def _known(name: str, address: str) -> str:
    return _hash("known", name, address)


def _hash(*parts: str) -> str:
    """So that a copy of the table does not list addresses, or what somebody typed for a name."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
