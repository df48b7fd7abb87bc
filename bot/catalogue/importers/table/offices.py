"""Offices out of a table: rows of their own, or columns beside a service."""

import re
import unicodedata
from dataclasses import replace

from bot.catalogue.importers import values
from bot.catalogue.importers.hours import read_hours
from bot.catalogue.importers.record import OfficeRecord, ServiceOffice
from bot.catalogue.importers.table.lists import read_list, read_parts
from bot.catalogue.importers.table.row import Row
from bot.catalogue.importers.table_words import key_of
from bot.language import DEFAULT_LANGUAGE, LANGUAGES, Language

_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def slug(name: str) -> str:
    """An id out of a name: "Bürgerbüro Süd" → "buergerbuero-sued"."""
    plain = unicodedata.normalize("NFKD", name.lower().translate(_SPELLED))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:100]


class Offices:
    """The offices of a table by id, and by the names services call them."""

    def __init__(self) -> None:
        self.records: dict[str, OfficeRecord] = {}
        self._own_rows: set[str] = set()
        self._by_name: dict[str, str] = {}

    def has_row(self, office_id: str) -> bool:
        """Whether a row of its own describes the office."""
        return office_id in self._own_rows

    def add(self, office: OfficeRecord) -> None:
        """Take an office that has a row of its own."""
        self._own_rows.add(office.id)
        self._remember(office)

    def _remember(self, office: OfficeRecord) -> None:
        self.records[office.id] = office
        for name in (*office.names.values(), *office.alternative_names):
            self._by_name.setdefault(name.lower(), office.id)

    def of_service(self, row: Row) -> tuple[ServiceOffice, ...]:
        """The offices a row names; one that has no row of its own is described by the row's own columns."""
        found: dict[str, ServiceOffice] = {}
        for position, item in enumerate(read_list(row.lines("offices"))):
            named, *parts = read_parts(item)
            office_id = named if named in self.records else self._by_name.get(named.lower(), "")
            if not office_id or not self.has_row(office_id):
                office_id = self._beside(row, named, described=position == 0)
            if not office_id:
                row.note("offices", DEFAULT_LANGUAGE, f"{named[:60]!r} cannot be the name of an office; left out")
                continue
            found.setdefault(office_id, _connection(row, office_id, parts))
        return tuple(found.values())

    def _beside(self, row: Row, name: str, *, described: bool) -> str:
        """The id of an office that a service's row describes; what an earlier row said of it stays."""
        office_id = self._by_name.get(name.lower(), slug(name))
        if not office_id:
            return ""
        new = read_office(row, office_id, {DEFAULT_LANGUAGE: name}) if described else None
        known = self.records.get(office_id)
        if known is None:
            self._remember(new or OfficeRecord(id=office_id, names={DEFAULT_LANGUAGE: name}))
        elif new and new != known and _is_described(new):
            if _is_described(known):
                reason = f"{name[:60]!r} is described in another way than in an earlier row; that one was taken"
                row.note("offices", DEFAULT_LANGUAGE, reason)
            else:
                self._remember(new)
        return office_id


def read_office(row: Row, office_id: str, names: dict[Language, str]) -> OfficeRecord:
    """What the columns for offices say. Opening hours that are no plain times become a hint."""
    written = row.text("hours")
    hours = read_hours(written, row.words) if written else ()
    hints = {language: text for language in LANGUAGES if (text := row.text("hint", language)) and language in names}
    if hours is None:
        hints[DEFAULT_LANGUAGE] = "\n".join(filter(None, (hints.get(DEFAULT_LANGUAGE, ""), written)))
    return OfficeRecord(
        id=office_id,
        names=names,
        street=row.line("street"),
        postal_code=row.line("postal_code"),
        city=row.line("city"),
        phone=row.line("phone"),
        email=row.line("email"),
        hints=hints,
        hours=hours or (),
        alternative_names=read_list(row.lines("alternative_names")),
    )


def _is_described(office: OfficeRecord) -> bool:
    return any((office.street, office.postal_code, office.city, office.phone, office.email, office.hours, office.hints))


def _connection(row: Row, office_id: str, parts: list[str]) -> ServiceOffice:
    areas: tuple[str, ...] = ()
    responsibility = appointment_url = ""
    for part in parts:
        written, _, value = part.partition(":")
        key = key_of(row.words.office_parts, written)
        value = value.strip()
        if key == "areas":
            areas = tuple(filter(None, (area.strip() for area in value.split(","))))
        elif key == "responsibility":
            responsibility = value
        elif key == "appointment_url" and values.url_of(value):
            appointment_url = values.url_of(value)
        else:
            row.note("offices", DEFAULT_LANGUAGE, f"{part[:60]!r} is not understood; left out")
    return ServiceOffice(
        office_id=office_id, appointment_url=appointment_url, responsibility=responsibility, areas=areas
    )


def read_office_row(row: Row, office_id: str) -> OfficeRecord | None:
    """The office of a row of its own; None where it has no German name."""
    names = {language: name for language in LANGUAGES if (name := row.line("name", language))}
    if DEFAULT_LANGUAGE not in names:
        return None
    return replace(
        read_office(row, office_id, names),
        url=row.url("url"),
        public=row.flag("public", default=True),
        source_date=row.date("source_date"),
    )
