"""What an import has to do: the records it read compared with those the database holds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.catalogue.importers.record import OfficeRecord, ServiceRecord, Source
from bot.catalogue.models import OfficeRow, ServiceRow
from bot.errors import InputError

Record = TypeVar("Record", bound=ServiceRecord | OfficeRecord)


@dataclass(frozen=True, kw_only=True)
class Plan(Generic[Record]):
    """What to do, by id. `known`: the ids that will be there afterwards; `before`: how many were there.

    `refreshed` are unchanged ones whose source gives a newer date; some sources stamp every row of every export.
    """

    added: dict[str, Record]
    changed: dict[str, Record]
    restored: dict[str, Record]
    withdrawn: list[str]
    refreshed: dict[str, Record]
    unchanged: int
    before: int
    known: frozenset[str]

    @property
    def changes(self) -> int:
        """How many rows change in what they say."""
        return len(self.added) + len(self.changed) + len(self.restored) + len(self.withdrawn)


def plan_changes(
    session: Session,
    model: type[ServiceRow] | type[OfficeRow],
    records: Mapping[str, Record],
    source_id: int,
    *,
    kept: set[str],
) -> Plan[Record]:
    """Compare `records`, by id, with what the source has in the database; the ids in `kept` are left as they are."""
    columns = (model.id, model.content_hash, model.withdrawn_at, model.source_date)
    query = select(*columns).where(model.source_id == source_id)
    stored = {row.id: row for row in session.execute(query)}
    added, changed, restored, refreshed = {}, {}, {}, {}
    for record in records.values():
        row = stored.get(record.id)
        if row is None:
            added[record.id] = record
        elif row.withdrawn_at is not None:
            restored[record.id] = record
        elif row.content_hash != content_hash(record):
            changed[record.id] = record
        elif row.source_date != record.source_date:
            refreshed[record.id] = record
    live = [row_id for row_id, row in stored.items() if row.withdrawn_at is None]
    return Plan(
        added=added,
        changed=changed,
        restored=restored,
        withdrawn=[row_id for row_id in live if row_id not in records and row_id not in kept],
        refreshed=refreshed,
        unchanged=len(records) - len(added) - len(changed) - len(restored),
        before=len(live),
        known=frozenset(records).union(row_id for row_id in live if row_id in kept),
    )


def content_hash(record: ServiceRecord | OfficeRecord) -> str:
    """SHA-256 of all the record says, without the date: a new stamp alone is no change."""
    record = replace(record, source_date=None)
    return sha256(msgspec.json.encode(record, order="deterministic")).hexdigest()


def refuse_mass_withdrawal(plan: Plan[Any], source: Source, what: str) -> None:
    """Stop where a broken or partial export would empty the catalogue.

    Raises:
        InputError: more than half would be withdrawn; the text says how many.
    """
    if len(plan.withdrawn) * 2 > plan.before:
        raise InputError(
            f"the import would withdraw {len(plan.withdrawn)} of {plan.before} {what} of the source "
            f"{source.kind} {source.name!r}; if this is meant, allow it explicitly"
        )
