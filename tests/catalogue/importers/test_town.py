from datetime import date, time
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from bot.catalogue.importers.record import Fee, Link, OpeningHours, ServiceOffice
from bot.catalogue.importers.town import read
from bot.errors import ImportFileError
from bot.facets import Facet

ANIMALS = "services/animals.yml"
HERE = "entry hund-anmelden: .*"
DEMO = Path(__file__).parents[3] / "data" / "catalogue" / "auenfurt"

TOWN = "name: Kleinstadt\nland: NI\nphone: 05999 1-0\naddress: Markt 1, 29990 Kleinstadt\n"
OFFICES = """
- id: rathaus
  name: {de: Rathaus, en: Town hall}
  street: Markt 1
  postal_code: "29990"
  city: Kleinstadt
  hint: {de: "Hintereingang."}
  hours: {mon: ["14:00-16:00", "08:00-12:00"], fri: ["08:00-12:30"]}
  source_date: 2026-10-01
- id: bauhof
  name: {de: Bauhof}
  street: Weg 2
  postal_code: "29991"
  city: Kleinstadt
"""
SERVICE = """
- id: hund-anmelden
  leika: "99102009060000"
  offices: [rathaus, bauhof]
  url: https://kleinstadt.example/hund
  online_url: https://kleinstadt.example/online
  appointment_minutes: 15
  valid_from: 2026-01-01
  source_date: 2026-09-15
  de:
    name: Hund anmelden
    keywords: [Hundesteuer, Hundemarke]
    summary: |
      Sie melden Ihren Hund an.

      Danach zahlen Sie Steuer.
    documents: [Ausweis, Kaufvertrag]
    documents_note: Kopien genügen.
    fees: [{label: erster Hund, amount: "96.00"}, {amount: 10, to: 20}]
    fees_note: Blindenhunde sind frei.
    processing_time: Zwei Tage.
    links: [{title: Vordruck, url: "https://kleinstadt.example/a.pdf", kind: form}]
  en:
    name: Register a dog
    summary: You register your dog.
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "services").mkdir()
    (tmp_path / "town.yml").write_text(TOWN, encoding="utf-8")
    (tmp_path / "offices.yml").write_text(OFFICES, encoding="utf-8")
    (tmp_path / "services" / "animals.yml").write_text(SERVICE, encoding="utf-8")
    return tmp_path


def change(directory: Path, name: str, old: str, new: str) -> None:
    path = directory / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_town_is_read(directory: Path) -> None:
    town = read(directory).town
    assert (town.name, town.land, town.phone, town.address) == (
        "Kleinstadt", "NI", "05999 1-0", "Markt 1, 29990 Kleinstadt",
    )  # fmt: skip


def test_office_is_read_with_its_hours_in_order(directory: Path) -> None:
    office = read(directory).offices[0]
    assert office.names == {"de": "Rathaus", "en": "Town hall"}
    assert office.hints == {"de": "Hintereingang."}
    assert office.hours == (
        OpeningHours(weekday=0, opens=time(8), closes=time(12)),
        OpeningHours(weekday=0, opens=time(14), closes=time(16)),
        OpeningHours(weekday=4, opens=time(8), closes=time(12, 30)),
    )
    assert office.source_date == date(2026, 10, 1)


def test_service_is_read_with_both_languages(directory: Path) -> None:
    (service,) = read(directory).services
    german = service.texts["de"]
    assert service.offices == (ServiceOffice(office_id="rathaus"), ServiceOffice(office_id="bauhof"))
    assert (service.leika, service.appointment_minutes) == ("99102009060000", 15)
    assert (service.valid_from, service.valid_until) == (date(2026, 1, 1), None)
    assert german.summary == "Sie melden Ihren Hund an.\n\nDanach zahlen Sie Steuer."
    assert german.keywords == ("Hundesteuer", "Hundemarke")
    assert german.documents == ("Ausweis", "Kaufvertrag")
    assert german.fees == (
        Fee(amount=Decimal(96), label="erster Hund"),
        Fee(amount=Decimal(10), amount_to=Decimal(20)),
    )
    assert german.links == (Link(title="Vordruck", url="https://kleinstadt.example/a.pdf", kind="form"),)
    assert service.texts["en"].name == "Register a dog"


def test_only_what_is_written_becomes_a_facet(directory: Path) -> None:
    (service,) = read(directory).services
    assert service.texts["de"].facets == {
        "documents": "Kopien genügen.",
        "fees": "Blindenhunde sind frei.",
        "processing_time": "Zwei Tage.",
    }
    assert service.texts["en"].facets == {}


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        (ANIMALS, "processing_time:", "procesing_time:", HERE + "`procesing_time`.*de"),
        (ANIMALS, "leika: \"99102009060000\"", "leika: \"123\"", HERE + "leika"),
        (ANIMALS, "leika: \"99102009060000\"", "leika: 99102009060000", HERE + "leika"),
        (ANIMALS, "offices: [rathaus, bauhof]", "offices: [rathaus, amt]", "amt is not in off.*bauhof, rathaus"),
        (ANIMALS, "offices: [rathaus, bauhof]", "offices: [rathaus, rathaus]", "the same office stands twice"),
        (ANIMALS, "offices: [rathaus, bauhof]", "offices: []", HERE + "offices"),
        (ANIMALS, "amount: 10, to: 20", "amount: 20, to: 10", "de.fees: 20 to 10"),
        (ANIMALS, '"96.00"', '"96.005"', "de.fees: 96.005"),
        (ANIMALS, '"96.00"', '"-1"', "de.fees: -1"),
        (ANIMALS, '"96.00"', "viel", HERE + "fees"),
        (ANIMALS, "url: https://kleinstadt.example/h", "url: javascript:alert(1)", HERE + "url"),
        (ANIMALS, "kind: form", "kind: pdf", HERE + "kind"),
        (ANIMALS, "name: Hund anmelden", 'name: ""', HERE + "de.name"),
        (ANIMALS, "Zwei Tage.", '"Zwei\\0Tage"', HERE + "processing_time"),
        (ANIMALS, "- id: hund-anmelden", "- id: Hund anmelden", "entry Hund anmelden: .*id"),
        (ANIMALS, "- id: hund-anmelden", "- idd: hund-anmelden", "animals.yml, entry 1: .*"),
        (ANIMALS, "\n- id", "\n- {}\n- id", "animals.yml, entry 1: .*"),
        (ANIMALS, "  url:", "  url: a\n  url:", "a key stands twice"),
        (ANIMALS, "summary: |", "summary: [", "animals.yml: not valid YAML"),
        ("offices.yml", "14:00-16:00", "16:00-14:00", "entry rathaus: hours.mon: 16:00-14:00 ends before"),
        ("offices.yml", "14:00-16:00", "14 bis 16 Uhr", "entry rathaus: .*hours"),
        ("offices.yml", "mon:", "monday:", "entry rathaus: .*"),
        ("offices.yml", "id: bauhof", "id: rathaus", "entry rathaus: id: already used"),
        ("offices.yml", '"29991"', "29991", "entry bauhof: .*postal_code"),
        ("offices.yml", "{de: Bauhof}", "{en: Depot}", "entry bauhof: .*name"),
        ("town.yml", "land: NI", "land: Niedersachsen", "town.yml: .*land"),
        ("town.yml", "land: NI", "country: DE", "town.yml: .*"),
    ],
)  # fmt: skip
def test_mistake_is_named_with_file_entry_and_key(directory: Path, name: str, old: str, new: str, message: str) -> None:
    change(directory, name, old, new)
    with pytest.raises(ImportFileError, match=message):
        read(directory)


def test_all_mistakes_are_named_at_once(directory: Path) -> None:
    change(directory, "services/animals.yml", "hund-anmelden", "Hund")
    change(directory, "offices.yml", '"29990"', '"2999"')
    with pytest.raises(ImportFileError) as caught:
        read(directory)
    assert "entry Hund" in str(caught.value)
    assert "entry rathaus" in str(caught.value)


def test_id_used_in_two_files_is_named(directory: Path) -> None:
    (directory / "services" / "more.yml").write_text(SERVICE, encoding="utf-8")
    with pytest.raises(
        ImportFileError, match=r"more\.yml, entry hund-anmelden: id: already used in services/animals\.yml"
    ):
        read(directory)


@pytest.mark.parametrize("name", ["town.yml", "offices.yml"])
def test_missing_file_is_named(directory: Path, name: str) -> None:
    (directory / name).unlink()
    with pytest.raises(ImportFileError, match=name):
        read(directory)


def test_directory_without_services_is_refused(directory: Path) -> None:
    (directory / "services" / "animals.yml").unlink()
    with pytest.raises(ImportFileError, match="services/"):
        read(directory)


def test_file_that_is_not_utf8_is_named(directory: Path) -> None:
    (directory / "town.yml").write_bytes("name: Köln".encode("latin-1"))
    with pytest.raises(ImportFileError, match=r"town\.yml: cannot be read"):
        read(directory)


@pytest.mark.parametrize("text", ["!!python/object/apply:os.system [echo]", "[" * 5_000, "a: &a [*a, *b]"])
def test_yaml_that_is_no_plain_data_is_refused(directory: Path, text: str) -> None:
    (directory / "town.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ImportFileError, match="not valid YAML"):
        read(directory)


FILLED: tuple[Facet, ...] = ("processing_time", "appointment", "online", "eligibility", "deadline", "legal_basis")


def test_demo_town_is_large_enough() -> None:
    demo = read(DEMO)
    assert len(demo.services) >= 60
    assert sum(bool(office.hours) for office in demo.offices) >= 8
    assert all("en" in service.texts for service in demo.services)
    assert all("en" in office.names for office in demo.offices)


def test_demo_town_shows_every_facet_for_many_services() -> None:
    demo = read(DEMO)
    offices = {office.id: office for office in demo.offices}

    def is_full(service_number: int) -> bool:
        service = demo.services[service_number]
        return any(offices[link.office_id].hours for link in service.offices) and all(
            text.summary
            and (text.documents or text.facets.get("documents"))
            and (text.fees or text.facets.get("fees"))
            and all(text.facets.get(facet) for facet in FILLED)
            for text in (service.texts["de"], service.texts["en"])
        )

    assert sum(map(is_full, range(len(demo.services)))) >= 40


def test_demo_town_uses_no_real_addresses() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in DEMO.rglob("*.yml"))
    assert yaml.safe_load((DEMO / "town.yml").read_text(encoding="utf-8"))["name"] == "Auenfurt"
    assert "@auenfurt.example" in text
    assert "muenchen" not in text.lower()


def test_office_may_serve_a_part_of_the_town(directory: Path) -> None:
    entry = """[rathaus, {office: bauhof, areas: ["29990", Nordstadt], responsibility: Nur Nordstadt,
      appointment_url: "https://termin.example/nord"}]"""
    change(directory, ANIMALS, "[rathaus, bauhof]", entry)
    assert read(directory).services[0].offices == (
        ServiceOffice(office_id="rathaus"),
        ServiceOffice(
            office_id="bauhof",
            areas=("29990", "Nordstadt"),
            responsibility="Nur Nordstadt",
            appointment_url="https://termin.example/nord",
        ),
    )


def test_office_may_have_other_names(directory: Path) -> None:
    change(directory, "offices.yml", "- id: rathaus\n", "- id: rathaus\n  alternative_names: [Stadthaus]\n")
    assert read(directory).offices[0].alternative_names == ("Stadthaus",)
