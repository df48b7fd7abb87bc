"""What an import has to do: the records it read compared with those the database holds.

Plans hold ids and no records, and records are gone through one at a time: a file may be larger than the memory.
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.catalogue.importers.accepting import Accepted
from bot.catalogue.importers.hashing import content_hash
from bot.catalogue.importers.record import Source
from bot.catalogue.importers.rows import Record
from bot.catalogue.models import OfficeRow, ServiceRow
from bot.errors import InputError


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to do, by id. `kept`: ids that stay though they were not among the records; `before`: how many were there.

    `refreshed` are unchanged ones whose source gives a newer date; some sources stamp every row of every export.
    """

    added: Set[str]
    changed: Set[str]
    restored: Set[str]
    withdrawn: tuple[str, ...]
    refreshed: dict[str, date | None]
    unchanged: int
    before: int
    kept: Set[str]

    def writes(self, row_id: str) -> bool:
        """Whether the record with this id is to be written."""
        return row_id in self.added or row_id in self.changed or row_id in self.restored

    @property
    def changes(self) -> int:
        """How many rows change in what they say."""
        return len(self.added) + len(self.changed) + len(self.restored) + len(self.withdrawn)


def plan_changes(
    session: Session,
    model: type[ServiceRow] | type[OfficeRow],
    records: Accepted[Record],
    source_id: int,
    *,
    kept: Set[str],
) -> Plan:
    """Compare `records` with what the source has in the database; ids in `kept` are left as they are."""
    columns = (model.id, model.content_hash, model.withdrawn_at, model.source_date)
    query = select(*columns).where(model.source_id == source_id)
    stored = {row.id: row for row in session.execute(query)}
    added, changed, restored = set(), set(), set()
    refreshed = {}
    for record in records:
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
    missing = [row_id for row_id in live if row_id not in records.positions]
    return Plan(
        added=added,
        changed=changed,
        restored=restored,
        withdrawn=tuple(row_id for row_id in missing if row_id not in kept),
        refreshed=refreshed,
        unchanged=len(records.positions) - len(added) - len(changed) - len(restored),
        before=len(live),
        kept=kept & set(missing),
    )


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
