"""Turns a record into the rows that hold it. `queries` turns the rows back into an equal record."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, TypeVar

from bot.catalogue.importers.record import OfficeRecord, ServiceRecord
from bot.catalogue.models import (
    DocumentRow,
    FacetRow,
    FeeRow,
    LinkRow,
    OfficeRow,
    OfficeTextRow,
    OpeningHoursRow,
    ServiceOfficeRow,
    ServiceRow,
    ServiceTextRow,
)
from bot.database import Base

Record = TypeVar("Record", bound=ServiceRecord | OfficeRecord)
Rows = dict[type[Base], list[dict[str, Any]]]


@dataclass(frozen=True)
class Shape(Generic[Record]):
    """How a kind of record is kept: the first table holds one row a record, the others hang on it."""

    tables: tuple[type[Base], ...]
    to_rows: Callable[[Record], Rows]


SERVICE_TABLES: tuple[type[Base], ...] = (
    ServiceRow,
    ServiceTextRow,
    FacetRow,
    DocumentRow,
    FeeRow,
    LinkRow,
    ServiceOfficeRow,
)
OFFICE_TABLES: tuple[type[Base], ...] = (OfficeRow, OfficeTextRow, OpeningHoursRow)


def service_rows(record: ServiceRecord) -> Rows:
    """The rows of one service, by table; the first table holds exactly one."""
    rows: Rows = {table: [] for table in SERVICE_TABLES}
    rows[ServiceRow].append(
        {
            "id": record.id,
            "leika": record.leika,
            "url": record.url,
            "online_url": record.online_url,
            "appointment_url": record.appointment_url,
            "appointment_minutes": record.appointment_minutes,
            "internal": record.internal,
            "public": record.public,
            "valid_from": record.valid_from,
            "valid_until": record.valid_until,
            "source_date": record.source_date,
        }
    )
    for language, text in record.texts.items():
        key = {"service_id": record.id, "language": language}
        rows[ServiceTextRow].append(
            {**key, "name": text.name, "summary": text.summary, "keywords": list(text.keywords)}
        )
        rows[FacetRow] += [{**key, "facet": facet, "text": value} for facet, value in text.facets.items()]
        rows[DocumentRow] += [{**key, "position": n, "text": value} for n, value in enumerate(text.documents)]
        rows[FeeRow] += [
            {
                **key,
                "position": n,
                "label": fee.label,
                "cents": _cents(fee.amount),
                "cents_to": None if fee.amount_to is None else _cents(fee.amount_to),
            }
            for n, fee in enumerate(text.fees)
        ]
        rows[LinkRow] += [
            {**key, "position": n, "title": link.title, "url": link.url, "kind": link.kind}
            for n, link in enumerate(text.links)
        ]
    rows[ServiceOfficeRow] += [
        {
            "service_id": record.id,
            "office_id": office.office_id,
            "position": n,
            "appointment_url": office.appointment_url,
            "responsibility": office.responsibility,
            "areas": list(office.areas),
        }
        for n, office in enumerate(record.offices)
    ]
    return rows


def office_rows(record: OfficeRecord) -> Rows:
    """The rows of one office, by table; the first table holds exactly one."""
    rows: Rows = {table: [] for table in OFFICE_TABLES}
    rows[OfficeRow].append(
        {
            "id": record.id,
            "street": record.street,
            "postal_code": record.postal_code,
            "city": record.city,
            "phone": record.phone,
            "email": record.email,
            "url": record.url,
            "public": record.public,
            "alternative_names": list(record.alternative_names),
            "source_date": record.source_date,
        }
    )
    rows[OfficeTextRow] += [
        {"office_id": record.id, "language": language, "name": name, "hint": record.hints.get(language, "")}
        for language, name in record.names.items()
    ]
    rows[OpeningHoursRow] += [
        {"office_id": record.id, "position": n, "weekday": hours.weekday, "opens": hours.opens, "closes": hours.closes}
        for n, hours in enumerate(record.hours)
    ]
    return rows


SERVICES = Shape(SERVICE_TABLES, service_rows)
OFFICES = Shape(OFFICE_TABLES, office_rows)


def _cents(euro: Decimal) -> int:
    return int(euro.scaleb(2).to_integral_value())
