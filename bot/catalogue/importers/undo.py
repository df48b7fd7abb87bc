"""Takes the last import back: everything it changed is as it was before, from what `history` kept."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.catalogue.importers.history import OFFICE, SERVICE, TOWN, Kind, Marks, chunks
from bot.catalogue.importers.record import Source, Town
from bot.catalogue.importers.rows import Record
from bot.catalogue.models import CATALOGUE_ROW, ImportChangeRow, ImportRunRow, SourceRow, TownRow
from bot.catalogue.revision import lock_catalogue, set_revision
from bot.errors import DatabaseUnavailableError, NotFoundError


@dataclass(frozen=True, kw_only=True)
class Undone:
    """What taking back one import did (or, dry, would do), in numbers of services.

    `removed` are those the import had added, `brought_back` those it had withdrawn, `withdrawn` those it had restored,
    `reworded` those it had changed.
    """

    source: Source
    at: datetime  # when the import ran
    removed: int
    brought_back: int
    withdrawn: int
    reworded: int
    offices: int
    town: bool
    dry_run: bool


def undo_last(session: Session, *, now: datetime, dry_run: bool = False) -> Undone:
    """Take back the last import that changed anything and was not taken back yet, and commit (dry: roll back).

    Called again it goes one import further back. The town stays where there was none before.

    Raises:
        NotFoundError: there is no such import, or what it changed is no longer kept.
        DatabaseUnavailableError: the database does not answer, or an import holds it for too long.
    """
    try:
        undone = _undo_last(session, now, dry_run=dry_run)
        if dry_run:
            session.rollback()
        else:
            session.commit()
    except OperationalError as error:
        raise DatabaseUnavailableError(f"nothing was taken back: {error.orig}") from error
    return undone


def _undo_last(session: Session, now: datetime, *, dry_run: bool) -> Undone:
    revision = lock_catalogue(session)
    run = _last_run(session)
    # Links of services lead to offices: services go first and come last.
    removed = {kind.name: _remove(session, kind, run.id) for kind in (SERVICE, OFFICE)}
    offices = _restore(session, OFFICE, run.id)
    services = _restore(session, SERVICE, run.id)
    town = _restore_town(session, run.id)
    source = session.get_one(SourceRow, run.source_id)
    undone = Undone(
        source=Source(kind=source.kind, name=source.name),
        at=run.at,
        removed=removed["service"],
        brought_back=services["brought_back"],
        withdrawn=services["withdrawn"],
        reworded=services["reworded"],
        offices=removed["office"] + offices.total(),
        town=town,
        dry_run=dry_run,
    )
    run.undone_at = now
    session.execute(delete(ImportChangeRow).where(ImportChangeRow.run_id == run.id))
    set_revision(session, revision + 1)
    return undone


def _last_run(session: Session) -> ImportRunRow:
    changed = exists().where(ImportChangeRow.run_id == ImportRunRow.id)
    query = select(ImportRunRow).where(changed, ImportRunRow.undone_at.is_(None)).order_by(ImportRunRow.id.desc())
    run = session.scalars(query.limit(1)).first()
    if run is None:
        raise NotFoundError("there is no import left that could be taken back")
    return run


def _remove(session: Session, kind: Kind[Any], run_id: int) -> int:
    """Delete what the run added, with all that hangs on it."""
    ids = _ids(session, kind.name, run_id, was_there=False)
    for chunk in chunks(ids):
        session.execute(delete(kind.model).where(kind.model.id.in_(chunk)))
    return len(ids)


def _restore(session: Session, kind: Kind[Record], run_id: int) -> Counter[str]:
    """Give what the run found its marks and its wording back; counts what that means."""
    counted: Counter[str] = Counter()
    for chunk in chunks(_ids(session, kind.name, run_id, was_there=True)):
        query = select(ImportChangeRow).where(
            ImportChangeRow.run_id == run_id, ImportChangeRow.kind == kind.name, ImportChangeRow.id.in_(chunk)
        )
        withdrawn = select(kind.model.id).where(kind.model.id.in_(chunk), kind.model.withdrawn_at.is_not(None))
        withdrawn_now = set(session.scalars(withdrawn))
        parents: list[dict[str, Any]] = []
        records: list[Record] = []
        for change in session.scalars(query):
            marks = msgspec.json.decode(change.marks or "", type=Marks)
            parents.append({"id": change.id, **msgspec.structs.asdict(marks)})
            if change.record is not None:
                records.append(msgspec.json.decode(change.record, type=kind.record))
            counted.update(_meaning(change, marks, is_withdrawn=change.id in withdrawn_now))
        _rewrite(session, kind, records)
        session.execute(update(kind.model), parents)
    return counted


def _meaning(change: ImportChangeRow, marks: Marks, *, is_withdrawn: bool) -> Iterable[str]:
    if is_withdrawn and marks.withdrawn_at is None:
        return ("brought_back",)
    if not is_withdrawn and marks.withdrawn_at is not None:
        return ("withdrawn",)
    return ("reworded",) if change.record is not None else ()  # a date or a source is no wording


def _rewrite(session: Session, kind: Kind[Record], records: Sequence[Record]) -> None:
    if not records:
        return
    parent, *children = kind.shape.tables
    rows = [kind.shape.to_rows(record) for record in records]
    session.execute(update(parent), [row for of_record in rows for row in of_record[parent]])
    for child in children:
        # The first column of every child table is the id of what it hangs on.
        owner = next(iter(child.__table__.primary_key))
        session.execute(delete(child).where(owner.in_([record.id for record in records])))
        values = [row for of_record in rows for row in of_record[child]]
        if values:
            session.execute(insert(child), values)


def _restore_town(session: Session, run_id: int) -> bool:
    kept = session.get(ImportChangeRow, (run_id, TOWN, ""))
    if kept is None or kept.record is None:
        return False
    town = msgspec.json.decode(kept.record, type=Town)
    values = {name: getattr(town, name) for name in Town.__dataclass_fields__}
    session.execute(update(TownRow).where(TownRow.id == CATALOGUE_ROW).values(values))
    return True


def _ids(session: Session, kind: str, run_id: int, *, was_there: bool) -> list[str]:
    marked = ImportChangeRow.marks.is_not(None) if was_there else ImportChangeRow.marks.is_(None)
    query = select(ImportChangeRow.id).where(ImportChangeRow.run_id == run_id, ImportChangeRow.kind == kind, marked)
    return list(session.scalars(query.order_by(ImportChangeRow.id)))
