"""Writes what an importer read into the database: only what changed, in one transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import insert, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.catalogue.importers.plan import Record, plan_changes, refuse_mass_withdrawal
from bot.catalogue.importers.record import Reading, Rejection, ServiceOffice, ServiceRecord, Source, Town
from bot.catalogue.importers.rows import OFFICE_TABLES, SERVICE_TABLES, office_rows, service_rows
from bot.catalogue.importers.writing import write_plan
from bot.catalogue.models import (
    CATALOGUE_ROW,
    ID_LENGTH,
    CatalogueState,
    ImportRunRow,
    OfficeRow,
    ServiceRow,
    SourceRow,
    TownRow,
)
from bot.errors import DatabaseUnavailableError


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


def apply(
    session: Session,
    reading: Reading,
    source: Source,
    *,
    dry_run: bool = False,
    allow_mass_withdrawal: bool = False,
) -> ImportReport:
    """Make the catalogue hold of `source` exactly what `reading` holds, and commit (dry: roll back).

    Services and offices that vanished are withdrawn, and restored when they come back. Other sources are left alone.

    Raises:
        InputError: more than half of the services or offices of the source would be withdrawn.
        DatabaseUnavailableError: the database does not answer, or another import holds it for too long.
    """
    try:
        return _apply(session, reading, source, dry_run=dry_run, allow_mass_withdrawal=allow_mass_withdrawal)
    except OperationalError as error:
        raise DatabaseUnavailableError(f"the import stopped, nothing was changed: {error.orig}") from error


def _apply(
    session: Session, reading: Reading, source: Source, *, dry_run: bool, allow_mass_withdrawal: bool
) -> ImportReport:
    now = datetime.now(UTC)
    revision = _lock(session)
    source_id = _source_id(session, source)
    rejected = list(reading.rejected)
    notes = list(reading.notes)

    offices = _accept(session, OfficeRow, reading.offices, source_id, rejected)
    office_plan = plan_changes(session, OfficeRow, offices, source_id, kept={row.row_id for row in rejected})
    services = _accept(session, ServiceRow, reading.services, source_id, rejected)
    services = _with_known_offices(services, office_plan.known, notes)
    service_plan = plan_changes(session, ServiceRow, services, source_id, kept={row.row_id for row in rejected})
    if not allow_mass_withdrawal:
        refuse_mass_withdrawal(office_plan, source, "offices")
        refuse_mass_withdrawal(service_plan, source, "services")

    stamp = {"source_id": source_id, "changed_at": now, "withdrawn_at": None}
    write_plan(session, office_plan, OFFICE_TABLES, office_rows, stamp)
    write_plan(session, service_plan, SERVICE_TABLES, service_rows, stamp)
    town_changed = _write_town(session, reading.town)
    refreshed = office_plan.refreshed or service_plan.refreshed
    if town_changed or refreshed or office_plan.changes or service_plan.changes:
        revision += 1
        session.execute(update(CatalogueState).values(revision=revision))
    report = ImportReport(
        added=len(service_plan.added),
        changed=len(service_plan.changed),
        unchanged=service_plan.unchanged,
        withdrawn=len(service_plan.withdrawn),
        restored=len(service_plan.restored),
        offices_changed=office_plan.changes,
        rejected=tuple(rejected),
        notes=tuple(notes),
        revision=revision,
        dry_run=dry_run,
    )
    _write_run(session, report, source_id, now)
    if dry_run:
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


def _accept(
    session: Session,
    model: type[ServiceRow] | type[OfficeRow],
    records: Iterable[Record],
    source_id: int,
    rejected: list[Rejection],
) -> dict[str, Record]:
    """The records that may be written, by id; the others are added to `rejected`."""
    foreign = set(session.scalars(select(model.id).where(model.source_id != source_id)))
    accepted: dict[str, Record] = {}
    for number, record in enumerate(records, start=1):
        reason = ""
        if not 0 < len(record.id) <= ID_LENGTH:
            reason = f"the id has {len(record.id)} characters, expected 1 to {ID_LENGTH}"
        elif record.id in accepted:
            reason = "the id stands twice; the first row was taken"
        elif record.id in foreign:
            reason = "another source already has this id"
        if reason:
            where = f"{model.__tablename__} {number}"
            rejected.append(Rejection(where=where, row_id=record.id[:ID_LENGTH], reason=reason))
        else:
            accepted[record.id] = record
    return accepted


def _with_known_offices(
    services: Mapping[str, ServiceRecord], known: frozenset[str], notes: list[Rejection]
) -> dict[str, ServiceRecord]:
    """The services without references to offices that are not there, and without the same office twice."""
    result = {}
    for service in services.values():
        offices: dict[str, ServiceOffice] = {}
        for office in service.offices:
            if office.office_id in known:
                offices.setdefault(office.office_id, office)
            else:
                reason = f"the office {office.office_id!r} is unknown; left out"
                notes.append(Rejection(where="service", row_id=service.id, reason=reason))
        result[service.id] = replace(service, offices=tuple(offices.values()))
    return result


def _write_town(session: Session, town: Town) -> bool:
    row = session.get(TownRow, CATALOGUE_ROW)
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
            rejected=[asdict(row) for row in report.rejected],
            notes=[asdict(row) for row in report.notes],
        )
    )
