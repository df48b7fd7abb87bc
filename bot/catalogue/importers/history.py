"""Keeps what an import is about to change, as it was, so that `undo` can take the import back."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic

import msgspec
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from bot.catalogue.importers.plan import Plan
from bot.catalogue.importers.record import OfficeRecord, ServiceRecord, Town
from bot.catalogue.importers.rows import OFFICES, SERVICES, Record, Shape
from bot.catalogue.importers.writing import CHUNK
from bot.catalogue.models import ImportChangeRow, ImportRunRow, OfficeRow, ServiceRow
from bot.catalogue.queries import find_offices, find_services

TOWN = "town"  # the kind of the one town there is; its id is ""


class Marks(msgspec.Struct, frozen=True, kw_only=True):
    """What a row says about an entry besides its record. A newer date alone changes no record."""

    source_id: int
    content_hash: str
    source_date: date | None
    changed_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Kind(Generic[Record]):
    """A kind of entry: where it is kept and how it is read back."""

    name: str
    model: type[ServiceRow] | type[OfficeRow]
    shape: Shape[Record]
    record: type[Record]
    find: Callable[[Session, Collection[str]], Mapping[str, Record]]


SERVICE = Kind(name="service", model=ServiceRow, shape=SERVICES, record=ServiceRecord, find=find_services)
OFFICE = Kind(name="office", model=OfficeRow, shape=OFFICES, record=OfficeRecord, find=find_offices)


def keep_entries(
    session: Session, kind: Kind[Record], plan: Plan, *, run_id: int, moved: Mapping[str, int] | None = None
) -> None:
    """Keep all that `plan` is going to change. `moved`: ids that were taken over already, with their source before."""
    came_from = moved or {}
    for ids in chunks(sorted(plan.added)):
        _add(session, [_change(run_id, kind.name, row_id) for row_id in ids])
    rewritten = plan.changed | plan.restored
    touched = rewritten | plan.refreshed.keys() | set(plan.withdrawn) | came_from.keys()
    for ids in chunks(sorted(touched)):
        records = kind.find(session, rewritten & set(ids))
        changes = []
        for row_id, marks in _marks(session, kind, ids):
            before = msgspec.structs.replace(marks, source_id=came_from.get(row_id, marks.source_id))
            changes.append(_change(run_id, kind.name, row_id, marks=before, record=records.get(row_id)))
        _add(session, changes)


def keep_town(session: Session, before: Town | None, *, run_id: int) -> None:
    """Keep the town that is going to change."""
    _add(session, [_change(run_id, TOWN, "", record=before)])


def forget_old(session: Session, *, keep_runs: int) -> None:
    """Drop what the runs before the last `keep_runs` changed; their reports stay."""
    kept = (
        select(ImportChangeRow.run_id)
        .join(ImportRunRow, ImportRunRow.id == ImportChangeRow.run_id)
        .where(ImportRunRow.undone_at.is_(None))
        .distinct()
        .order_by(ImportChangeRow.run_id.desc())
        .limit(keep_runs)
    )
    runs = list(session.scalars(kept))
    session.execute(delete(ImportChangeRow).where(ImportChangeRow.run_id.not_in(runs)))


def chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """As many ids at a time as a statement may have parameters."""
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def _marks(session: Session, kind: Kind[Any], ids: Collection[str]) -> Iterator[tuple[str, Marks]]:
    model = kind.model
    columns = (model.source_id, model.content_hash, model.source_date, model.changed_at, model.withdrawn_at)
    for row in session.execute(select(model.id, *columns).where(model.id.in_(ids))):
        yield (
            row.id,
            Marks(
                source_id=row.source_id,
                content_hash=row.content_hash,
                source_date=row.source_date,
                changed_at=row.changed_at,
                withdrawn_at=row.withdrawn_at,
            ),
        )


def _change(
    run_id: int,
    kind: str,
    row_id: str,
    *,
    marks: Marks | None = None,
    record: ServiceRecord | OfficeRecord | Town | None = None,
) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "kind": kind,
        "id": row_id,
        "marks": None if marks is None else msgspec.json.encode(marks).decode(),
        "record": None if record is None else msgspec.json.encode(record).decode(),
    }


def _add(session: Session, changes: list[dict[str, Any]]) -> None:
    if changes:
        session.execute(insert(ImportChangeRow), changes)
