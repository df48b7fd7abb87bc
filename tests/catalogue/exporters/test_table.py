import csv
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from bot.catalogue.exporters.table import write_table
from bot.catalogue.importers import table
from bot.catalogue.importers.record import Fee, Link, OfficeRecord, OpeningHours, ServiceOffice, ServiceRecord
from bot.catalogue.importers.town import read as read_town
from bot.errors import InputError
from bot.facets import FACETS
from tests.catalogue.importers.samples import OFFICE, SERVICE, office, service

DEMO = Path(__file__).parents[3] / "data" / "catalogue" / "auenfurt"

both_formats = pytest.mark.parametrize("name", ["table.csv", "table.xlsx"])


def again(path: Path, services: list[ServiceRecord], offices: list[OfficeRecord]) -> None:
    """Writes them, reads them, and finds no difference."""
    write_table(path, services, offices)
    reading = table.read(path)
    assert (reading.rejected, reading.notes) == ((), ())
    assert {one.id: one for one in reading.services} == {one.id: one for one in services}
    assert {one.id: one for one in reading.offices} == {one.id: one for one in offices}


@both_formats
def test_table_is_read_back_without_a_difference(tmp_path: Path, name: str) -> None:
    again(tmp_path / name, [SERVICE, service(1)], [OFFICE, office(1)])


@both_formats
def test_demo_town_is_read_back_without_a_difference(tmp_path: Path, name: str) -> None:
    demo = read_town(DEMO)
    again(tmp_path / name, list(demo.services), list(demo.offices))


@both_formats
def test_odd_texts_are_read_back(tmp_path: Path, name: str) -> None:
    text = replace(
        SERVICE.texts["de"],
        summary="=1+1\n\n- a\n- b; c",
        keywords=("a, b",),
        documents=("eins; zwei",),
        facets={facet: f"+ {facet}\n'mit' \"Zeichen\"; |" for facet in FACETS},
        fees=(Fee(amount=Decimal("1234567.00") / 10, label="a: b"), Fee(amount=Decimal("0.00"))),
        links=(Link(title="a | b", url="https://a.example/?b|c", kind="online"),),
    )
    listed = replace(text, documents=("- Strich", "zwei\nZeilen\n\nmehr", "'drei"), keywords=("@a", "b;c"))
    connected = ServiceOffice(office_id="o1", responsibility="A–K: alle", areas=("03", "Nord | Süd"))
    hours = (OpeningHours(weekday=6, opens=time(0), closes=time(23, 59)),)
    again(
        tmp_path / name,
        [
            service(1, texts={"de": text}, offices=(connected,)),
            service(2, texts={"de": listed}, valid_until=date(999, 1, 2).replace(year=2999)),
        ],
        [office(1, hours=hours, alternative_names=("a;b",))],
    )


def test_offices_of_the_same_name_are_told_apart_by_their_ids(tmp_path: Path) -> None:
    offices = [office(1, names={"de": "Amt"}), office(2, names={"de": "Amt"}), office(3, names={"de": "o1"})]
    links = tuple(ServiceOffice(office_id=one.id) for one in offices)
    again(tmp_path / "table.csv", [service(1, offices=links)], offices)


def test_no_cell_of_a_csv_file_is_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    texts = {"de": replace(SERVICE.texts["de"], name="=HYPERLINK(1)", summary="@SUM(1)", documents=("-1", "+2"))}
    write_table(path, [service(1, texts=texts)], [])
    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file, delimiter=";") for cell in row]
    assert {"'=HYPERLINK(1)", "'@SUM(1)", "'-1\n+2"} <= set(cells)
    assert not any(cell.startswith(("=", "@", "+", "-")) for cell in cells)


def test_cells_of_an_xlsx_file_are_texts(tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    write_table(path, [service(1, texts={"de": replace(SERVICE.texts["de"], name="=1+1")})], [])
    sheet = openpyxl.load_workbook(path).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}


def test_template_has_headings_in_both_languages_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    write_table(path, [], [])
    (line,) = path.read_text(encoding="utf-8-sig").splitlines()
    assert {"Name", "Name (en)", "Gebühren", "Dienststellen"} <= set(line.split(";"))
    assert table.read(path).services == ()


def test_text_that_no_cell_of_xlsx_can_hold_is_named(tmp_path: Path) -> None:
    long = service(1, texts={"de": replace(SERVICE.texts["de"], summary="x" * 40_000)})
    with pytest.raises(InputError, match=r"Beschreibung: 'xxx.*32767 characters.*CSV"):
        write_table(tmp_path / "table.xlsx", [long], [])
    again(tmp_path / "table.csv", [long], [])


@pytest.mark.parametrize(
    ("name", "message"), [("table.pdf", r"\.csv or \.xlsx"), ("none/table.csv", "cannot be written")]
)
def test_file_that_cannot_be_written_is_named(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        write_table(tmp_path / name, [service(1)], [])
