"""The rows of a CSV or XLSX file as texts, whatever separator and encoding it has."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any
from warnings import catch_warnings, simplefilter

import openpyxl

from bot.catalogue.importers.files import read_whole
from bot.errors import ImportFileError

LONGEST_FILE = 100_000_000  # bytes
LARGEST_CONTENT = 1_000_000_000  # bytes of an XLSX file, unpacked
MOST_ROWS = 200_000
MOST_COLUMNS = 1_000
DELIMITERS = ";,\t|"
TRIED_ROWS = 10

_GUARDED = ("=", "+", "-", "@", "\t", "\r", "'")
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"

Row = tuple[int, list[str]]  # its number in a spreadsheet, its cells


def read_tables(path: Path, likeness: Callable[[Sequence[str]], int]) -> Iterator[Iterator[Row]]:
    """The tables of a file: one of a CSV file, one for each sheet of an XLSX file.

    `likeness` says how many headings of ours a row has; of all separators, the one with the most is taken.

    Raises:
        ImportFileError: the file cannot be read, is too large, or is neither of the two; the text names it.
    """
    content = read_whole(path, longest=LONGEST_FILE)
    if content.startswith(_OLD_EXCEL):
        raise ImportFileError(f"{path}: is an old XLS file; save it as XLSX or CSV")
    if content.startswith(b"PK"):
        yield from _sheets(path, content)
    else:
        yield _csv_rows(path, _decode(path, content), likeness)


def guard(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_GUARDED) else text


def _unguard(text: str) -> str:
    """The cell that was guarded. A formula that was not is left as text; nobody calculates it."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_GUARDED) else text


def _decode(path: Path, content: bytes) -> str:
    """UTF-8 or UTF-16 by its mark, UTF-8 where that fits, else what Excel writes in Western Europe."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif content[1:2] == b"\x00":
        encodings = ["utf-16-le"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return content.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError:
            continue
    raise ImportFileError(f"{path}: is in none of the encodings {', '.join(encodings)}; save it as UTF-8")


def _csv_rows(path: Path, text: str, likeness: Callable[[Sequence[str]], int]) -> Iterator[Row]:
    def known_headings(delimiter: str) -> int:
        best = 0
        with suppress(ImportFileError):  # of the wrong separator; of the right one it is raised later
            for _, row in _parse(path, text, delimiter, most=TRIED_ROWS):
                best = max(best, likeness(row))
        return best

    return _parse(path, text, max(DELIMITERS, key=known_headings), most=MOST_ROWS + 1)


def _parse(path: Path, text: str, delimiter: str, *, most: int) -> Iterator[Row]:
    # The limit of the module is for all of Python; how long a cell may be is checked where its row is read.
    before = csv.field_size_limit(LONGEST_FILE)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for number in range(1, most + 1):
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise ImportFileError(f"{path}: row {number}: no valid CSV ({error}); nothing was taken") from error
            yield number, [_unguard(cell) for cell in row]
    finally:
        csv.field_size_limit(before)


def _sheets(path: Path, content: bytes) -> Iterator[Iterator[Row]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        # data_only: of a formula, what the spreadsheet calculated last; nothing is calculated here.
        open_book = partial(openpyxl.load_workbook, read_only=True, data_only=True, keep_links=False)
        with catch_warnings():
            simplefilter("ignore")  # of styles and other parts that say nothing about the cells
            sheets = open_book(io.BytesIO(content)).worksheets if unpacked <= LARGEST_CONTENT else []
    except Exception as error:  # openpyxl passes on whatever the file makes its parsers raise
        raise _no_xlsx(path, error) from error
    if unpacked > LARGEST_CONTENT:
        raise ImportFileError(f"{path}: has {unpacked} bytes when unpacked, at most {LARGEST_CONTENT} are read")
    for sheet in sheets:
        yield _sheet_rows(path, sheet)


def _sheet_rows(path: Path, sheet: Any) -> Iterator[Row]:
    try:
        sheet.reset_dimensions()  # what a file claims about its size may be wrong
        for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), start=1):
            yield number, [_text(value) for value in row]
    except Exception as error:
        raise _no_xlsx(path, error) from error


def _no_xlsx(path: Path, error: Exception) -> ImportFileError:
    reason = next(iter(str(error).splitlines()), "")
    return ImportFileError(f"{path}: not a valid XLSX file ({type(error).__name__}: {reason}); nothing was taken")


def _text(value: Any) -> str:
    """A cell as people see it: 29990.0 is 29990, a date is 2026-02-01."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).replace("\r\n", "\n").replace("\r", "\n")
