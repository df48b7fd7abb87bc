"""Tables as a clerk keeps them: CSV or XLSX, one service a row, German or English headings.

What the columns are called stands in data/import/table.yml. Offices have rows of their own or columns beside a service.
A row that cannot be used is rejected with its number and the rest goes on. `bot.catalogue.exporters.table` writes
tables that are read back without a difference.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.catalogue.importers import values
from bot.catalogue.importers.dldb.rows import LONGEST_NAME
from bot.catalogue.importers.record import Reading, Rejection, ServiceRecord, Town
from bot.catalogue.importers.table import files
from bot.catalogue.importers.table.offices import Offices, read_office_row, slug
from bot.catalogue.importers.table.row import LONGEST_CELL, Column, Row
from bot.catalogue.importers.table.services import read_service
from bot.catalogue.importers.table_words import Words, key_of, load_words, read_heading
from bot.errors import ImportFileError
from bot.language import DEFAULT_LANGUAGE

HEADING_ROWS = 10  # the headings stand in one of the first rows; clerks put a title above them
NAME: Column = ("name", DEFAULT_LANGUAGE)
KIND: Column = ("kind", DEFAULT_LANGUAGE)
ID: Column = ("id", DEFAULT_LANGUAGE)


def read(path: Path) -> Reading:
    """All services and offices of the table. A table does not say which town it is of, unless its offices do.

    Raises:
        ImportFileError: the file cannot be read, has no headings, or two columns of the same heading; with the names.
    """
    words = load_words()
    notes: list[Rejection] = []
    rejected: list[Rejection] = []
    rows = list(_rows(path, words, notes))
    offices = Offices()
    services: dict[str, ServiceRecord] = {}
    seen: set[tuple[str, str]] = set()
    # Offices first, wherever they stand: services name them.
    for row in sorted(rows, key=lambda row: _kind(row) != "office"):
        kind, row_id = _kind(row), _id(row)
        reason = _reason(row, kind, row_id)
        if not reason and (kind, row_id) in seen:
            reason = "the id stands twice; the first row was taken"
        if reason:
            rejected.append(Rejection(where=f"row {row.number}", row_id=row_id, reason=reason))
            continue
        seen.add((kind, row_id))
        if kind == "office":
            office = read_office_row(row, row_id)
            if office is not None:
                offices.add(office)
        else:
            services[row_id] = read_service(row, row_id, offices.of_service(row))
        notes += row.notes
    rejected.sort(key=lambda row: int(row.where.rpartition(" ")[2]))
    return Reading(
        town=_town(offices),
        services=tuple(services.values()),
        offices=tuple(offices.records.values()),
        rejected=tuple(rejected),
        notes=tuple(notes),
    )


def _rows(path: Path, words: Words, notes: list[Rejection]) -> Iterator[Row]:
    """The rows below the headings; of an XLSX file, those of the first sheet that has headings."""
    first: list[str] = []
    for table in files.read_tables(path, lambda row: len(_known(row, words))):
        above = []
        for number, cells in table:
            if number > HEADING_ROWS:
                break
            above.append((number, cells))
            if NAME in _known(cells, words).values():
                yield from _below(path, cells, table, words, notes)
                return
        first = first or next((cells for _, cells in above if any(cells)), [])
    named = ", ".join(repr(cell[:40]) for cell in first[:20] if cell) or "nothing"
    expected = words.heading("name", DEFAULT_LANGUAGE)
    raise ImportFileError(
        f"{path}: none of the first {HEADING_ROWS} rows has a heading {expected!r} or another word for it; "
        f"the first one has {named}"
    )


def _known(cells: Sequence[str], words: Words) -> dict[int, Column]:
    found = {place: read_heading(cell, words) for place, cell in enumerate(cells) if 0 < len(cell) <= 100}
    return {place: column for place, column in found.items() if column is not None}


def _below(
    path: Path, heading: Sequence[str], table: Iterator[files.Row], words: Words, notes: list[Rejection]
) -> Iterator[Row]:
    columns = _known(heading, words)
    headings: dict[Column, str] = {}
    for place, column in columns.items():
        if column in headings:
            raise ImportFileError(f"{path}: {headings[column]!r} and {heading[place]!r} are the same column")
        headings[column] = heading[place].strip()
    unknown = [cell.strip()[:40] for place, cell in enumerate(heading) if cell.strip() and place not in columns]
    notes.extend(
        Rejection(where="headings", row_id="", reason=f"the column {name!r} is unknown; left out") for name in unknown
    )
    for number, cells in table:
        if number > files.MOST_ROWS:
            raise ImportFileError(f"{path}: has more than {files.MOST_ROWS} rows")
        filled = {
            column: cells[place] for place, column in columns.items() if place < len(cells) and cells[place].strip()
        }
        if filled:
            yield Row(number=number, cells=filled, headings=headings, words=words)


def _kind(row: Row) -> str:
    return key_of(row.words.rows, row.cells.get(KIND, "")[:100]) or ("" if row.cells.get(KIND) else "service")


def _id(row: Row) -> str:
    """The id, or one out of the name; "" for an unusable one."""
    written = row.cells.get(ID, "")
    return values.id_of(written[:1_000]) if written else slug(row.cells.get(NAME, "")[:1_000])


def _reason(row: Row, kind: str, row_id: str) -> str:
    """Why the row cannot be taken; "" if it can."""
    if row.too_long:
        return f"{row.too_long}: has more than {LONGEST_CELL} characters"
    if not kind:
        expected = " or ".join(names[0] for names in row.words.rows.values())
        return f"{row.headings[KIND]}: {row.cells[KIND][:60]!r} is neither {expected}"
    name = row.line("name")
    if not name:
        return f"{row.headings[NAME]}: is empty"
    if len(name) > LONGEST_NAME:
        return f"{row.headings[NAME]}: has {len(name)} characters, at most {LONGEST_NAME} are taken"
    if not row_id:
        return f"{row.headings.get(ID, row.headings[NAME])}: gives no usable id"
    return ""


def _town(offices: Offices) -> Town | None:
    """The town most offices lie in."""
    cities = [office.city for office in offices.records.values() if office.city]
    return Town(name=max(dict.fromkeys(cities), key=cities.count)) if cities else None
