"""Writes what an importer read into the database: only what changed, in one transaction."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import insert, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.catalogue.importers.accepting import Known, accept, unknown_offices, with_known_offices
from bot.catalogue.importers.mapped import Mapped
from bot.catalogue.importers.plan import plan_changes, refuse_mass_withdrawal
from bot.catalogue.importers.preview import Change, compare
from bot.catalogue.importers.record import Reading, Rejection, Source, Town
from bot.catalogue.importers.rows import OFFICES, SERVICES
from bot.catalogue.importers.writing import write_plan
from bot.catalogue.models import (
    CATALOGUE_ROW,
    CatalogueState,
    ImportRunRow,
    OfficeRow,
    ServiceRow,
    SourceRow,
    TownRow,
)
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
    rejected: tuple[Rejection, ...]
    notes: tuple[Rejection, ...]
    revision: int
    dry_run: bool
    changes: tuple[Change, ...] = field(default=(), compare=False)  # a preview, of dry runs only


@dataclass(frozen=True, kw_only=True)
class Options:
    """`dry_run`: say what would change and roll back. `take_over`: sources whose entries become this one's by id."""

    dry_run: bool = False
    allow_mass_withdrawal: bool = False
    take_over: Collection[Source] = ()


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
    revision = _lock(session)
    source_id = _source_id(session, source)
    rejected = list(reading.rejected)
    notes = list(reading.notes)

    _take_over(session, [other for other in options.take_over if other != source], source_id, reading)

    offices = accept(session, OfficeRow, reading.offices, source_id, rejected)
    office_plan = plan_changes(session, OfficeRow, offices, source_id, kept={row.row_id for row in rejected})
    known = Known((offices.positions, offices.elsewhere, office_plan.kept))
    notes += unknown_offices(reading.services, known)
    connected = Mapped(reading.services, partial(with_known_offices, known=known))
    services = accept(session, ServiceRow, connected, source_id, rejected)
    service_plan = plan_changes(session, ServiceRow, services, source_id, kept={row.row_id for row in rejected})
    if not options.allow_mass_withdrawal:
        refuse_mass_withdrawal(office_plan, source, "offices")
        refuse_mass_withdrawal(service_plan, source, "services")

    stamp = {"source_id": source_id, "changed_at": now, "withdrawn_at": None}
    changes = compare(session, service_plan, services) if options.dry_run else ()
    write_plan(session, office_plan, offices, OFFICES, stamp)
    write_plan(session, service_plan, services, SERVICES, stamp)
    town_changed = _write_town(session, reading.town)
    refreshed = office_plan.refreshed or service_plan.refreshed
    if town_changed or refreshed or office_plan.changes or service_plan.changes:
        revision += 1
        session.execute(update(CatalogueState).values(revision=revision))
    report = ImportReport(
        added=len(service_plan.added),
        changed=len(service_plan.changed),
        unchanged=service_plan.unchanged + len(services.elsewhere),
        withdrawn=len(service_plan.withdrawn),
        restored=len(service_plan.restored),
        offices_changed=office_plan.changes,
        rejected=tuple(rejected),
        notes=tuple(notes),
        revision=revision,
        dry_run=options.dry_run,
        changes=changes,
    )
    _write_run(session, report, source_id, now)
    if options.dry_run:
        session.rollback()
    else:
        session.commit()
    return report


def _lock(session: Session) -> int:
    """Make a second import wait until this one has committed; returns the revision so far.

    It is an UPDATE because that is what locks on both databases: SELECT … FOR UPDATE does nothing on SQLite.
    """
    session.execute(update(CatalogueState).values(revision=CatalogueState.revision))
    revision = session.scalar(select(CatalogueState.revision))
    if revision is None:
        session.execute(insert(CatalogueState).values(id=CATALOGUE_ROW, revision=0))
    return revision or 0


def _source_id(session: Session, source: Source) -> int:
    found = session.scalar(select(SourceRow).where(SourceRow.kind == source.kind, SourceRow.name == source.name))
    if found is None:
        found = SourceRow(kind=source.kind, name=source.name)
        session.add(found)
        session.flush()
    return found.id


def _take_over(session: Session, sources: Collection[Source], source_id: int, reading: Reading) -> None:
    """Make what `reading` names this source's where it was one of `sources`'; the rest of theirs stays theirs."""
    others = [_source_id(session, source) for source in sources]
    for model, records in ((OfficeRow, reading.offices), (ServiceRow, reading.services)):
        theirs = set(session.scalars(select(model.id).where(model.source_id.in_(others))))
        taken = sorted({record.id for record in records} & theirs) if theirs else []
        if taken:
            session.execute(update(model), [{"id": row_id, "source_id": source_id} for row_id in taken])


def _write_town(session: Session, town: Town | None) -> bool:
    row = session.get(TownRow, CATALOGUE_ROW)
    if town is None:
        if row is None:
            raise InputError("the file does not say which town it is of, and the catalogue is empty; name the town")
        return False
    values = asdict(town)
    if row is None:
        session.add(TownRow(id=CATALOGUE_ROW, **values))
        return True
    if all(getattr(row, name) == value for name, value in values.items()):
        return False
    for name, value in values.items():
        setattr(row, name, value)
    return True


def _write_run(session: Session, report: ImportReport, source_id: int, now: datetime) -> None:
    session.add(
        ImportRunRow(
            source_id=source_id,
            at=now,
            revision=report.revision,
            added=report.added,
            changed=report.changed,
            unchanged=report.unchanged,
            withdrawn=report.withdrawn,
            restored=report.restored,
            rejected=[asdict(row) for row in report.rejected[:KEPT_ROWS]],
            notes=[asdict(row) for row in report.notes[:KEPT_ROWS]],
        )
    )
