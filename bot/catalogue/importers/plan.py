"""What an import has to do: the records it read compared with those the database holds.

Plans hold ids and no records, and records are gone through one at a time: a file may be larger than the memory.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.catalogue.importers.record import OfficeRecord, ServiceRecord, Source
from bot.catalogue.importers.rows import Record
from bot.catalogue.models import OfficeRow, ServiceRow
from bot.errors import InputError

LATER_FIELDS = ("areas", "alternative_names")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to do, by id. `known`: the ids that will be there afterwards; `before`: how many were there.

    `refreshed` are unchanged ones whose source gives a newer date; some sources stamp every row of every export.
    """

    added: frozenset[str]
    changed: frozenset[str]
    restored: frozenset[str]
    withdrawn: tuple[str, ...]
    refreshed: dict[str, date | None]
    unchanged: int
    before: int
    known: frozenset[str]

    @property
    def written(self) -> frozenset[str]:
        """The ids whose records are to be written."""
        return self.added | self.changed | self.restored

    @property
    def changes(self) -> int:
        """How many rows change in what they say."""
        return len(self.added) + len(self.changed) + len(self.restored) + len(self.withdrawn)


def plan_changes(
    session: Session,
    model: type[ServiceRow] | type[OfficeRow],
    records: Iterable[Record],
    source_id: int,
    *,
    kept: set[str],
) -> Plan:
    """Compare `records`, each id once, with what the source has in the database; ids in `kept` are left as they are."""
    columns = (model.id, model.content_hash, model.withdrawn_at, model.source_date)
    query = select(*columns).where(model.source_id == source_id)
    stored = {row.id: row for row in session.execute(query)}
    seen, added, changed, restored = set(), set(), set(), set()
    refreshed = {}
    for record in records:
        seen.add(record.id)
        row = stored.get(record.id)
        if row is None:
            added.add(record.id)
        elif row.withdrawn_at is not None:
            restored.add(record.id)
        elif row.content_hash != content_hash(record):
            changed.add(record.id)
        elif row.source_date != record.source_date:
            refreshed[record.id] = record.source_date
    live = [row_id for row_id, row in stored.items() if row.withdrawn_at is None]
    return Plan(
        added=frozenset(added),
        changed=frozenset(changed),
        restored=frozenset(restored),
        withdrawn=tuple(row_id for row_id in live if row_id not in seen and row_id not in kept),
        refreshed=refreshed,
        unchanged=len(seen) - len(added) - len(changed) - len(restored),
        before=len(live),
        known=frozenset(seen).union(row_id for row_id in live if row_id in kept),
    )


def content_hash(record: ServiceRecord | OfficeRecord) -> str:
    """SHA-256 of all the record says, without the date: a new stamp alone is no change.

    Fields that came later count where they are filled only, so that a catalogue from before is not changed by them.
    """
    content: dict[str, Any] = msgspec.to_builtins(replace(record, source_date=None), order="deterministic")
    for part in (content, *content.get("offices", ())):
        for name in LATER_FIELDS:
            if not part.get(name):
                part.pop(name, None)
    return sha256(msgspec.json.encode(content)).hexdigest()


def refuse_mass_withdrawal(plan: Plan, source: Source, what: str) -> None:
    """Stop where a broken or partial export would empty the catalogue.

    Raises:
        InputError: more than half would be withdrawn; the text says how many.
    """
    if len(plan.withdrawn) * 2 > plan.before:
        raise InputError(
            f"the import would withdraw {len(plan.withdrawn)} of {plan.before} {what} of the source "
            f"{source.kind} {source.name!r}; if this is meant, allow it explicitly"
        )
