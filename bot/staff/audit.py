"""The audit log: who read, revealed, exported, claimed, changed what. Append-only and chained by hashes.

Each entry's hash covers the entry and the hash before it, so that a changed, removed or inserted entry breaks the
chain from there on. Whoever may write to the database could make a whole new chain: note the last hash somewhere else
from time to time, and let `verify` look for it.

Never put what a citizen wrote into an entry: it stays when the conversation is erased.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from sqlalchemy import Connection, Row, Select, Table, bindparam, delete, func, insert, select, update

from bot.staff.models import AuditHeadRow, AuditRow
from bot.staff.roles import Staff

Action = Literal[
    "signed_in",
    "sign_in_failed",
    "signed_out",
    "signed_out_everywhere",
    "changed_password",
    "set_second_factor",
    "used_recovery_code",
    "added",
    "changed",
    "removed",
    "deactivated",
    "activated",
    "reset_second_factor",
    "made_link",
    "read",
    "searched",
    "revealed",
    "exported",
    "claimed",
    "released",
    "transferred",
    "took_over",
    "wrote",
    "answered",
    "closed",
    "erased",
    "pruned",
]
ACTIONS: tuple[Action, ...] = get_args(Action)

SYSTEM = "system"  # the program itself
COMMAND_LINE = "command line"
BEGINNING = "0" * 64
CHUNK = 1_000

AUDIT: Table = AuditRow.__table__  # type: ignore[assignment]
HEAD: Table = AuditHeadRow.__table__  # type: ignore[assignment]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry. `object` is "kind id", such as "conversation 3fq…" or "staff 7", or "" for none."""

    number: int
    at: datetime
    staff_id: int | None
    name: str
    action: str
    object: str
    details: dict[str, Any]
    previous: str
    hash: str


_ADVANCE = update(HEAD).values(number=HEAD.c.number + 1).returning(HEAD.c.number, HEAD.c.hash)
_ADD = insert(AUDIT)
_SET_HASH = update(HEAD).values(hash=bindparam("new_hash"))


def record(
    connection: Connection,
    who: Staff | str,
    what: Action,
    object: str = "",  # noqa: A002 - the word of the table
    details: Mapping[str, Any] | None = None,
) -> None:
    """Append an entry, in the transaction of what it is about.

    Call it last in the transaction: from here to its end all other writers of the log wait, and none can fork it.
    `who` is a member of staff, or SYSTEM or COMMAND_LINE. `details` is plain JSON.
    """
    # Locks the head on PostgreSQL; on SQLite begins writing, which one may at a time.
    number, previous = connection.execute(_ADVANCE).one()
    entry = {
        "number": number,
        "at": datetime.now(UTC),
        "staff_id": who.id if isinstance(who, Staff) else None,
        "name": who.name if isinstance(who, Staff) else who,
        "action": what,
        "object": object,
        "details": dict(details or {}),
        "previous": previous,
    }
    entry["hash"] = hash_entry(entry)
    connection.execute(_ADD, entry)
    connection.execute(_SET_HASH, {"new_hash": entry["hash"]})


def hash_entry(entry: Mapping[str, Any]) -> str:
    """SHA-256 of the entry's canonical JSON: sorted keys, no spaces, ASCII, the moment as ISO 8601 in UTC."""
    values = {name: entry[name] for name in Entry.__dataclass_fields__ if name != "hash"}
    values["at"] = values["at"].isoformat(timespec="microseconds")
    canonical = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which entries: from `since` on, before `until`, of one member of staff, with numbers below `below`."""

    since: datetime | None = None
    until: datetime | None = None
    staff_id: int | None = None
    below: int | None = None


EVERYTHING = Selection()


def read_entries(connection: Connection, selection: Selection = EVERYTHING) -> Iterator[Entry]:
    """The entries in order, read as they are asked for."""
    above = 0
    while entries := oldest_entries(connection, selection, above=above, limit=CHUNK):
        yield from entries
        above = entries[-1].number


def oldest_entries(connection: Connection, selection: Selection, *, above: int, limit: int) -> tuple[Entry, ...]:
    """The first entries with numbers above that one, in order."""
    query = _selected(selection).where(AUDIT.c.number > above).order_by(AUDIT.c.number).limit(limit)
    return tuple(map(_entry, connection.execute(query)))


def newest_entries(connection: Connection, selection: Selection = EVERYTHING, *, limit: int) -> tuple[Entry, ...]:
    """The last entries, the newest first; the lowest number is `below` for the page after."""
    query = _selected(selection).order_by(AUDIT.c.number.desc()).limit(limit)
    return tuple(map(_entry, connection.execute(query)))


Problem = Literal["", "changed", "missing", "cut", "other"]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What checking the log came to: how many entries are sound, and the number and hash of the last of them.

    `broken_at` is the number of the first entry that is not, None if all is well. `problem` is then "changed" (it is
    not what was hashed), "missing" (it is gone), "cut" (it and all after it are gone) or "other" (the chain is sound,
    but it is not the one whose hash was noted).
    """

    entries: int
    last_number: int
    last_hash: str
    broken_at: int | None = None
    problem: Problem = ""


def verify(connection: Connection, *, noted: tuple[int, str] | None = None) -> Verdict:
    """Check the chain from end to end; `noted` is (number, hash) of an entry as it was noted elsewhere.

    Others may write meanwhile: what comes after the head as it is now is left to the next check.
    """
    head = connection.execute(select(HEAD)).one()
    verdict = _check(connection, head, noted)
    if verdict.broken_at is None or connection.scalar(select(HEAD.c.floor_number)) == head.floor_number:
        return verdict
    return verify(connection, noted=noted)  # retention deleted the beginning meanwhile


def _check(connection: Connection, head: Row[Any], noted: tuple[int, str] | None) -> Verdict:
    verdict = Verdict(entries=0, last_number=head.floor_number, last_hash=head.floor_hash)
    for entry in read_entries(connection, Selection(below=head.number + 1)):
        if entry.number != verdict.last_number + 1:
            return replace(verdict, broken_at=verdict.last_number + 1, problem="missing")
        if entry.previous != verdict.last_hash or hash_entry(vars(entry)) != entry.hash:
            return replace(verdict, broken_at=entry.number, problem="changed")
        if noted is not None and noted[0] == entry.number and noted[1] != entry.hash:
            return replace(verdict, broken_at=entry.number, problem="other")
        verdict = Verdict(entries=verdict.entries + 1, last_number=entry.number, last_hash=entry.hash)
    if max(head.number, noted[0] if noted else 0) > verdict.last_number or head.hash != verdict.last_hash:
        return replace(verdict, broken_at=verdict.last_number + 1, problem="cut")
    return verdict


def prune(connection: Connection, *, before: datetime, limit: int | None = None) -> int:
    """Delete entries before a moment, from the beginning on and up to `limit` of them; records that; how many."""
    # Takes the head first, like every writer: the floor only ever goes up.
    floor = connection.execute(select(HEAD.c.floor_number).with_for_update()).scalar_one()
    old = select(AUDIT.c.number, AUDIT.c.hash).where(AUDIT.c.at < before)
    if limit is not None:
        old = old.where(AUDIT.c.number <= floor + limit)
    newest = connection.execute(old.order_by(AUDIT.c.number.desc()).limit(1)).one_or_none()
    if newest is None:
        return 0
    connection.execute(update(HEAD).values(floor_number=newest.number, floor_hash=newest.hash))
    deleted = connection.execute(delete(AUDIT).where(AUDIT.c.number <= newest.number)).rowcount
    record(connection, SYSTEM, "pruned", "audit", {"entries": deleted, "up_to": newest.number})
    return deleted


def count_old(connection: Connection, *, before: datetime) -> int:
    """How many entries there are from before a moment."""
    return connection.scalar(select(func.count()).select_from(AUDIT).where(AUDIT.c.at < before)) or 0


def _selected(selection: Selection) -> Select[Any]:
    query = select(AUDIT)
    if selection.since is not None:
        query = query.where(AUDIT.c.at >= selection.since)
    if selection.until is not None:
        query = query.where(AUDIT.c.at < selection.until)
    if selection.staff_id is not None:
        query = query.where(AUDIT.c.staff_id == selection.staff_id)
    if selection.below is not None:
        query = query.where(AUDIT.c.number < selection.below)
    return query


def _entry(row: Row[Any]) -> Entry:
    return Entry(**row._mapping)
