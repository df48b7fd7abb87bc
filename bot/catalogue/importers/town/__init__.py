"""Reads a town's own catalogue: a directory with town.yml, offices.yml and services/*.yml.

The files are written by people, so nothing is guessed and nothing skipped: every mistake is reported, all at once.
"""

from collections.abc import Hashable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from bot.catalogue.importers.record import Reading
from bot.catalogue.importers.town.format import Entry, OfficeEntry, ServiceEntry, TownEntry
from bot.catalogue.importers.town.records import connections, read_period, texts, to_office, to_service, to_town
from bot.errors import ImportFileError

CENT = Decimal("0.01")
HIGHEST_FEE = 1_000_000

EntryType = TypeVar("EntryType", bound=Entry)


def read(directory: Path) -> Reading:
    """The catalogue in `directory`.

    Raises:
        ImportFileError: one line for each mistake, with file, entry and key.
    """
    mistakes: list[str] = []
    town = _convert(_load(directory / "town.yml"), TownEntry, "town.yml", mistakes)
    offices = _entries(directory, "offices.yml", OfficeEntry, mistakes)
    services: list[tuple[str, ServiceEntry]] = []
    paths = sorted((directory / "services").glob("*.yml"))
    if not paths:
        mistakes.append("services/: there is no .yml file")
    for path in paths:
        services += _entries(directory, f"services/{path.name}", ServiceEntry, mistakes)
    mistakes += _contradictions(offices, services)
    if mistakes or town is None:
        raise ImportFileError(f"{directory}: mistakes: {len(mistakes)}\n" + "\n".join(mistakes))
    return Reading(
        town=to_town(town),
        services=tuple(to_service(entry) for _, entry in services),
        offices=tuple(to_office(entry) for _, entry in offices),
    )


_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SafeLoader):  # type: ignore[misc]
    """YAML without the silent loss: a key that stands twice is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        if len(mapping) < len(node.value):
            raise yaml.constructor.ConstructorError(None, None, "a key stands twice", node.start_mark)
        return mapping


def _load(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ImportFileError(f"{path}: cannot be read ({error})") from error
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 it is a SafeLoader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ImportFileError(f"{path}: not valid YAML ({error})") from error


def _entries(directory: Path, name: str, kind: type[EntryType], mistakes: list[str]) -> list[tuple[str, EntryType]]:
    """The entries of one file, each with its place for error messages."""
    items = _load(directory / name)
    if not isinstance(items, list):
        mistakes.append(f"{name}: expected a list of entries")
        return []
    entries = []
    for number, item in enumerate(items, start=1):
        row_id = item.get("id") if isinstance(item, dict) else None
        place = f"{name}, entry {row_id or number}"
        entry = _convert(item, kind, place, mistakes)
        if entry is not None:
            entries.append((place, entry))
    return entries


def _convert(item: Any, kind: type[EntryType], place: str, mistakes: list[str]) -> EntryType | None:
    try:
        return msgspec.convert(item, kind)
    except msgspec.ValidationError as error:
        mistakes.append(f"{place}: {error}")
        return None


def _contradictions(offices: list[tuple[str, OfficeEntry]], services: list[tuple[str, ServiceEntry]]) -> Iterator[str]:
    """What each entry alone does not show to be wrong."""
    yield from _twice(offices)
    yield from _twice(services)
    known = {entry.id for _, entry in offices}
    for place, office in offices:
        for day, periods in office.hours.items():
            for period in periods:
                opens, closes = read_period(period)
                if opens >= closes:
                    yield f"{place}: hours.{day}: {period} ends before it begins"
    for place, service in services:
        named = [connection.office for connection in connections(service)]
        for office_id in named:
            if office_id not in known:
                yield f"{place}: offices: {office_id} is not in offices.yml; there are {', '.join(sorted(known))}"
        if len(set(named)) < len(named):
            yield f"{place}: offices: the same office stands twice"
        for language, text in texts(service).items():
            for fee in text.fees:
                if not _is_amount(fee.amount) or not (fee.to is None or (_is_amount(fee.to) and fee.to > fee.amount)):
                    yield f"{place}: {language}.fees: {fee.amount} to {fee.to} is not an amount in euro and cents"


def _twice(entries: list[tuple[str, OfficeEntry]] | list[tuple[str, ServiceEntry]]) -> Iterator[str]:
    places: dict[str, str] = {}
    for place, entry in entries:
        if entry.id in places:
            yield f"{place}: id: already used in {places[entry.id]}"
        places[entry.id] = place


def _is_amount(amount: Decimal) -> bool:
    return amount.is_finite() and 0 <= amount < HIGHEST_FEE and amount == amount.quantize(CENT)
