"""Turns checked entries of a town's files into records."""

from datetime import time
from typing import get_args

from bot.catalogue.importers.record import (
    Fee,
    Link,
    OfficeRecord,
    OpeningHours,
    ServiceOffice,
    ServiceRecord,
    ServiceText,
    Town,
)
from bot.catalogue.importers.town.format import (
    FACET_KEYS,
    FeeEntry,
    OfficeEntry,
    ServiceEntry,
    ServiceOfficeEntry,
    TextEntry,
    TownEntry,
    Weekday,
    Wording,
)
from bot.facets import Facet
from bot.language import Language

WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)


def read_period(text: str) -> tuple[time, time]:
    """ "08:00-12:30" → 08:00, 12:30"""
    opens, closes = text.split("-")
    return time.fromisoformat(opens), time.fromisoformat(closes)


def texts(service: ServiceEntry) -> dict[Language, TextEntry]:
    """The wordings of an entry by language."""
    return {"de": service.de} if service.en is None else {"de": service.de, "en": service.en}


def connections(service: ServiceEntry) -> list[ServiceOfficeEntry]:
    """The offices of an entry; one that is named only by its id serves the whole town."""
    return [ServiceOfficeEntry(office=office) if isinstance(office, str) else office for office in service.offices]


def _wording(wording: Wording | None) -> dict[Language, str]:
    if wording is None:
        return {}
    texts: dict[Language, str | None] = {"de": wording.de, "en": wording.en}
    return {language: text.strip() for language, text in texts.items() if text}


def to_town(entry: TownEntry) -> Town:
    """The record of town.yml."""
    return Town(
        name=entry.name,
        phone=entry.phone,
        email=entry.email or "",
        url=entry.url or "",
        address=entry.address or "",
        land=entry.land,
    )


def to_office(entry: OfficeEntry) -> OfficeRecord:
    """The record of one office, its hours in the order of the week."""
    return OfficeRecord(
        id=entry.id,
        names=_wording(entry.name),
        street=entry.street,
        postal_code=entry.postal_code,
        city=entry.city,
        phone=entry.phone or "",
        email=entry.email or "",
        url=entry.url or "",
        hints=_wording(entry.hint),
        hours=tuple(
            OpeningHours(weekday=number, opens=opens, closes=closes)
            for number, day in enumerate(WEEKDAYS)
            for opens, closes in sorted(read_period(period) for period in entry.hours.get(day, []))
        ),
        source_date=entry.source_date,
        alternative_names=tuple(name.strip() for name in entry.alternative_names),
    )


def to_service(entry: ServiceEntry) -> ServiceRecord:
    """The record of one service."""
    return ServiceRecord(
        id=entry.id,
        texts={language: _text(text) for language, text in texts(entry).items()},
        leika=entry.leika or "",
        offices=tuple(_service_office(office) for office in connections(entry)),
        url=entry.url or "",
        online_url=entry.online_url or "",
        appointment_url=entry.appointment_url or "",
        appointment_minutes=entry.appointment_minutes,
        valid_from=entry.valid_from,
        valid_until=entry.valid_until,
        source_date=entry.source_date,
    )


def _service_office(entry: ServiceOfficeEntry) -> ServiceOffice:
    return ServiceOffice(
        office_id=entry.office,
        appointment_url=entry.appointment_url or "",
        responsibility=(entry.responsibility or "").strip(),
        areas=tuple(area.strip() for area in entry.areas),
    )


def _text(entry: TextEntry) -> ServiceText:
    facets: dict[Facet, str | None] = {"documents": entry.documents_note, "fees": entry.fees_note}
    facets |= {facet: getattr(entry, facet) for facet in FACET_KEYS}
    return ServiceText(
        name=entry.name.strip(),
        summary=entry.summary.strip(),
        keywords=tuple(entry.keywords),
        facets={facet: text.strip() for facet, text in facets.items() if text},
        documents=tuple(text.strip() for text in entry.documents),
        fees=tuple(_fee(fee) for fee in entry.fees),
        links=tuple(Link(title=link.title, url=link.url, kind=link.kind) for link in entry.links),
    )


def _fee(entry: FeeEntry) -> Fee:
    return Fee(amount=entry.amount, amount_to=entry.to, label=(entry.label or "").strip())
