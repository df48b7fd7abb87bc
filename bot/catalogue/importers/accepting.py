"""Which records of a reading may be written, and what of them is left out."""

from collections.abc import Collection, Container, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from typing import Generic

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.catalogue.importers.hashing import content_hash
from bot.catalogue.importers.record import Rejection, ServiceOffice, ServiceRecord
from bot.catalogue.importers.rows import Record
from bot.catalogue.models import ID_LENGTH, OfficeRow, ServiceRow


@dataclass(frozen=True, kw_only=True)
class Accepted(Generic[Record]):
    """The records that may be written, each id once; every iteration goes through `records` anew, one at a time.

    `elsewhere`: ids that another source has with the very same content, so that nothing is to be done. `foreign`: all
    ids that other sources have and have not withdrawn.
    """

    records: Collection[Record]
    positions: Mapping[str, int]
    elsewhere: Set[str]
    foreign: Set[str]

    def __iter__(self) -> Iterator[Record]:
        for number, record in enumerate(self.records, start=1):
            if self.positions.get(record.id) == number:
                yield record


def accept(
    session: Session,
    model: type[ServiceRow] | type[OfficeRow],
    records: Collection[Record],
    source_id: int,
    rejected: list[Rejection],
) -> Accepted[Record]:
    """Check ids; records that cannot be taken are added to `rejected`."""
    query = select(model.id, model.content_hash, model.withdrawn_at).where(model.source_id != source_id)
    rows = session.execute(query).all()
    foreign = {row.id: row.content_hash for row in rows}
    positions: dict[str, int] = {}
    elsewhere: set[str] = set()
    for number, record in enumerate(records, start=1):
        reason = ""
        if not 0 < len(record.id) <= ID_LENGTH:
            reason = f"the id has {len(record.id)} characters, expected 1 to {ID_LENGTH}"
        elif record.id in positions or record.id in elsewhere:
            reason = "the id stands twice; the first row was taken"
        elif record.id in foreign:
            if foreign[record.id] == content_hash(record):
                elsewhere.add(record.id)
                continue
            reason = "another source already has this id"
        if reason:
            where = f"{model.__tablename__} {number}"
            rejected.append(Rejection(where=where, row_id=record.id[:ID_LENGTH], reason=reason))
        else:
            positions[record.id] = number
    return Accepted(
        records=records,
        positions=positions,
        elsewhere=elsewhere,
        foreign={row.id for row in rows if row.withdrawn_at is None},
    )


@dataclass(frozen=True)
class Known:
    """The ids that will be there after the import, without copying them together."""

    parts: tuple[Container[str], ...]

    def __contains__(self, row_id: object) -> bool:
        return any(row_id in part for part in self.parts)


def with_known_offices(service: ServiceRecord, known: Container[str]) -> ServiceRecord:
    """The service without offices that are not there, and without the same office twice."""
    offices: dict[str, ServiceOffice] = {}
    for office in service.offices:
        if office.office_id in known:
            offices.setdefault(office.office_id, office)
    return service if len(offices) == len(service.offices) else replace(service, offices=tuple(offices.values()))


def unknown_offices(services: Collection[ServiceRecord], known: Container[str]) -> Iterator[Rejection]:
    """A note for each office of a service that is not there."""
    for service in services:
        for office in service.offices:
            if office.office_id not in known:
                reason = f"the office {office.office_id!r} is unknown; left out"
                yield Rejection(where="service", row_id=service.id, reason=reason)
