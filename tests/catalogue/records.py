"""Small catalogues for tests."""

from collections.abc import Iterable
from datetime import date, time
from decimal import Decimal
from typing import Any

from bot.catalogue.importers.record import (
    Fee,
    OfficeRecord,
    OpeningHours,
    ServiceOffice,
    ServiceRecord,
    ServiceText,
    Town,
)
from bot.catalogue.queries import Catalogue


def service(
    id_: str, name: str, *, keywords: Iterable[str] = (), summary: str = "", en: str = "", **more: Any
) -> ServiceRecord:
    texts = {"de": ServiceText(name=name, keywords=tuple(keywords), summary=summary)}
    if en:
        texts["en"] = ServiceText(name=en)
    return ServiceRecord(id=id_, texts=more.pop("texts", texts), **more)


CITIZENS_OFFICE = OfficeRecord(
    id="buergerbuero",
    names={"de": "Bürgerbüro", "en": "Citizens’ office"},
    street="Am Markt 1",
    postal_code="29990",
    city="Auenfurt",
    phone="05999 400-100",
    hours=(
        OpeningHours(weekday=0, opens=time(8), closes=time(16)),
        OpeningHours(weekday=1, opens=time(8), closes=time(16)),
        OpeningHours(weekday=3, opens=time(8), closes=time(12, 30)),
        OpeningHours(weekday=3, opens=time(14), closes=time(18)),
    ),
)

PASSPORT = ServiceRecord(
    id="reisepass",
    texts={
        "de": ServiceText(
            name="Reisepass",
            summary="Den Reisepass brauchen Sie für Reisen außerhalb der EU.",
            documents=("Personalausweis", "Passfoto"),
            fees=(
                Fee(label="ab 24 Jahren", amount=Decimal("70.00")),
                Fee(label="Eilzuschlag", amount=Decimal("10"), amount_to=Decimal("32.50")),
            ),
            facets={"fees": "Zahlung nur mit Karte.", "processing_time": "Etwa vier Wochen."},
        ),
        "en": ServiceText(
            name="Passport",
            summary="You need a passport to travel outside the EU.",
            documents=("Identity card", "Photo"),
        ),
    },
    offices=(ServiceOffice(office_id="buergerbuero"),),
    url="https://www.auenfurt.example/reisepass",
    source_date=date(2026, 9, 15),
)


def catalogue(*services: ServiceRecord, offices: Iterable[OfficeRecord] = (CITIZENS_OFFICE,)) -> Catalogue:
    return Catalogue(
        revision=1,
        town=Town(name="Auenfurt", phone="05999 400-0"),
        services={record.id: record for record in services},
        offices={office.id: office for office in offices},
    )
