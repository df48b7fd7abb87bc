"""Writes what an importer read into the database: only what changed, in one transaction."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.catalogue.importers.accepting import Accepted, Known, accept, unknown_offices, with_known_offices
from bot.catalogue.importers.history import OFFICE, SERVICE, Kind, forget_old, keep_entries, keep_town
from bot.catalogue.importers.mapped import Mapped
from bot.catalogue.importers.plan import plan_changes, refuse_mass_withdrawal
from bot.catalogue.importers.preview import Change, compare
from bot.catalogue.importers.record import Reading, Rejection, Source, Town
from bot.catalogue.importers.rows import OFFICES, SERVICES
from bot.catalogue.importers.writing import write_plan
from bot.catalogue.models import (
    CATALOGUE_ROW,
    ImportRunRow,
    OfficeRow,
    ServiceRow,
    SourceRow,
    TownRow,
)
from bot.catalogue.queries import find_town
from bot.catalogue.revision import lock_catalogue, set_revision
from bot.errors import DatabaseUnavailableError, InputError

KEPT_ROWS = 10_000  # rejections and notes of a run in the database


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """What an import did (or, dry, would do) to the services of its source, and to how many offices.

    A row that was rejected leaves an earlier version of the same service as it was; it is counted nowhere else.
    """

    added: int
    changed: int
    unchanged: int
    withdrawn: int
    restored: int
    offices_changed: int
    replaced: int  # services of sources that made room
    rejected: tuple[Rejection, ...]
    notes: tuple[Rejection, ...]
    revision: int
    dry_run: bool
    changes: tuple[Change, ...] = field(default=(), compare=False)  # a preview, of dry runs only


@dataclass(frozen=True, kw_only=True)
class Options:
    """`dry_run`: say what would change and roll back. `take_over`: sources whose entries become this one's by id.

    `replace`: sources that make room; what they still have then is withdrawn. `undo_runs`: how many imports can be
    taken back.
    """

    dry_run: bool = False
    allow_mass_withdrawal: bool = False
    take_over: Collection[Source] = ()
    replace: Collection[Source] = ()
    undo_runs: int = 10


def apply(session: Session, reading: Reading, source: Source, options: Options = Options()) -> ImportReport:
    """Make the catalogue hold of `source` exactly what `reading` holds, and commit (dry: roll back).

    Services and offices that vanished are withdrawn, and restored when they come back. Other sources are left alone,
    but for those in `take_over`: what they have and `reading` names becomes this source's.

    Raises:
        InputError: more than half of the services or offices of the source would be withdrawn, or no town is known.
        DatabaseUnavailableError: the database does not answer, or another import holds it for too long.
    """
    try:
        return _apply(session, reading, source, options)
    except OperationalError as error:
        raise DatabaseUnavailableError(f"the import stopped, nothing was changed: {error.orig}") from error


def _apply(session: Session, reading: Reading, source: Source, options: Options) -> ImportReport:
    now = datetime.now(UTC)
    revision = lock_catalogue(session)
    source_id = _source_id(session, source)
    run = _begin_run(session, source_id, now)
    rejected = list(reading.rejected)
    notes = list(reading.notes)

    moved = _take_over(session, [other for other in options.take_over if other != source], source_id, reading)

    offices = accept(session, OfficeRow, reading.offices, source_id, rejected)
    office_plan = plan_changes(session, OfficeRow, offices, source_id, kept={row.row_id for row in rejected})
    known = Known((offices.positions, offices.foreign, office_plan.kept))
    notes += unknown_offices(reading.services, known)
    connected = Mapped(reading.services, partial(with_known_offices, known=known))
    services = accept(session, ServiceRow, connected, source_id, rejected)
    service_plan = plan_changes(session, ServiceRow, services, source_id, kept={row.row_id for row in rejected})
    if not options.allow_mass_withdrawal:
        refuse_mass_withdrawal(office_plan, source, "offices")
        refuse_mass_withdrawal(service_plan, source, "services")

    stamp = {"source_id": source_id, "changed_at": now, "withdrawn_at": None}
    changes = compare(session, service_plan, services) if options.dry_run else ()
    keep_entries(session, OFFICE, office_plan, run_id=run.id, moved=moved[OFFICE.name])
    keep_entries(session, SERVICE, service_plan, run_id=run.id, moved=moved[SERVICE.name])
    write_plan(session, office_plan, offices, OFFICES, stamp)
    write_plan(session, service_plan, services, SERVICES, stamp)
    making_room = [_source_id(session, other) for other in options.replace if other != source]
    offices_replaced = _withdraw_all(session, OFFICE, making_room, run.id, stamp)
    services_replaced = _withdraw_all(session, SERVICE, making_room, run.id, stamp)
    town_changed = _write_town(session, reading.town, run.id)
    refreshed = office_plan.refreshed or service_plan.refreshed
    replaced = offices_replaced + services_replaced
    if town_changed or refreshed or replaced or office_plan.changes or service_plan.changes:
        revision += 1
        set_revision(session, revision)
    report = ImportReport(
        added=len(service_plan.added),
        changed=len(service_plan.changed),
        unchanged=service_plan.unchanged + len(services.elsewhere),
        withdrawn=len(service_plan.withdrawn),
        restored=len(service_plan.restored),
        offices_changed=office_plan.changes,
        replaced=services_replaced,
        rejected=tuple(rejected),
        notes=tuple(notes),
        revision=revision,
        dry_run=options.dry_run,
        changes=changes,
    )
    _finish_run(run, report)
    forget_old(session, keep_runs=options.undo_runs)
    if options.dry_run:
        session.rollback()
    else:
        session.commit()
    return report


def _source_id(session: Session, source: Source) -> int:
    found = session.scalar(select(SourceRow).where(SourceRow.kind == source.kind, SourceRow.name == source.name))
    if found is None:
        found = SourceRow(kind=source.kind, name=source.name)
        session.add(found)
        session.flush()
    return found.id


def _take_over(
    session: Session, sources: Collection[Source], source_id: int, reading: Reading
) -> dict[str, dict[str, int]]:
    """Make what `reading` names this source's where it was one of `sources`'; the rest of theirs stays theirs.

    Returns the ids that moved, per kind, with the source they had.
    """
    others = [_source_id(session, source) for source in sources]
    moved: dict[str, dict[str, int]] = {}
    for kind, records in ((OFFICE, reading.offices), (SERVICE, reading.services)):
        model = kind.model
        rows = session.execute(select(model.id, model.source_id).where(model.source_id.in_(others))) if others else ()
        theirs = {row.id: row.source_id for row in rows}
        taken = sorted({record.id for record in records} & theirs.keys()) if theirs else []
        moved[kind.name] = {row_id: theirs[row_id] for row_id in taken}
        if taken:
            session.execute(update(model), [{"id": row_id, "source_id": source_id} for row_id in taken])
    return moved


def _withdraw_all(
    session: Session, kind: Kind[Any], sources: Collection[int], run_id: int, stamp: Mapping[str, Any]
) -> int:
    """Withdraw whatever these sources still have."""
    count = 0
    for source_id in sources:
        nothing: Accepted[Any] = accept(session, kind.model, (), source_id, [])
        plan = plan_changes(session, kind.model, nothing, source_id, kept=frozenset())
        keep_entries(session, kind, plan, run_id=run_id)
        write_plan(session, plan, (), kind.shape, stamp)
        count += len(plan.withdrawn)
    return count


def _write_town(session: Session, town: Town | None, run_id: int) -> bool:
    before = find_town(session)
    if town is None:
        if before is None:
            raise InputError("the file does not say which town it is of, and the catalogue is empty; name the town")
        return False
    if town == before:
        return False
    keep_town(session, before, run_id=run_id)
    values = asdict(town)
    if before is None:
        session.add(TownRow(id=CATALOGUE_ROW, **values))
    else:
        session.execute(update(TownRow).where(TownRow.id == CATALOGUE_ROW).values(values))
    return True


def _begin_run(session: Session, source_id: int, now: datetime) -> ImportRunRow:
    """The row of this import, so that what it changes can refer to it."""
    counts = {"revision": 0, "added": 0, "changed": 0, "unchanged": 0, "withdrawn": 0, "restored": 0}
    run = ImportRunRow(source_id=source_id, at=now, rejected=[], notes=[], **counts)
    session.add(run)
    session.flush()
    return run


def _finish_run(run: ImportRunRow, report: ImportReport) -> None:
    for name in ("revision", "added", "changed", "unchanged", "withdrawn", "restored"):
        setattr(run, name, getattr(report, name))
    run.rejected = [asdict(row) for row in report.rejected[:KEPT_ROWS]]
    run.notes = [asdict(row) for row in report.notes[:KEPT_ROWS]]
