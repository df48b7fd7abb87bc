import io
import time as clock
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.catalogue.importers import table
from bot.catalogue.importers.hours import read_hours
from bot.catalogue.importers.record import (
    Fee,
    Link,
    OpeningHours,
    Reading,
    ServiceOffice,
    ServiceRecord,
    Source,
)
from bot.catalogue.importers.sync import apply
from bot.catalogue.importers.table import files
from bot.catalogue.importers.table.typed import read_fee
from bot.catalogue.importers.table_words import load_words, read_heading
from bot.errors import ImportFileError
from tests.catalogue.importers.samples import TOWN

GERMAN = """\
Leistungen der Stadt;;;;;;;;;;;
Nr.;Leistung;Leistung (Englisch);Beschreibung;Gebühr;Unterlagen;Dienststelle;Straße;PLZ;Ort;Sprechzeiten;Stand
hund;Hund anmelden;Register a dog;Sie melden Ihren Hund an.;"erster Hund: 96,00 €
weitere: 120 bis 150 Euro
nach Aufwand";Ausweis;Rathaus;Am Markt 1;29990;Auenfurt;Mo-Mi 8-12 Uhr, 14:00-16:00;01.02.2026
;Fund abgeben;;Sie haben etwas gefunden.;kostenlos;Foto; Rathaus;;;;;2026-03-01
"""
ENGLISH = (
    "Service,Fees,Valid from,Internal,Links,Online service\n"
    "Dog tax,37.50,1.2.2026,yes,Form | https://a.example/a.pdf | form; https://b.example,www.c.example\n"
)

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(content: str | bytes, *, encoding: str = "utf-8", name: str = "table.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write_file


def services(path: Path) -> dict[str, ServiceRecord]:
    return {service.id: service for service in table.read(path).services}


def reasons(reading: Reading) -> list[tuple[str, str, str]]:
    return [(row.where, row.row_id, row.reason) for row in reading.rejected]


def test_table_of_a_clerk_is_read(write: Write) -> None:
    dog = services(write(GERMAN))["hund"]
    text = dog.texts["de"]
    assert (text.name, dog.texts["en"].name) == ("Hund anmelden", "Register a dog")
    assert text.fees == (
        Fee(label="erster Hund", amount=Decimal("96.00")),
        Fee(label="weitere", amount=Decimal("120.00"), amount_to=Decimal("150.00")),
    )
    assert text.facets == {"fees": "nach Aufwand"}
    assert text.documents == ("Ausweis",)
    assert dog.source_date == date(2026, 2, 1)


def test_service_without_an_id_is_named_after_its_name(write: Write) -> None:
    found = services(write(GERMAN))["fund-abgeben"]
    assert found.texts["de"].fees == (Fee(amount=Decimal("0.00")),)
    assert set(found.texts) == {"de"}


def test_office_beside_a_service_is_one_office_for_all_rows_that_name_it(write: Write) -> None:
    reading = table.read(write(GERMAN))
    (office,) = reading.offices
    assert (office.id, office.street, office.postal_code, office.city) == ("rathaus", "Am Markt 1", "29990", "Auenfurt")
    assert len(office.hours) == 6
    assert office.hours[1] == OpeningHours(weekday=0, opens=time(14), closes=time(16))
    assert all(service.offices == (ServiceOffice(office_id="rathaus"),) for service in reading.services)
    assert reading.town is not None
    assert reading.town.name == "Auenfurt"
    assert not reading.notes


def test_office_described_in_two_ways_is_noted_and_the_first_one_taken(write: Write) -> None:
    reading = table.read(write("Name;Amt;Straße\nA;Rathaus;Weg 1\nB;Rathaus;Weg 2\n"))
    assert [office.street for office in reading.offices] == ["Weg 1"]
    assert [(note.where, "another way" in note.reason) for note in reading.notes] == [("row 3", True)]


def test_office_has_a_row_of_its_own(write: Write) -> None:
    path = write(
        "Art;Kennung;Name;Dienststellen;Weitere Namen;Öffnungszeiten;Straße\n"
        'Leistung;a;Hund;"Rathaus | Gebiete: 29990, Nordstadt | Termin: https://t.example | Zuständig für: A–K\n'
        'Stadthaus | Quatsch: 1";;;\n'
        "Dienststelle;r1;Rathaus;;Stadthaus;nach Vereinbarung;Am Markt 1\n"
    )
    reading = table.read(path)
    (office,) = reading.offices
    assert (office.id, office.alternative_names) == ("r1", ("Stadthaus",))
    assert (office.hours, office.hints) == ((), {"de": "nach Vereinbarung"})
    (service,) = reading.services
    assert service.offices == (
        ServiceOffice(
            office_id="r1", areas=("29990", "Nordstadt"), appointment_url="https://t.example", responsibility="A–K"
        ),
    )
    assert [note.reason for note in reading.notes] == ["Dienststellen: 'Quatsch: 1' is not understood; left out"]


def test_english_headings_and_values_are_read(write: Write) -> None:
    (service,) = table.read(write(ENGLISH)).services
    assert service.texts["de"].fees == (Fee(amount=Decimal("37.50")),)
    assert (service.valid_from, service.internal) == (date(2026, 2, 1), True)
    assert service.texts["de"].links == (
        Link(title="Form", url="https://a.example/a.pdf", kind="form"),
        Link(title="Dog tax", url="https://b.example"),
    )
    assert service.online_url == "https://www.c.example"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_encoding_separator_and_line_ends_are_detected(
    write: Write, encoding: str, delimiter: str, ending: str
) -> None:
    lines = ["Kennung;Name;Gebühr", '1;"Straßen, Wege";10,00 €', "2;Grün;5 €"]
    if delimiter == ",":
        lines = [line.replace("10,00 €", '"10,00 €"') for line in lines]
    content = ending.join(line.replace(";", delimiter) for line in lines) + ending
    assert [one.texts["de"].name for one in table.read(write(content, encoding=encoding)).services] == [
        "Straßen, Wege",
        "Grün",
    ]


def test_unknown_columns_are_named(write: Write) -> None:
    notes = table.read(write("Name;Farbe;;Name (fr)\nHund;rot;x;chien\n")).notes
    assert [note.reason for note in notes] == [
        "the column 'Farbe' is unknown; left out",
        "the column 'Name (fr)' is unknown; left out",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "has nothing"),
        ("Farbe;Form\nrot;rund\n", "none of the first 10 rows has a heading 'Name'.*'Farbe', 'Form'"),
        ("Name;Leistung\na;b\n", "'Name' and 'Leistung' are the same column"),
        ('Name;Text\n"a;b\n', "row 2: no valid CSV .*nothing was taken"),
        ("\n" * 20 + "Name\na\n", "none of the first 10 rows"),
        (b"PK\x03\x04 no archive", "not a valid XLSX file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old XLS file"),
        (b"\x81\x8d", "none of the encodings"),
    ],
)
def test_file_that_cannot_be_read_is_refused_by_name(write: Write, content: Any, message: str) -> None:
    with pytest.raises(ImportFileError, match=rf"table\.csv: .*{message}"):
        table.read(write(content))


def test_missing_and_huge_files_are_refused(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImportFileError, match=r"none\.csv: cannot be read"):
        table.read(tmp_path / "none.csv")
    monkeypatch.setattr(files, "LONGEST_FILE", 5)
    with pytest.raises(ImportFileError, match="at most 5 are read"):
        table.read(write(GERMAN))


def test_too_many_rows_are_refused(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_ROWS", 5)
    with pytest.raises(ImportFileError, match="more than 5 rows"):
        table.read(write("Name\n" + "a\n" * 6))


def test_rows_that_cannot_be_used_are_rejected_with_number_id_and_reason(write: Write) -> None:
    reading = table.read(
        write(
            "Art;Kennung;Name;Text\n"
            ";1;Hund;gut\n"
            ";2;;ohne Namen\n"
            ";1;Hund zwei;doppelt\n"
            f";3;Riese;{'x' * 10_000_000}\n"
            ";<b>;Odd;x\n"
            f";4;{'n' * 301};x\n"
            "Gebäude;5;Haus;x\n"
            ";;???;x\n"
            ";6;Katze;auch gut\n"
        )
    )
    assert [service.id for service in reading.services] == ["1", "6"]
    assert reasons(reading) == [
        ("row 3", "2", "Name: is empty"),
        ("row 4", "1", "the id stands twice; the first row was taken"),
        ("row 5", "3", "Text: has more than 100000 characters"),
        ("row 6", "", "Kennung: gives no usable id"),
        ("row 7", "4", "Name: has 301 characters, at most 300 are taken"),
        ("row 8", "5", "Art: 'Gebäude' is neither Leistung or Dienststelle"),
        ("row 9", "", "Kennung: gives no usable id"),
    ]


@pytest.mark.parametrize(
    ("heading", "cell", "reason"),
    [
        ("Stand", "gestern", "Stand: 'gestern' is no date"),
        ("Stand", "31.02.2026", "'31.02.2026' is no date"),
        ("LeiKa", "99", "LeiKa: '99' is not a key of 14 digits"),
        ("Intern", "vielleicht", "neither yes nor no"),
        ("URL", "javascript:alert(1)", "no web address"),
        ("Links", "nur Text", "no web address"),
        ("Termindauer", "ewig", "no number from 1 to 600"),
        ("Text", "a\x00b", "NUL"),
        ("Text (en)", "English without a name", "other texts in this language were left out"),
        ("Dienststelle", "???", "cannot be the name of an office"),
    ],
)
def test_cell_that_cannot_be_used_is_noted_and_the_row_kept(write: Write, heading: str, cell: str, reason: str) -> None:
    reading = table.read(write(f"Kennung;Name;{heading}\n7;Hund;{cell}\n"))
    assert [service.id for service in reading.services] == ["7"]
    ((where, row_id, text),) = [(note.where, note.row_id, note.reason) for note in reading.notes]
    assert (where, row_id) == ("row 2", "7")
    assert reason in text


def test_html_is_taken_out_with_all_that_could_run(write: Write) -> None:
    content = 'Name;Text\nHund;"<p>Für <b>alle</b>:</p><script>alert(1)</script><ul><li>a &amp; b</li></ul>"\n'
    assert services(write(content))["hund"].texts["de"].summary == "Für alle:\n- a & b"


def test_formula_is_never_calculated(write: Write) -> None:
    found = services(write("Name;Text;Tel\nHund;=1+1;+49 59\nKatze;'=1+1;'-5\n"))
    assert [service.texts["de"].summary for service in found.values()] == ["=1+1", "=1+1"]


def workbook(*rows: list[Any], first: list[list[Any]] | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    if first is not None:
        for row in first:
            sheet.append(row)
        sheet = book.create_sheet("Leistungen")
    for row in rows:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_xlsx_with_numbers_dates_and_formulas(write: Write) -> None:
    content = workbook(
        ["Kennung", "Name", "Gebühr", "PLZ", "Amt", "Stand", "Intern", "Text"],
        [12, "Hund", 37.5, 29990, "Rathaus", datetime(2026, 2, 1), True, "=HYPERLINK(1)"],  # noqa: DTZ001
        [None, None, None, None, None, None, None, None],
        [13.0, "Katze", 5, "01234", "Stadthaus", date(2026, 2, 2), False, "gut"],
    )
    reading = table.read(write(content, name="table.xlsx"))
    dog, cat = reading.services
    assert (dog.id, cat.id) == ("12", "13")
    assert (dog.texts["de"].fees, dog.source_date, dog.internal) == (
        (Fee(amount=Decimal("37.50")),),
        date(2026, 2, 1),
        True,
    )
    assert dog.texts["de"].summary == ""
    assert [office.postal_code for office in reading.offices] == ["29990", "01234"]


def test_first_sheet_with_headings_is_taken(write: Write) -> None:
    content = workbook(["Name"], ["Hund"], first=[["Hinweise"], ["Bitte lesen"]])
    assert list(services(write(content, name="table.xlsx"))) == ["hund"]


def test_xlsx_without_styles_is_read(write: Write) -> None:
    source = zipfile.ZipFile(io.BytesIO(workbook(["Name"], ["Hund"])))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith("styles.xml"):
                content = b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
            target.writestr(name, content)
    assert list(services(write(file.getvalue(), name="table.xlsx"))) == ["hund"]


def test_truncated_xlsx_is_refused(write: Write) -> None:
    content = workbook(["Name"], ["Hund"])
    with pytest.raises(ImportFileError, match=r"table\.xlsx: not a valid XLSX file .*nothing was taken"):
        table.read(write(content[: len(content) // 2], name="table.xlsx"))


def test_xlsx_that_unpacks_to_too_much_is_refused(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST_CONTENT", 1_000)
    with pytest.raises(ImportFileError, match="when unpacked, at most 1000 are read"):
        table.read(write(workbook(["Name"], ["Hund"]), name="table.xlsx"))


def test_xlsx_with_entities_is_refused(write: Write) -> None:
    source = zipfile.ZipFile(io.BytesIO(workbook(["Name"], ["Hund"])))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith("sheet1.xml"):
                content = b'<!DOCTYPE a [<!ENTITY x "lol">]>' + content
            target.writestr(name, content)
    with pytest.raises(ImportFileError, match="not a valid XLSX file"):
        table.read(write(file.getvalue(), name="table.xlsx"))


def test_second_import_changes_nothing(write: Write, engine: Engine) -> None:
    source = Source(kind="table", name="Auenfurt")
    with Session(engine) as session:
        assert apply(session, table.read(write(GERMAN)), source).added == 2
        again = apply(session, table.read(write(GERMAN)), source)
        assert (again.added, again.changed, again.unchanged, again.offices_changed) == (0, 0, 2, 0)


def test_ten_thousand_rows_are_imported_in_seconds(write: Write, engine: Engine) -> None:
    rows = [
        f"L{n};Leistung {n};Für Nummer {n}.;Ausweis, Foto;bis 18: {n % 90},50 €;Amt {n % 50};Weg {n % 50};01.02.2026"
        for n in range(10_000)
    ]
    path = write("Kennung;Name;Text;Unterlagen;Gebühr;Amt;Straße;Stand\n" + "\n".join(rows))
    start = clock.monotonic()
    reading = table.read(path)
    with Session(engine) as session:
        report = apply(session, replace(reading, town=TOWN), Source(kind="table", name=TOWN.name))
    assert (report.added, len(report.rejected)) == (10_000, 0)
    assert clock.monotonic() - start < 60


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("37", Fee(amount=Decimal("37.00"))),
        ("37,5 €", Fee(amount=Decimal("37.50"))),
        ("€ 1.234,50", Fee(amount=Decimal("1234.50"))),
        ("EUR 1,234.50", Fee(amount=Decimal("1234.50"))),
        ("1.234", Fee(amount=Decimal("1234.00"))),
        ("Kinder: frei: 5 bis 10,00 Euro", Fee(label="Kinder: frei", amount=Decimal(5), amount_to=Decimal(10))),
        ("Schüler: kostenlos", Fee(label="Schüler", amount=Decimal(0))),
        ("10 bis 5 €", None),
        ("ab 20 Euro", None),
        ("nach Aufwand", None),
        ("9" * 40, None),
    ],
)
def test_amounts_as_people_type_them(written: str, expected: Fee | None) -> None:
    assert read_fee(written, load_words()) == expected


@pytest.mark.parametrize(
    ("written", "days", "first"),
    [
        ("Mo-Fr 8-12 Uhr", [0, 1, 2, 3, 4], (time(8), time(12))),
        ("Montag bis Mittwoch, Freitag: 8.30 bis 12 Uhr", [0, 1, 2, 4], (time(8, 30), time(12))),
        ("Mon–Tue 09:00–16:00; Sat 10-12", [0, 1, 5], (time(9), time(16))),
        ("Do. und Fr. 14 Uhr bis 18 Uhr", [3, 4], (time(14), time(18))),
    ],
)
def test_opening_hours_as_people_type_them(written: str, days: list[int], first: tuple[time, time]) -> None:
    hours = read_hours(written, load_words())
    assert hours is not None
    assert list(dict.fromkeys(one.weekday for one in hours)) == days
    assert (hours[0].opens, hours[0].closes) == first


@pytest.mark.parametrize("written", ["nach Vereinbarung", "Mo 12-8", "Mo 8-12 außer feiertags", "Mo 25-26", "Mo" * 200])
def test_opening_hours_that_are_a_sentence_are_none(written: str) -> None:
    assert read_hours(written, load_words()) is None


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("  GEBÜHREN: ", ("fees", "de")),
        ("Fees (English)", ("fees", "en")),
        ("Name(EN)*", ("name", "en")),
        ("Name (fr)", None),
        ("Farbe", None),
        ("", None),
    ],
)
def test_headings_are_recognised(heading: str, expected: tuple[str, str] | None) -> None:
    assert read_heading(heading, load_words()) == expected
