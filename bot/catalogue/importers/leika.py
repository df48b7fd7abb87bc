"""Checks LeiKa keys, and takes from a list of them what a catalogue does not say itself.

A list is a CSV or XLSX file with the columns `leika_key`, `name` and `legal_basis`, whatever others it has.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from bot.catalogue.importers.mapped import Mapped
from bot.catalogue.importers.record import Reading, Rejection, ServiceRecord
from bot.catalogue.importers.table.files import read_tables
from bot.errors import ImportFileError
from bot.language import DEFAULT_LANGUAGE
from bot.text.html import to_text

COLUMNS = ("leika_key", "name", "legal_basis")

_ADDRESS = re.compile(r"\s*\[\s*https?://[^\]]*\]")
_KEY = re.compile(r"99[0-9]{12}")


@dataclass(frozen=True, kw_only=True)
class LeikaEntry:
    """What a list says of a key; "" where it says nothing."""

    name: str
    legal_basis: str


def read_list(path: Path) -> dict[str, LeikaEntry]:
    """The entries by key; rows without a valid key, which such lists have many of, are left out.

    Raises:
        ImportFileError: the file cannot be read, lacks a column, or has no valid key.
    """
    entries: dict[str, LeikaEntry] = {}
    for rows in read_tables(path, lambda row: len(set(COLUMNS) & _places(row).keys())):
        places: dict[str, int] = {}
        for _, cells in rows:
            if not places:
                places = _places(cells)
                missing = [column for column in COLUMNS if column not in places]
                if missing:
                    raise ImportFileError(f"{path}: the column {missing[0]!r} is missing; there must be {COLUMNS}")
                continue
            key, name, legal_basis = (
                cells[places[column]] if places[column] < len(cells) else "" for column in COLUMNS
            )
            if _KEY.fullmatch(key.strip()):
                entries.setdefault(key.strip(), LeikaEntry(name=to_text(name), legal_basis=_plain(legal_basis)))
        break
    if not entries:
        raise ImportFileError(f"{path}: there is no LeiKa key in it")
    return entries


def check_keys(reading: Reading, entries: Mapping[str, LeikaEntry] | None = None) -> Reading:
    """The reading without keys of a wrong form, and with the legal basis of `entries` where a service has none.

    A key that is not in `entries` is noted and kept: lists are older than catalogues.
    """
    notes = [*reading.notes]
    filled = 0
    for service in reading.services:
        notes += _notes(service, entries)
        filled += _complete(service, entries) is not service and bool(_KEY.fullmatch(service.leika))
    if filled:
        reason = f"the legal basis of {filled} services was taken from it"
        notes.insert(0, Rejection(where="LeiKa list", row_id="", reason=reason))
    return replace(reading, services=Mapped(reading.services, partial(_complete, entries=entries)), notes=tuple(notes))


def _places(cells: Sequence[str]) -> dict[str, int]:
    """Where the columns stand."""
    return {cell.strip().lower(): place for place, cell in enumerate(cells) if len(cell) <= 100}


def _plain(text: str) -> str:
    """Without the addresses that lists put in square brackets behind a law; an address alone is no wording."""
    plain = _ADDRESS.sub("", to_text(text))
    return "" if plain.startswith("http") else plain


def _notes(service: ServiceRecord, entries: Mapping[str, LeikaEntry] | None) -> Iterator[Rejection]:
    key = service.leika
    if key and not _KEY.fullmatch(key):
        reason = f"the LeiKa key {key!r} does not have 14 digits of which the first are 99; left out"
        yield Rejection(where="service", row_id=service.id, reason=reason)
    elif key and entries is not None and key not in entries:
        yield Rejection(where="service", row_id=service.id, reason=f"the LeiKa key {key!r} is not in the list")


def _complete(service: ServiceRecord, entries: Mapping[str, LeikaEntry] | None) -> ServiceRecord:
    if not service.leika:
        return service
    if not _KEY.fullmatch(service.leika):
        return replace(service, leika="")
    text = service.texts[DEFAULT_LANGUAGE]
    legal_basis = entries[service.leika].legal_basis if entries and service.leika in entries else ""
    if not legal_basis or text.facets.get("legal_basis"):
        return service
    facets = {**text.facets, "legal_basis": legal_basis}
    return replace(service, texts={**service.texts, DEFAULT_LANGUAGE: replace(text, facets=facets)})
