"""Requests: a concern that was taken because nobody was there, read again with its reference and a secret code.

What a citizen writes here is stored as written, with their consent: without it nobody could answer.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, Select, Table, func, insert, select, update

from bot.conversations.claims import Deed
from bot.conversations.handoff import Reason
from bot.conversations.handoff_models import RequestRow
from bot.errors import HandoffOverError, HandoffTakenError, NotFoundError
from bot.language import Language

RequestState = Literal["open", "answered"]

REQUEST: Table = RequestRow.__table__  # type: ignore[assignment]
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
GROUP = 4
REFERENCE_GROUPS = 2
CODE_GROUPS = 4  # 80 bits


@dataclass(frozen=True, kw_only=True)
class NewRequest:
    """What is taken down. `reach` and `email` are as the citizen wrote them; `key` makes a repetition known."""

    conversation_id: str
    team_id: int
    reason: Reason
    language: Language
    service_id: str | None
    shown_from: int
    what: str
    reach: str
    email: str
    due_at: datetime
    at: datetime
    key: str | None = None


@dataclass(frozen=True, kw_only=True)
class StoredRequest:
    """A request as read; see `RequestRow`."""

    id: int
    reference: str
    conversation_id: str | None
    team_id: int
    reason: Reason
    language: Language
    service_id: str | None
    shown_from: int
    what: str
    reach: str
    email: str
    created_at: datetime
    due_at: datetime
    state: RequestState
    assignee_id: int | None
    note: str
    answer: str
    answered_at: datetime | None
    answered_by: int | None
    version: int


_COLUMNS = [REQUEST.c[name] for name in StoredRequest.__dataclass_fields__]


def make_code(groups: int) -> str:
    """Random characters that can be read out, in groups of four: "7K2M-9XQ4"."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(groups))


def normalise_code(text: str) -> str:
    """A reference or code as stored, from how people copy it: " 7k2m 9xqO" → "7K2M-9XQ0"."""
    plain = "".join(character for character in text.upper() if character.isalnum()).translate(LOOKALIKES)
    return "-".join(plain[start : start + GROUP] for start in range(0, len(plain), GROUP))


def hash_code(code: str) -> str:
    """What is stored of a code. It is random, so it needs neither salt nor slowness."""
    return hashlib.sha256(normalise_code(code).encode()).hexdigest()


def take_request(connection: Connection, new: NewRequest) -> tuple[StoredRequest, str]:
    """Store the request; it and its code, which is not kept.

    A request with the same key is not stored again: it gets a new code, since nobody can have seen the old one.
    """
    code = make_code(CODE_GROUPS)
    if new.key is not None:
        known = (REQUEST.c.conversation_id == new.conversation_id, REQUEST.c.key == new.key)
        renewed = connection.scalar(
            update(REQUEST).where(*known).values(code_hash=hash_code(code)).returning(REQUEST.c.id)
        )
        if renewed is not None:
            return read_request(connection, renewed), code
    values = {name: getattr(new, name) for name in NewRequest.__dataclass_fields__ if name != "at"}
    stored = insert(REQUEST).values(
        **values,
        reference=make_code(REFERENCE_GROUPS),
        code_hash=hash_code(code),
        consent_at=new.at,
        created_at=new.at,
        state="open",
        note="",
        answer="",
        version=0,
    )
    request_id = connection.scalar(stored.returning(REQUEST.c.id))
    return read_request(connection, request_id), code


def select_requests() -> Select[Any]:
    """All columns a `StoredRequest` has."""
    return select(*_COLUMNS)


def to_request(row: Row[Any]) -> StoredRequest:
    """The row of a `select_requests`."""
    return StoredRequest(**row._mapping)


def read_request(connection: Connection, request_id: int) -> StoredRequest:
    """The request.

    Raises:
        NotFoundError: there is none; its conversation may have been erased.
    """
    found = _find(connection, REQUEST.c.id == request_id)
    if found is None:
        raise NotFoundError("there is no such request")
    return found


def find_request_by_key(connection: Connection, conversation_id: str, *, key: str) -> StoredRequest | None:
    """The request of the conversation that came with this key, or None."""
    return _find(connection, (REQUEST.c.conversation_id == conversation_id) & (REQUEST.c.key == key))


def count_open(connection: Connection, conversation_id: str) -> int:
    """How many requests of the conversation wait for an answer."""
    of_conversation = (REQUEST.c.conversation_id == conversation_id, REQUEST.c.state == "open")
    return connection.scalar(select(func.count()).where(*of_conversation)) or 0


def open_request(connection: Connection, reference: str, *, code: str) -> StoredRequest | None:
    """The request with this reference if the code is its own, however both are written; else None."""
    wanted = REQUEST.c.reference == normalise_code(reference)
    code_hash = connection.scalar(select(REQUEST.c.code_hash).where(wanted))
    if code_hash is None or not hmac.compare_digest(code_hash, hash_code(code)):
        return None
    return _find(connection, wanted)


def assign_request(connection: Connection, request_id: int, deed: Deed) -> StoredRequest:
    """Take an open request to answer it; as with a claim, one wins.

    Raises:
        NotFoundError: no such request, or of another team.
        HandoffTakenError: a colleague has it.
        HandoffOverError: it is answered.
    """
    free = (REQUEST.c.state == "open", REQUEST.c.assignee_id.is_(None), REQUEST.c.team_id.in_(deed.teams))
    if not _change(connection, request_id, *free, assignee_id=deed.staff_id):
        request = _visible(connection, request_id, deed)
        if request.state == "answered":
            raise HandoffOverError("the request is answered")
        if request.assignee_id != deed.staff_id:
            raise HandoffTakenError(request.assignee_id)
    return read_request(connection, request_id)


def release_request(
    connection: Connection, request_id: int, deed: Deed, *, team_id: int | None = None
) -> StoredRequest:
    """Give a request back, or to another team; a lead may for a colleague. A note takes the place of the one before.

    Raises:
        As `assign_request`.
    """
    values: dict[str, object] = {"assignee_id": None}
    if team_id is not None:
        values["team_id"] = team_id
    if deed.note:
        values["note"] = deed.note
    _change_own(connection, request_id, deed, **values)
    return read_request(connection, request_id)


def answer_request(connection: Connection, request_id: int, deed: Deed, *, answer: str) -> StoredRequest:
    """Answer in writing, once.

    Raises:
        As `assign_request`.
    """
    values = {"state": "answered", "answer": answer, "answered_at": deed.at, "answered_by": deed.staff_id}
    _change_own(connection, request_id, deed, **values)
    return read_request(connection, request_id)


def _find(connection: Connection, condition: Any) -> StoredRequest | None:
    row = connection.execute(select_requests().where(condition)).one_or_none()
    return None if row is None else to_request(row)


def _visible(connection: Connection, request_id: int, deed: Deed) -> StoredRequest:
    request = read_request(connection, request_id)
    if request.team_id not in deed.teams:
        raise NotFoundError("there is no such request")
    return request


def _change(connection: Connection, request_id: int, *conditions: Any, **values: Any) -> bool:
    changed = connection.execute(
        update(REQUEST).where(REQUEST.c.id == request_id, *conditions).values(version=REQUEST.c.version + 1, **values)
    )
    return changed.rowcount == 1


def _change_own(connection: Connection, request_id: int, deed: Deed, **values: Any) -> None:
    """Only who has it, or a lead of the team."""
    theirs = REQUEST.c.team_id.in_(deed.teams) if deed.is_lead else REQUEST.c.assignee_id == deed.staff_id
    if _change(connection, request_id, REQUEST.c.state == "open", theirs, **values):
        return
    request = _visible(connection, request_id, deed)
    if request.state == "answered":
        raise HandoffOverError("the request is answered")
    raise HandoffTakenError(request.assignee_id)
