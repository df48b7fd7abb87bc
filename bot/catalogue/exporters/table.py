"""The catalogue as a table that people edit and `importers.table` reads back without a difference."""

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from bot.catalogue.importers.hours import write_hours
from bot.catalogue.importers.record import OfficeRecord, ServiceOffice, ServiceRecord, ServiceText
from bot.catalogue.importers.table.files import guard
from bot.catalogue.importers.table.lists import write_list, write_parts
from bot.catalogue.importers.table.row import Column
from bot.catalogue.importers.table.services import KEYWORD_SEPARATORS, NOTES
from bot.catalogue.importers.table.typed import write_date, write_fee
from bot.catalogue.importers.table_words import Words, load_words
from bot.errors import InputError
from bot.facets import FACETS
from bot.language import DEFAULT_LANGUAGE, LANGUAGES

LONGEST_XLSX_CELL = 32_767  # characters; the format has no more
SUFFIXES = (".csv", ".xlsx")

# Columns whose texts are in a language; the others stand once.
WORDED = (
    "name", "summary", "find", "keywords", "documents", "documents_note", "fees", "fees_note", "processing_time",
    "deadline", "eligibility", "appointment", "online", "legal_basis", "opening_hours", "location", "office", "links",
    "hint",
)  # fmt: skip

Cells = dict[Column, str]


def write_table(path: Path, services: Collection[ServiceRecord], offices: Collection[OfficeRecord]) -> None:
    """Write all of it to a CSV or XLSX file, by the name of the file. Without services it is a template.

    Raises:
        InputError: the file is named otherwise, cannot be written, or a text is too long for a cell of XLSX.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"{path}: expected a name that ends with {' or '.join(SUFFIXES)}")
    words = load_words()
    columns = [
        (name, language)
        for name in words.columns
        for language in (LANGUAGES if name in WORDED else (DEFAULT_LANGUAGE,))
    ]
    names = _unique_names(offices)
    records = (
        *(_office_cells(office, words) for office in offices),
        *(_service_cells(service, names, words) for service in services),
    )
    headings = [words.heading(*column) for column in columns]
    rows = ([cells.get(column, "") for column in columns] for cells in records)
    content = (_csv if path.suffix.lower() == ".csv" else _xlsx)(headings, rows)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror})") from error


def _csv(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """With the mark and the separator by which Excel opens it rightly in German."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";")
    writer.writerow(headings)
    writer.writerows([guard(cell) for cell in row] for row in rows)
    return file.getvalue().encode("utf-8-sig")


def _xlsx(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """All is checked before the first cell is written: a workbook that was begun cannot be given up."""
    known = list(rows)
    for row in known:
        for heading, text in zip(headings, row, strict=True):
            if len(text) > LONGEST_XLSX_CELL or ILLEGAL_CHARACTERS_RE.search(text):
                reason = (
                    f"{text[:40]!r}… does not fit: XLSX holds {LONGEST_XLSX_CELL} characters and no control characters"
                )
                raise InputError(f"{heading}: {reason}; export a CSV file")
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet("Stadtlotse")
    sheet.freeze_panes = "A2"
    sheet.append(headings)
    for row in known:
        sheet.append([_cell(sheet, text) for text in row])
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _cell(sheet: Any, text: str) -> Cell | None:
    """A cell that is a text even where it looks like a formula or a number."""
    if not text:
        return None
    cell: Cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell


def _unique_names(offices: Iterable[OfficeRecord]) -> dict[str, str]:
    """What services call an office: its name where no other has it, else its id."""
    known = list(offices)
    names: Counter[str] = Counter()
    for office in known:
        names.update({name.lower() for name in (*office.names.values(), *office.alternative_names, office.id)})
    return {
        office.id: name
        if names[(name := office.names[DEFAULT_LANGUAGE]).lower()] == 1 and "\n" not in name
        else office.id
        for office in known
    }


def _office_cells(office: OfficeRecord, words: Words) -> Cells:
    plain = {
        "kind": words.rows["office"][0],
        "id": office.id,
        "street": office.street,
        "postal_code": office.postal_code,
        "city": office.city,
        "phone": office.phone,
        "email": office.email,
        "url": office.url,
        "hours": write_hours(office.hours, words),
        "alternative_names": write_list(office.alternative_names),
        "public": _flag(words, value=office.public),
        "source_date": write_date(office.source_date),
    }
    cells: Cells = {(name, DEFAULT_LANGUAGE): text for name, text in plain.items()}
    for language, name in office.names.items():
        cells["name", language] = name
        cells["hint", language] = office.hints.get(language, "")
    return cells


def _service_cells(service: ServiceRecord, names: Mapping[str, str], words: Words) -> Cells:
    minutes = service.appointment_minutes
    plain = {
        "kind": words.rows["service"][0],
        "id": service.id,
        "leika": service.leika,
        "offices": write_list([_office_line(office, names, words) for office in service.offices]),
        "url": service.url,
        "online_url": service.online_url,
        "appointment_url": service.appointment_url,
        "appointment_minutes": "" if minutes is None else str(minutes),
        "internal": _flag(words, value=service.internal),
        "public": _flag(words, value=service.public),
        "valid_from": write_date(service.valid_from),
        "valid_until": write_date(service.valid_until),
        "source_date": write_date(service.source_date),
    }
    cells: Cells = {(name, DEFAULT_LANGUAGE): text for name, text in plain.items()}
    for language, text in service.texts.items():
        cells |= {(name, language): cell for name, cell in _text_cells(text, words)}
    return cells


def _text_cells(text: ServiceText, words: Words) -> Iterator[tuple[str, str]]:
    yield "name", text.name
    yield "summary", text.summary
    yield "keywords", write_list(text.keywords, separators=KEYWORD_SEPARATORS)
    yield "documents", write_list(text.documents)
    yield "fees", write_list([write_fee(fee, words) for fee in text.fees])
    links = [write_parts((link.title, link.url, words.links[link.kind][0])) for link in text.links]
    yield "links", write_list(links)
    for facet in FACETS:
        yield NOTES.get(facet, facet), text.facets.get(facet, "")


def _office_line(office: ServiceOffice, names: Mapping[str, str], words: Words) -> str:
    parts = [names[office.office_id]]
    values = {
        "areas": ", ".join(office.areas),
        "responsibility": office.responsibility,
        "appointment_url": office.appointment_url,
    }
    parts += [f"{words.office_parts[name][0]}: {value}" for name, value in values.items() if value]
    return write_parts(parts)


def _flag(words: Words, *, value: bool) -> str:
    return (words.affirmative if value else words.negative)[0]
