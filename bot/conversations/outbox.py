"""E-mails that wait to be sent: written in the transaction of what they tell, taken by one process, done once.

A row names its request and nothing of what the citizen wrote. Address and text are read from the request when the
e-mail is taken, so what was erased meanwhile is not sent.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal

from sqlalchemy import Connection, Table, func, insert, select, update

from bot.conversations.outbox_models import OutboxRow
from bot.conversations.requests import REQUEST, StoredRequest, read_request

Kind = Literal["taken", "answer"]
State = Literal["waiting", "sent", "failed"]
# Why an e-mail has not arrived: its address is refused, the e-mail is, or nobody took it for too long. While it waits:
# the server cannot be reached, asks to come back later, or does not let us in.
Problem = Literal["", "address", "refused", "expired", "unreachable", "later", "sign_in"]

OUTBOX: Table = OutboxRow.__table__  # type: ignore[assignment]
LEASE = timedelta(minutes=10)  # after which an e-mail whose process died is tried again
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
GIVE_UP = timedelta(days=3)
DAY = timedelta(days=1)
MOST_CONFIRMATIONS = 3  # to one address in a day: anybody can give the address of somebody else
TOKEN_BYTES = 16


@dataclass(frozen=True, kw_only=True)
class Mail:
    """An e-mail as taken, with what it is about."""

    id: int
    kind: Kind
    token: str
    queued_at: datetime
    tries: int  # with this one
    request: StoredRequest


@dataclass(frozen=True, kw_only=True)
class MailState:
    """How an e-mail stands; `done_at` is when it was sent or given up, `tries` how often it was tried."""

    state: State
    problem: Problem
    tries: int
    done_at: datetime | None


_STATE_COLUMNS = [OUTBOX.c[name] for name in MailState.__dataclass_fields__]


def queue_mail(connection: Connection, request: StoredRequest, kind: Kind, *, at: datetime) -> bool:
    """Let an e-mail about the request be sent; whether one will be: not without an address, nor too many."""
    if not request.email or (kind == "taken" and _has_enough(connection, request.email, at)):
        return False
    connection.execute(
        insert(OUTBOX).values(
            request_id=request.id,
            kind=kind,
            token=secrets.token_hex(TOKEN_BYTES),
            state="waiting",
            queued_at=at,
            tries=0,
            next_at=at,
            problem="",
        )
    )
    return True


def list_due(connection: Connection, *, at: datetime, limit: int = 20) -> tuple[int, ...]:
    """Ids of e-mails whose time has come, the longest due first."""
    due = select(OUTBOX.c.id).where(OUTBOX.c.state == "waiting", OUTBOX.c.next_at <= at)
    return tuple(connection.scalars(due.order_by(OUTBOX.c.next_at, OUTBOX.c.id).limit(limit)))


def take_mail(connection: Connection, mail_id: int, *, at: datetime) -> Mail | None:
    """Take an e-mail to send it; None where another process has it, or where it is done or erased."""
    taken = connection.execute(
        update(OUTBOX)
        .where(OUTBOX.c.id == mail_id, OUTBOX.c.state == "waiting", OUTBOX.c.next_at <= at)
        .values(next_at=at + LEASE, tries=OUTBOX.c.tries + 1)
        .returning(OUTBOX.c.id, OUTBOX.c.kind, OUTBOX.c.token, OUTBOX.c.queued_at, OUTBOX.c.tries, OUTBOX.c.request_id)
    ).one_or_none()
    if taken is None:
        return None
    return Mail(
        id=taken.id,
        kind=taken.kind,
        token=taken.token,
        queued_at=taken.queued_at,
        tries=taken.tries,
        request=read_request(connection, taken.request_id),
    )


def finish_mail(connection: Connection, mail: Mail, *, at: datetime, problem: Problem = "") -> None:
    """It was sent, or will never be."""
    state: State = "failed" if problem else "sent"
    _set(connection, mail, state=state, problem=problem, done_at=at)


def put_off(connection: Connection, mail: Mail, *, at: datetime, problem: Problem) -> None:
    """It could not be sent now: try again later, less and less often, until it is too old."""
    if at - mail.queued_at >= GIVE_UP:
        finish_mail(connection, mail, at=at, problem="expired")
        return
    _set(connection, mail, next_at=at + pause_after(mail.tries), problem=problem)


def send_again(connection: Connection, request_id: int, kind: Kind, *, at: datetime) -> bool:
    """Try an e-mail anew that was given up; whether there is one."""
    given_up = (OUTBOX.c.request_id == request_id, OUTBOX.c.kind == kind, OUTBOX.c.state == "failed")
    anew = {"state": "waiting", "problem": "", "queued_at": at, "tries": 0, "next_at": at, "done_at": None}
    return connection.execute(update(OUTBOX).where(*given_up).values(**anew)).rowcount == 1


def pause_after(tries: int) -> timedelta:
    """How long to wait after so many tries: 1 minute, 3, 9, 27, then up to 6 hours."""
    return min(FIRST_PAUSE * int(3 ** min(tries - 1, 10)), LONGEST_PAUSE)


def read_mails(connection: Connection, request_id: int) -> Mapping[Kind, MailState]:
    """How the e-mails about a request stand."""
    query = select(OUTBOX.c.kind, *_STATE_COLUMNS).where(OUTBOX.c.request_id == request_id)
    found: dict[Kind, MailState] = {}
    for row in connection.execute(query):
        kind, *values = row
        found[kind] = MailState(**dict(zip(MailState.__dataclass_fields__, values, strict=True)))
    return MappingProxyType(found)


def _set(connection: Connection, mail: Mail, **values: object) -> None:
    # Only by who took it: after a long sleep of this process another one may have it.
    mine = (OUTBOX.c.id == mail.id, OUTBOX.c.state == "waiting", OUTBOX.c.tries == mail.tries)
    connection.execute(update(OUTBOX).where(*mine).values(**values))


def _has_enough(connection: Connection, email: str, at: datetime) -> bool:
    lately = (
        select(func.count())
        .select_from(OUTBOX.join(REQUEST))
        .where(OUTBOX.c.kind == "taken", OUTBOX.c.queued_at > at - DAY)
        .where(func.lower(REQUEST.c.email) == email.lower())
    )
    return (connection.scalar(lately) or 0) >= MOST_CONFIRMATIONS
