"""Writes what an importer read into the database: only what changed, in one transaction."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.catalogue.importers.record import OfficeRecord, Reading, Rejection, ServiceOffice, ServiceRecord, Source, Town
from bot.catalogue.importers.rows import OFFICE_TABLES, SERVICE_TABLES, Rows, office_rows, service_rows
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
from bot.database import Base
from bot.errors import DatabaseUnavailableError, InputError

CHUNK = 500  # ids per statement; SQLite and PostgreSQL both limit the number of parameters

Record = TypeVar("Record", bound=ServiceRecord | OfficeRecord)


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
    office_plan = _plan(session, OfficeRow, offices, source_id, kept={row.row_id for row in rejected})
    services = _accept(session, ServiceRow, reading.services, source_id, rejected)
    services = _with_known_offices(services, office_plan.known, notes)
    service_plan = _plan(session, ServiceRow, services, source_id, kept={row.row_id for row in rejected})
    if not allow_mass_withdrawal:
        _refuse_mass_withdrawal(office_plan, source, "offices")
        _refuse_mass_withdrawal(service_plan, source, "services")

    stamp = {"source_id": source_id, "changed_at": now, "withdrawn_at": None}
    _write(session, office_plan, OFFICE_TABLES, office_rows, stamp)
    _write(session, service_plan, SERVICE_TABLES, service_rows, stamp)
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


@dataclass(frozen=True, kw_only=True)
class _Plan(Generic[Record]):
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


def _plan(
    session: Session,
    model: type[ServiceRow] | type[OfficeRow],
    records: Mapping[str, Record],
    source_id: int,
    *,
    kept: set[str],
) -> _Plan[Record]:
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
        elif row.content_hash != _content_hash(record):
            changed[record.id] = record
        elif row.source_date != record.source_date:
            refreshed[record.id] = record
    live = [row_id for row_id, row in stored.items() if row.withdrawn_at is None]
    return _Plan(
        added=added,
        changed=changed,
        restored=restored,
        withdrawn=[row_id for row_id in live if row_id not in records and row_id not in kept],
        refreshed=refreshed,
        unchanged=len(records) - len(added) - len(changed) - len(restored),
        before=len(live),
        known=frozenset(records).union(row_id for row_id in live if row_id in kept),
    )


def _content_hash(record: ServiceRecord | OfficeRecord) -> str:
    """A hash of all the record says, without the date: a new stamp alone is no change."""
    record = replace(record, source_date=None)
    return sha256(msgspec.json.encode(record, order="deterministic")).hexdigest()


def _refuse_mass_withdrawal(plan: _Plan[Any], source: Source, what: str) -> None:
    if len(plan.withdrawn) * 2 > plan.before:
        raise InputError(
            f"the import would withdraw {len(plan.withdrawn)} of {plan.before} {what} of the source "
            f"{source.kind} {source.name!r}; if this is meant, allow it explicitly"
        )


def _write(
    session: Session,
    plan: _Plan[Record],
    tables: tuple[type[Base], ...],
    to_rows: Callable[[Record], Rows],
    stamp: Mapping[str, Any],
) -> None:
    parent, *children = tables
    known = [*plan.changed, *plan.restored]
    for start in range(0, len(known), CHUNK):
        ids = known[start : start + CHUNK]
        for child in children:
            # The first column of every child table is the id of what it hangs on.
            owner = next(iter(child.__table__.primary_key))
            session.execute(delete(child).where(owner.in_(ids)))
    new: Rows = {table: [] for table in tables}
    updated: list[dict[str, Any]] = []
    for record in (*plan.added.values(), *plan.changed.values(), *plan.restored.values()):
        rows = to_rows(record)
        target = new[parent] if record.id in plan.added else updated
        target += [{**row, **stamp, "content_hash": _content_hash(record)} for row in rows.pop(parent)]
        for table, values in rows.items():
            new[table] += values
    if updated:
        session.execute(update(parent), updated)
    if plan.withdrawn:
        session.execute(
            update(parent), [{"id": row_id, "withdrawn_at": stamp["changed_at"]} for row_id in plan.withdrawn]
        )
    for table in tables:
        if new[table]:
            session.execute(insert(table), new[table])


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
