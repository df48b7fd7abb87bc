"""Links with which somebody sets a password, once: for a new account, or when the old password is forgotten."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, Table, delete, insert, select

from bot.staff.models import StaffLinkRow
from bot.staff.people import Account, find_account
from bot.staff.tokens import hash_token, make_token

LINK: Table = StaffLinkRow.__table__  # type: ignore[assignment]

VALID = timedelta(days=3)
PATH = "/staff/welcome"


def make_link(connection: Connection, staff_id: int, *, at: datetime) -> str:
    """A new link's path, in place of older ones of the same person.."""
    connection.execute(delete(LINK).where(LINK.c.staff_id == staff_id))
    clear_links(connection, at=at)
    token = make_token()
    connection.execute(insert(LINK).values(token_hash=hash_token(token), staff_id=staff_id, expires_at=at + VALID))
    return f"{PATH}/{token}"


def clear_links(connection: Connection, *, at: datetime) -> int:
    """Delete the links whose time is over; returns how many."""
    return connection.execute(delete(LINK).where(LINK.c.expires_at < at)).rowcount


def find_link(connection: Connection, token: str, *, at: datetime) -> Account | None:
    """Whose link it is, if it is valid and the account is open."""
    query = select(LINK.c.staff_id).where(LINK.c.token_hash == hash_token(token), LINK.c.expires_at > at)
    staff_id = connection.scalar(query)
    account = find_account(connection, staff_id) if staff_id is not None else None
    return account if account is not None and account.is_active else None
