"""A service with everything that can be recorded, and its offices."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from bot.catalogue.exporters.documents import Format, encode_document
from bot.catalogue.exporters.linked import View
from bot.catalogue.exporters.selection import open_catalogue
from bot.catalogue.importers import town
from bot.catalogue.importers.record import Fee, Link, OfficeRecord, ServiceOffice, ServiceRecord, ServiceText, Town
from bot.catalogue.queries import Catalogue
from bot.language import LANGUAGES, Language
from tests.catalogue.records import CITIZENS_OFFICE, catalogue

AUENFURT = Path(__file__).parents[3] / "data" / "catalogue" / "auenfurt"
TODAY = date(2026, 11, 22)
TOWN = Town(name="Auenfurt", phone="05999 400-0", url="https://www.auenfurt.example", address="Am Markt 1", land="NI")
BARE_OFFICE = OfficeRecord(id="lager/süd", names={"de": "Lager Süd"}, alternative_names=("Depot",))

FULL = ServiceRecord(
    id="umzug/neu:1",
    leika="99115005060000",
    texts={
        "de": ServiceText(
            name="Wohnsitz anmelden",
            summary="Nach einem Umzug melden Sie sich an.\n\nDas gilt für alle.",
            keywords=("Ummeldung", "Umzug"),
            documents=("Personalausweis", "Bestätigung des Vermieters"),
            fees=(Fee(label="Anmeldung", amount=Decimal(12)), Fee(amount=Decimal("1.5"), amount_to=Decimal(9))),
            facets={
                "processing_time": "Etwa zwei Wochen.",
                "eligibility": "Sie wohnen in Auenfurt.",
                "deadline": "Innerhalb von zwei Wochen.",
                "legal_basis": "- § 17 BMG\n- § 19 BMG",
                "fees": "Zahlung mit Karte.",
            },
            links=(
                Link(title="Antrag", url="https://www.auenfurt.example/a b.pdf", kind="form"),
                Link(title="Online anmelden", url="https://www.auenfurt.example/online", kind="online"),
            ),
        ),
        "en": ServiceText(
            name="Registering an address",
            summary="After moving you register.",
            keywords=("moving",),
            documents=("Identity card", "Letter of the landlord"),
            fees=(Fee(label="registering", amount=Decimal(12)), Fee(amount=Decimal("1.5"), amount_to=Decimal(9))),
            facets={"eligibility": "You live in Auenfurt.", "legal_basis": "Federal Act on Registration"},
            links=(Link(title="Register online", url="https://www.auenfurt.example/online", kind="online"),),
        ),
    },
    offices=(
        ServiceOffice(
            office_id="buergerbuero",
            areas=("29990", "Altstadt"),
            responsibility="Für die Altstadt.",
            appointment_url="https://www.auenfurt.example/termin",
        ),
        ServiceOffice(office_id="lager/süd"),
    ),
    url="https://www.auenfurt.example/umzug",
    online_url="https://www.auenfurt.example/online",
    appointment_url="https://www.auenfurt.example/termin",
    source_date=date(2026, 9, 15),
)
BARE = ServiceRecord(id="bare", texts={"de": ServiceText(name="Ohne alles")})


def town_catalogue(*services: ServiceRecord) -> Catalogue:
    return replace(catalogue(*services, offices=(CITIZENS_OFFICE, BARE_OFFICE)), town=TOWN)


def export(*services: ServiceRecord, form: Format, languages: Iterable[Language] = LANGUAGES) -> bytes:
    """The document of these services, as it would be today."""
    return export_all(town_catalogue(*services), form=form, languages=languages)


def demo_catalogue() -> Catalogue:
    """The demo town's."""
    reading = town.read(AUENFURT)
    assert reading.town
    return Catalogue(
        revision=1,
        town=reading.town,
        services={service.id: service for service in reading.services},
        offices={office.id: office for office in reading.offices},
    )


def export_all(whole: Catalogue, *, form: Format, languages: Iterable[Language] = LANGUAGES) -> bytes:
    """The document of all services that are open today."""
    opened = open_catalogue(whole, on=TODAY)
    view = View(catalogue=opened, languages=tuple(languages))
    return b"".join(encode_document(opened.services.values(), view, form))
