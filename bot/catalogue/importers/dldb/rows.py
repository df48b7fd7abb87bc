"""The rows of a DLDB file that can be used, and why the others cannot."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.catalogue.importers import values
from bot.catalogue.importers.files import read_whole
from bot.catalogue.importers.record import Rejection
from bot.errors import ImportFileError

LOCALE = "de"
LONGEST_FILE = 500_000_000  # bytes
LONGEST_ROW = 200_000  # characters; real rows have up to 30,000
LONGEST_NAME = 300
LONGEST_INTEGER = 18  # digits; a longer one is read as text


@dataclass(frozen=True)
class Row:
    """One service or location as it stands in the file, with a clean id and name."""

    id: str
    name: str
    where: str
    data: Mapping[str, Any]


def read_rows(path: Path, what: str, rejected: list[Rejection], nameless: list[Row] | None = None) -> list[Row]:
    """The usable rows of a file; the others are added to `rejected`. `what` names a row: "service", "location".

    Those that lack nothing but a name are added to `nameless` too: what they say about other rows is still true.

    Raises:
        ImportFileError: the file cannot be read, is not JSON, or has no list "data"; the text names it.
    """
    rows: dict[str, Row] = {}
    for number, item in enumerate(_load(path), start=1):
        where = f"{what} {number}"
        data = values.mapping_of(item)
        row_id = values.id_of(data.get("id"))
        name = values.text_of(data.get("name"))
        locale = values.text_of(values.mapping_of(data.get("meta")).get("locale")) or LOCALE
        reason = ""
        if not isinstance(item, dict):
            reason = "the row is not an object"
        elif not row_id:
            reason = "the id is missing or unusable"
        elif row_id in rows:
            reason = "the id stands twice; the first row was taken"
        elif not name:
            reason = "the name is missing"
        elif len(name) > LONGEST_NAME:
            reason = f"the name has {len(name)} characters, at most {LONGEST_NAME} are taken"
        elif not locale.startswith(LOCALE):
            reason = f"the language is {locale[:10]!r}, only {LOCALE!r} is taken"
        elif (size := _characters(item)) > LONGEST_ROW:
            reason = f"the row has {size} characters of text, at most {LONGEST_ROW} are taken"
        if reason:
            rejected.append(Rejection(where=where, row_id=row_id, reason=reason))
            if nameless is not None and row_id and row_id not in rows and not name:
                nameless.append(Row(row_id, name, where, data))
        else:
            rows[row_id] = Row(row_id, name, where, data)
    return list(rows.values())


def _load(path: Path) -> list[Any]:
    content = read_whole(path, longest=LONGEST_FILE)
    try:
        document = json.loads(content, parse_int=_integer)
    except (ValueError, RecursionError) as error:
        raise ImportFileError(f"{path}: not valid JSON ({error})") from error
    data = values.mapping_of(document).get("data")
    if not isinstance(data, list):
        raise ImportFileError(f'{path}: there is no list "data" in it')
    return data


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= LONGEST_INTEGER else digits


def _characters(value: Any) -> int:
    """All text in a row, keys included; a loop, because a file may be nested deeper than Python recurses."""
    total = 0
    waiting = [value]
    while waiting:
        current = waiting.pop()
        if isinstance(current, str):
            total += len(current)
        elif isinstance(current, dict):
            waiting += [*current, *current.values()]
        elif isinstance(current, list):
            waiting += current
    return total
