"""A small catalogue to change in tests."""

from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from typing import Any

from bot.catalogue.importers.record import (
    Fee,
    Link,
    OfficeRecord,
    OpeningHours,
    Reading,
    ServiceOffice,
    ServiceRecord,
    ServiceText,
    Source,
    Town,
)

TOWN = Town(name="Auenfurt", phone="05999 400-0", land="NI")
SOURCE = Source(kind="test", name="Auenfurt")

OFFICE = OfficeRecord(
    id="buergerbuero",
    names={"de": "Bürgerbüro", "en": "Citizens’ office"},
    street="Am Markt 1",
    postal_code="29990",
    city="Auenfurt",
    phone="05999 400-100",
    email="buergerbuero@auenfurt.example",
    url="https://www.auenfurt.example/buergerbuero",
    hints={"de": "Eingang am Brunnen."},
    hours=(
        OpeningHours(weekday=0, opens=time(8), closes=time(12, 30)),
        OpeningHours(weekday=0, opens=time(14), closes=time(18)),
        OpeningHours(weekday=4, opens=time(8), closes=time(12)),
    ),
    source_date=date(2026, 10, 1),
    alternative_names=("Einwohnermeldeamt",),
)

SERVICE = ServiceRecord(
    id="personalausweis",
    texts={
        "de": ServiceText(
            name="Personalausweis",
            summary="Der Ausweis für Deutsche.",
            keywords=("Perso", "Ausweis"),
            facets={"processing_time": "Etwa drei Wochen.", "deadline": "Vor dem Ablauf."},
            documents=("Alter Ausweis", "Passfoto"),
            fees=(
                Fee(amount=Decimal("37.00"), label="ab 24 Jahren"),
                Fee(amount=Decimal("22.80"), amount_to=Decimal("25.10"), label="jünger"),
            ),
            links=(
                Link(title="Antrag", url="https://www.auenfurt.example/antrag.pdf", kind="form"),
                Link(title="Mehr", url="https://www.auenfurt.example/mehr"),
            ),
        ),
        "en": ServiceText(name="Identity card", summary="The card for Germans.", keywords=("ID card",)),
    },
    leika="99008001000000",
    offices=(
        ServiceOffice(
            office_id="buergerbuero", appointment_url="https://termin.example/1", responsibility="A–Z", areas=("03999",)
        ),
    ),
    url="https://www.auenfurt.example/personalausweis",
    online_url="https://www.auenfurt.example/online",
    appointment_url="https://termin.example",
    appointment_minutes=15,
    internal=True,
    public=False,
    valid_from=date(2026, 1, 1),
    valid_until=date(2027, 12, 31),
    source_date=date(2026, 9, 15),
)


def service(number: int, **changes: Any) -> ServiceRecord:
    """A service with the id "s<number>" and little in it."""
    text = ServiceText(name=f"Leistung {number}", summary="Kurz gesagt.")
    return replace(ServiceRecord(id=f"s{number}", texts={"de": text}), **changes)


def office(number: int, **changes: Any) -> OfficeRecord:
    """An office with the id "o<number>"."""
    return replace(OfficeRecord(id=f"o{number}", names={"de": f"Amt {number}"}), **changes)


def reading(*services: ServiceRecord, offices: tuple[OfficeRecord, ...] = (), **changes: Any) -> Reading:
    """What an importer read."""
    return replace(Reading(town=TOWN, services=services, offices=offices), **changes)
