import json
import os
import random
import re
from collections import Counter
from copy import deepcopy
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.catalogue.importers import dldb
from bot.catalogue.importers.record import Fee, Link, Reading, ServiceOffice, Source
from bot.catalogue.importers.sync import apply
from bot.catalogue.queries import load_catalogue
from bot.errors import ImportFileError

BOOKING = "https://termin.example/#/services/{serviceId}"

SERVICE: dict[str, Any] = {
    "id": "101",
    "name": "Baumhaus\u200b genehmigen",
    "description": (
        "<p>\u200bSie wollen ein Baumhaus bauen.</p><p><strong>Erforderliche Unterlagen</strong></p>"
        "<ul><li>Lageplan</li><li>Foto des Baums</li></ul>"
        "<p><strong>Bearbeitungsdauer</strong><br>Etwa <em>zwei</em> Wochen</p>"
        '<p><strong>Hinweise</strong></p><p>Mehr <a href="https://auenfurt.example/baum">zu Bäumen</a>.</p>'
        "<script>alert(1)</script>"
    ),
    "fees": "<ul><li>Kinder: 5 Euro</li><li>Erwachsene: 12,50 Euro</li></ul>",
    "leika": "99012345678901",
    "public": True,
    "links": [
        {"name": "Antrag Baumhaus", "link": "https://auenfurt.example/antrag.pdf", "description": False},
        {"name": "Datenschutz", "link": "https://auenfurt.example/datenschutz", "description": False},
        {"name": "Baumhaus online beantragen", "link": "https://auenfurt.example/baumhaus", "description": False},
    ],
    "forms": [{"name": "Antrag Baumhaus", "link": "https://auenfurt.example/antrag.pdf", "description": False}],
    "appointment": {"link": BOOKING},
    "duration": "20",
    "meta": {
        "lastupdate": "2026-06-08T07:41:01",
        "url": BOOKING,
        "locale": "de",
        "keywords": "Baumhaus, Baum , , Holz,Baumhaus",
    },
    "authorities": [{"id": "1", "name": "Stadt Auenfurt", "webinfo": "https://auenfurt.example"}],
    "locations": [
        {
            "location": "7",
            "url": BOOKING,
            "appointment": {"link": f"{BOOKING}/locations/{{locationId}}", "slots": "0", "allowed": True},
            "responsibility": None,
            "hint": False,
        }
    ],
}
OFFICE: dict[str, Any] = {
    "id": 7,
    "name": "Grünamt (GA-III/2)",
    "displayName": "Grünamt",
    "organization": "Stadt Auenfurt",
    "public": "1",
    "address": {"street": "Am Park", "house_number": 3, "postal_code": "29990", "city": "Auenfurt", "hint": False},
    "contact": {"email": "", "phone": "05999 400-7", "webinfo": ""},
    "services": [
        {
            "service": "101",
            "appointment": {"link": BOOKING, "allowed": True},
            "onlineprocessing": {"link": BOOKING.replace("termin.", "terminvereinbarung.")},
        }
    ],
    "meta": {
        "lastupdate": "2026-06-08T07:41:01",
        "url": "https://termin.example/#/locations/{locationId}",
        "locale": "de",
    },
}


class Files:
    """The two files of an export, to be changed before they are read."""

    def __init__(self, directory: Path) -> None:
        self.services: Any = [deepcopy(SERVICE)]
        self.locations: Any = [deepcopy(OFFICE)]
        self.paths = (directory / "services.json", directory / "locations.json")

    def read(self) -> Reading:
        for path, rows in zip(self.paths, (self.services, self.locations), strict=True):
            path.write_text(json.dumps({"data": rows, "meta": {}}), encoding="utf-8")
        return dldb.read(*self.paths)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def test_service_is_read(files: Files) -> None:
    (service,) = files.read().services
    text = service.texts["de"]
    assert (service.id, text.name, service.leika) == ("101", "Baumhaus genehmigen", "99012345678901")
    assert text.summary == "Sie wollen ein Baumhaus bauen.\n\nHinweise\nMehr zu Bäumen."
    assert text.documents == ("Lageplan", "Foto des Baums")
    assert text.facets == {
        "processing_time": "Etwa zwei Wochen",
        "fees": "- Kinder: 5 Euro\n- Erwachsene: 12,50 Euro",
    }
    assert text.fees == (Fee(amount=Decimal(5), label="Kinder"), Fee(amount=Decimal("12.50"), label="Erwachsene"))
    assert text.keywords == ("Baumhaus", "Baum", "Holz")
    assert service.source_date == date(2026, 6, 8)
    assert not service.internal


def test_links_are_sorted_and_taken_once(files: Files) -> None:
    assert files.read().services[0].texts["de"].links == (
        Link(title="Antrag Baumhaus", url="https://auenfurt.example/antrag.pdf", kind="form"),
        Link(title="Baumhaus online beantragen", url="https://auenfurt.example/baumhaus", kind="online"),
        Link(title="zu Bäumen", url="https://auenfurt.example/baum"),
    )


def test_placeholders_in_addresses_are_filled(files: Files) -> None:
    service = files.read().services[0]
    assert service.url == "https://termin.example/#/services/101"
    assert service.appointment_url == "https://termin.example/#/services/101"
    assert service.appointment_minutes == 20
    assert service.offices == (
        ServiceOffice(office_id="7", appointment_url="https://termin.example/#/services/101/locations/7"),
    )


def test_booking_page_is_no_online_service(files: Files) -> None:
    assert files.read().services[0].online_url == "https://auenfurt.example/baumhaus"
    files.locations[0]["services"][0]["onlineprocessing"]["link"] = "https://auenfurt.example/antrag/{serviceId}"
    assert files.read().services[0].online_url == "https://auenfurt.example/antrag/101"


def test_service_without_appointments_has_no_booking_page(files: Files) -> None:
    files.services[0]["locations"][0]["appointment"]["allowed"] = False
    service = files.read().services[0]
    assert (service.appointment_url, service.appointment_minutes) == ("", None)


def test_office_is_read_without_its_internal_code(files: Files) -> None:
    (office,) = files.read().offices
    assert (office.id, office.names, office.public) == ("7", {"de": "Grünamt"}, True)
    assert (office.street, office.postal_code, office.city) == ("Am Park 3", "29990", "Auenfurt")
    assert (office.phone, office.email, office.url) == ("05999 400-7", "", "https://termin.example/#/locations/7")


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Grünamt (GA-III/2)", "Grünamt"), ("Grünamt (Hintereingang)", "Grünamt (Hintereingang)"), ("(GA)", "(GA)")],
)
def test_code_is_cut_off_where_there_is_no_display_name(files: Files, name: str, shown: str) -> None:
    files.locations[0] |= {"name": name, "displayName": ""}
    assert files.read().offices[0].names == {"de": shown}


def test_town_is_where_most_offices_lie(files: Files) -> None:
    elsewhere = deepcopy(OFFICE) | {"id": 8, "address": {"city": "Nachbarort"}}
    files.locations += [elsewhere, deepcopy(OFFICE) | {"id": 9}]
    town = files.read().town
    assert (town.name, town.phone, town.url) == ("Auenfurt", "115", "https://auenfurt.example")


def test_town_is_named_after_the_organisation_where_no_office_has_an_address(files: Files) -> None:
    files.locations[0]["address"] = False
    assert files.read().town.name == "Auenfurt"


def test_export_without_any_town_is_refused(files: Files) -> None:
    files.locations = []
    with pytest.raises(ImportFileError, match=r"locations\.json: .*town"):
        files.read()


def test_counters_of_one_office_are_one_office_for_the_citizen(files: Files) -> None:
    files.locations.append(deepcopy(OFFICE) | {"id": 8, "name": "Grünamt (GA-III/3)"})
    assert [link.office_id for link in files.read().services[0].offices] == ["7"]


def test_connection_that_only_the_office_names_counts(files: Files) -> None:
    files.services[0]["locations"] = []
    assert [link.office_id for link in files.read().services[0].offices] == ["7"]


def test_what_one_file_leaves_out_is_taken_from_the_other(files: Files) -> None:
    files.services[0]["locations"][0] = {"location": "7", "appointment": None, "responsibility": ""}
    files.locations[0]["services"][0]["responsibility"] = "Nur für 29990 und 29991"
    (link,) = files.read().services[0].offices
    assert link.appointment_url == "https://termin.example/#/services/101"
    assert (link.responsibility, link.areas) == ("Nur für 29990 und 29991", ("29990", "29991"))


def test_online_processing_of_the_service_itself(files: Files) -> None:
    link = "https://auenfurt.example/antrag/{serviceId}"
    files.services[0]["onlineprocessing"] = {"link": link, "description": "<p>Mit <b>Ausweis-App</b>.</p>"}
    service = files.read().services[0]
    assert service.online_url == "https://auenfurt.example/antrag/101"
    assert service.texts["de"].facets["online"] == "Mit Ausweis-App."


def test_other_names_of_an_office(files: Files) -> None:
    files.locations[0] |= {
        "name": "Amt für Grün (GA-III/2)",
        "displayNameAlternatives": ["Gartenamt", "Grünamt", None, "<b>Gartenamt</b>"],
        "organizationUnit": "Umweltreferat",
    }
    assert files.read().offices[0].alternative_names == ("Amt für Grün", "Gartenamt", "Umweltreferat")
    files.locations[0] |= {"organization": "Bezirk Heide", "displayNameAlternatives": "odd", "organizationUnit": None}
    assert files.read().offices[0].alternative_names == ("Amt für Grün", "Bezirk Heide")


def test_unknown_location_is_left_out_with_a_note(files: Files) -> None:
    files.services[0]["locations"].append({"location": "999"})
    reading = files.read()
    assert [link.office_id for link in reading.services[0].offices] == ["7"]
    assert [(note.row_id, "999" in note.reason) for note in reading.notes] == [("101", True)]


def test_bare_counter_is_marked_and_service_that_is_not_public_is_not(files: Files) -> None:
    counter = {"id": "102", "name": "Abholung A35", "description": "", "public": True, "meta": {"keywords": ""}}
    files.services += [counter, deepcopy(SERVICE) | {"id": "103", "public": False}]
    services = {service.id: service for service in files.read().services}
    assert [service.internal for service in services.values()] == [False, True, False]
    assert not services["103"].public


@pytest.mark.parametrize(
    ("value", "leika", "notes"),
    [
        (None, "", 0),
        (False, "", 0),
        (99012345678901, "99012345678901", 0),
        ("990123456789", "", 1),
        ("990123456789012", "", 1),
        ("99012345678901, 99012345678902", "99012345678901", 1),
    ],
)
def test_leika_key_has_14_digits(files: Files, value: Any, leika: str, notes: int) -> None:
    files.services[0]["leika"] = value
    reading = files.read()
    assert reading.services[0].leika == leika
    assert len(reading.notes) == notes


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": None}, "id is missing"),
        ({"id": True}, "id is missing"),
        ({"id": "x" * 201}, "id is missing or unusable"),
        ({"id": "<b>1</b>"}, "id is missing or unusable"),
        ({"id": "101"}, "stands twice"),
        ({"name": ""}, "name is missing"),
        ({"name": ["a"]}, "name is missing"),
        ({"name": "x" * 301}, "name has 301 characters"),
        ({"meta": {"locale": "en"}}, "language is 'en'"),
        ({"description": "x" * 10_000_000}, "row has 10.* characters"),
        ({"links": [{"name": "x" * 150_000}, {"name": "y" * 150_000}]}, "row has 30.* characters"),
    ],
)
def test_broken_row_is_rejected_and_the_rest_goes_on(files: Files, changes: dict[str, Any], reason: str) -> None:
    files.services.append(deepcopy(SERVICE) | {"id": "102"} | changes)
    files.services.append(deepcopy(SERVICE) | {"id": "103"})
    reading = files.read()
    assert [service.id for service in reading.services] == ["101", "103"]
    (rejection,) = reading.rejected
    assert rejection.where == "service 2"
    assert re.search(reason, rejection.reason)


@pytest.mark.parametrize("row", [None, 5, "text", [], True])
def test_row_that_is_no_object_is_rejected(files: Files, row: Any) -> None:
    files.services.insert(0, row)
    reading = files.read()
    assert [service.id for service in reading.services] == ["101"]
    assert [rejection.where for rejection in reading.rejected] == ["service 1"]


def test_broken_location_is_rejected_and_its_services_stay(files: Files, engine: Engine) -> None:
    files.locations.append(deepcopy(OFFICE) | {"id": 8, "displayName": "Amt im Park"})
    files.services[0]["locations"].append({"location": "8"})
    source = Source(kind="dldb", name="x")
    with Session(engine) as session:
        apply(session, files.read(), source)
        files.locations[1]["name"] = None
        report = apply(session, files.read(), source)
    assert (report.unchanged, report.changed, report.offices_changed) == (1, 0, 0)
    assert [row.row_id for row in report.rejected] == ["8"]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"data": {}}', b'{"meta": {}}', b"\xff\xfe\x00", b'{"data": [' + b"[" * 100_000, b"null"],
)
@pytest.mark.parametrize("which", [0, 1])
def test_broken_file_is_named(files: Files, content: bytes, which: int) -> None:
    files.read()
    files.paths[which].write_bytes(content)
    with pytest.raises(ImportFileError, match=files.paths[which].name):
        dldb.read(*files.paths)


def test_missing_file_is_named(files: Files) -> None:
    with pytest.raises(ImportFileError, match=r"locations\.json: cannot be read"):
        dldb.read(*files.paths)


def test_byte_order_mark_does_not_matter(files: Files) -> None:
    files.read()
    files.paths[0].write_bytes(b"\xef\xbb\xbf" + files.paths[0].read_bytes())
    assert len(dldb.read(*files.paths).services) == 1


def test_number_of_thousands_of_digits_is_no_reason_to_stop(files: Files) -> None:
    files.read()
    text = files.paths[0].read_text(encoding="utf-8")
    files.paths[0].write_text(text.replace('"20"', "9" * 10_000), encoding="utf-8")
    assert dldb.read(*files.paths).services[0].appointment_minutes is None


ODD_VALUES: list[Any] = [
    None, True, False, 0, -3, 1.5, 10**15, "", "false", "\x00", "a\x00b", "\ud800", "\u200b", "<p>", "</ul><li>",
    "<!--",
    "javascript:alert(1)", "https://[", "{serviceId}", "x" * 5_000, [], {}, [None], [[]], {"a": {}}, [{}], "2026-99-99",
    "١٢", "<a href='https://a.example/{locationId}'>hier</a>", "&#0;&#x110000;", "Gebühr: 5 Euro", [1, "2", None],
]  # fmt: skip


def mutate(value: Any, chance: random.Random) -> Any:
    """A copy in which each part may be replaced by something odd, left out or doubled."""
    if chance.random() < 0.08:
        return chance.choice(ODD_VALUES)
    if isinstance(value, dict):
        return {key: mutate(item, chance) for key, item in value.items() if chance.random() > 0.03}
    if isinstance(value, list):
        return [mutate(item, chance) for item in value for _ in range(chance.choice([1, 1, 1, 2]))]
    return value


def strings_in(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    children = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else []
    return [text for child in children for text in strings_in(child)]


@pytest.mark.parametrize("seed", range(150))
def test_whatever_an_export_holds_the_reading_is_clean(files: Files, seed: int) -> None:
    chance = random.Random(seed)
    files.services = [mutate(deepcopy(SERVICE) | {"id": str(number)}, chance) for number in range(5)]
    files.locations = [mutate(deepcopy(OFFICE) | {"id": number}, chance) for number in range(5)] + [deepcopy(OFFICE)]
    reading = files.read()
    assert len(reading.services) + sum(row.where.startswith("service") for row in reading.rejected) == 5
    for text in strings_in(msgspec.to_builtins(reading)):
        text.encode("utf-8")
        assert "\x00" not in text
        assert not re.search(r"</?(p|ul|li|a|script|strong)\b", text)
    for service in reading.services:
        assert re.fullmatch(r"(\d{14})?", service.leika)
        assert all(link.url.startswith(("https://", "http://")) for link in service.texts["de"].links)
        assert all(service.texts["de"].facets.values())


def test_odd_export_can_be_written_to_the_database(files: Files, engine: Engine) -> None:
    chance = random.Random(2)
    files.services = [mutate(deepcopy(SERVICE) | {"id": str(number)}, chance) for number in range(60)]
    files.locations += [mutate(deepcopy(OFFICE) | {"id": number}, chance) for number in range(20)]
    reading = files.read()
    with Session(engine) as session:
        report = apply(session, reading, Source(kind="dldb", name="x"))
        assert report.added == len(reading.services)
        assert set(load_catalogue(session).services) == {service.id for service in reading.services}
        assert apply(session, files.read(), Source(kind="dldb", name="x")).changed == 0


MUNICH = Path(
    os.environ.get("STADTLOTSE_TEST_MUNICH") or Path(__file__).parents[3] / ".." / "shared" / "data" / "munich"
).resolve()
needs_munich = pytest.mark.skipif(
    not (MUNICH / "services_de.json").exists(),
    reason="the real Munich export is not here; set STADTLOTSE_TEST_MUNICH to its folder",
)


@pytest.fixture(scope="module")
def munich() -> Reading:
    return dldb.read(MUNICH / "services_de.json", MUNICH / "locations_de.json")


@needs_munich
def test_munich_is_read_whole(munich: Reading) -> None:
    assert (munich.town.name, len(munich.services), len(munich.offices)) == ("München", 287, 109)
    assert munich.rejected == ()
    assert [note.row_id for note in munich.notes] == ["1064076"]


@needs_munich
def test_munich_loses_nothing_that_was_filled(munich: Reading) -> None:
    texts = [service.texts["de"] for service in munich.services]
    assert sum(bool(text.facets.get("fees")) for text in texts) >= 193
    assert sum(bool(text.summary) for text in texts) >= 224  # one description of 225 is a zero-width space
    assert sum(bool(text.keywords) for text in texts) == 158
    assert sum(bool(service.leika) for service in munich.services) == 132
    assert sum(bool(service.offices) for service in munich.services) == 281


@needs_munich
def test_munich_has_no_html_left(munich: Reading) -> None:
    for text in strings_in(msgspec.to_builtins(munich.services)):
        assert not re.search(r"<[a-z/]|&[a-z]+;|[\u200b\u00ad\ufeff\xa0]", text)


@needs_munich
def test_munich_counters_are_marked_and_services_are_not(munich: Reading) -> None:
    internal = {service.texts["de"].name for service in munich.services if service.internal}
    assert {"Abholung UA35", "SB Reisepass", "Shortlane 15 min", "Testleistung", "Dokumentendruck"} <= internal
    assert not internal & {"Reisepass", "Personalausweis", "Reiseausweis für Ausländer", "Kirchenaustritt"}
    assert 40 <= len(internal) <= 65


@needs_munich
def test_munich_facets_are_found_in_the_descriptions(munich: Reading) -> None:
    found = Counter(facet for service in munich.services for facet in service.texts["de"].facets)
    assert found["appointment"] >= 70
    assert found["deadline"] >= 60
    assert found["online"] >= 45
    assert found["eligibility"] >= 45
    assert found["documents"] >= 15
    assert found["processing_time"] >= 10


@needs_munich
def test_munich_is_imported_once_and_then_unchanged(munich: Reading, engine: Engine) -> None:
    source = Source(kind="dldb", name=munich.town.name)
    with Session(engine) as session:
        first = apply(session, munich, source)
        second = apply(session, munich, source)
        catalogue = load_catalogue(session)
    assert (first.added, first.withdrawn, first.offices_changed) == (287, 0, 109)
    assert (second.added, second.changed, second.unchanged, second.offices_changed) == (0, 0, 287, 0)
    assert catalogue.services == {service.id: service for service in munich.services}
