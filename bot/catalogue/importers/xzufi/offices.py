"""Offices out of `organisationseinheit` entries, and online services out of `onlinedienst` entries."""

from collections.abc import Iterator

from bot.catalogue.importers import values
from bot.catalogue.importers.hours import read_hours
from bot.catalogue.importers.record import OfficeRecord, OpeningHours
from bot.catalogue.importers.table_words import load_words
from bot.catalogue.importers.xzufi.element import Element, by_language
from bot.catalogue.importers.xzufi.services import UnusableEntryError
from bot.catalogue.importers.xzufi.spool import OnlineService
from bot.catalogue.importers.xzufi.texts import LONGEST_NAME
from bot.language import DEFAULT_LANGUAGE, Language
from bot.text.html import to_text

_OTHERS = frozenset({"kontaktperson"})  # what belongs to a person is not the office's
_WHOLE_KEY = 12  # digits of a regional key
_LEVELS = (2, 3, 5, 9, 12)  # federal state, region, district, association of municipalities, municipality
_HTML = {"p", "br", "ul", "ol", "div", "table", "b", "strong"}
_FAX = "04"  # urn:de:xoev:codeliste:erreichbarkeit
_PHONES = ("02", "03", "")


def read_office(entry: Element, office_id: str) -> OfficeRecord:
    """One office.

    Raises:
        UnusableEntryError: it has no German name.
    """
    names: dict[Language, str] = {}
    others: list[str] = []
    for language, elements in by_language([*entry.all("name/name"), *entry.all("bezeichnung")]).items():
        texts = [text for element in elements if 0 < len(text := element.text) <= LONGEST_NAME]
        if texts:
            names[language] = texts[0]
            others += texts[1:]
    if DEFAULT_LANGUAGE not in names:
        raise UnusableEntryError(f"there is no German name of at most {LONGEST_NAME} characters")
    others += [
        element.text for path in ("name/kurzbezeichnung", "synonym", "alternativname") for element in entry.all(path)
    ]
    address = _address(entry)
    number = f"{address.first('strasse')} {address.first('hausnummer')}".strip() if address else ""
    phone, email, url = _contact(entry)
    hours, written = _hours(entry)
    return OfficeRecord(
        id=office_id,
        names=names,
        street=number,
        postal_code=address.first("postleitzahl") if address else "",
        city=address.first("ort") if address else "",
        phone=phone,
        email=email,
        url=url,
        hints=_hints(address, written),
        hours=hours,
        source_date=values.date_of(entry.first("versionsinformation/geaendertDatumZeit")),
        alternative_names=tuple(
            name for name in dict.fromkeys(others) if 0 < len(name) <= LONGEST_NAME and name != names[DEFAULT_LANGUAGE]
        ),
    )


def read_online_service(entry: Element, online_id: str) -> OnlineService:
    """One online service.

    Raises:
        UnusableEntryError: it has no address that a browser opens.
    """
    urls = dict.fromkeys(filter(None, (values.url_of(link.first("link", "uri")) for link in entry.all("link"))))
    if not urls:
        raise UnusableEntryError("there is no link with a web address")
    titles = {
        language: text
        for language, elements in by_language(entry.all("bezeichnung")).items()
        if (text := next((element.text for element in elements), "")) and len(text) <= LONGEST_NAME
    }
    return OnlineService(id=online_id, titles=titles, urls=tuple(urls))


def responsibilities(entry: Element) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The services an entry is for, each with its areas; () is everywhere."""
    for one in (entry, *entry.all("zustaendigkeit")):
        areas = tuple(dict.fromkeys(filter(None, (read_area(area.text) for area in one.all("gebietID")))))
        for reference in one.all("leistungID"):
            service_id = values.id_of(reference.text)
            if service_id:
                yield service_id, areas


def read_area(text: str) -> str:
    """ "DE:03459" → "03459", "034590000000" (a whole district) → "03459"; names as they are."""
    key = text.removeprefix("DE:").replace(" ", "")
    if not (key.isascii() and key.isdecimal()):
        return text[:LONGEST_NAME]
    if len(key) == _WHOLE_KEY:
        return next(key[:level] for level in _LEVELS if not key[level:].strip("0"))
    return key[:_WHOLE_KEY]


def regional_key(entry: Element) -> str:
    """The regional key of the office's address, "" where it has none."""
    paths = (f"anschrift/verwaltungspolitischeKodierung/{key}" for key in ("regionalschluessel", "gemeindeschluessel"))
    return next((key for path in paths if (key := entry.first(f"{path}/code", path)).isdecimal()), "")


def _address(entry: Element) -> Element | None:
    """The address where the office can be visited; a post box only where there is nothing else."""
    found = entry.all("anschrift")
    return next((address for address in found if address.first("strasse")), found[0] if found else None)


def _contact(entry: Element) -> tuple[str, str, str]:
    """Telephone, e-mail and web address: told by their form first, by their channel where the form leaves it open."""
    phone = email = url = ""
    for channel in entry.below(without=_OTHERS):
        text = channel.first("kennung")
        code = channel.first("kanal/code", "kanal")
        if not text:
            continue
        if "@" in text:
            email = email or text
        elif values.url_of(text):
            url = url or values.url_of(text)
        elif code != _FAX and code in _PHONES and any(character.isdecimal() for character in text):
            phone = phone or text
    return phone, email, url or values.url_of(entry.first("internetadresse/uri", "internetadresse/url"))


def _hours(entry: Element) -> tuple[tuple[OpeningHours, ...], dict[Language, list[str]]]:
    """The opening hours where their German text is nothing but days and times; else their texts by language."""
    texts: dict[Language, list[str]] = {}
    for part in entry.parts:
        if isinstance(part, Element) and part.name.startswith("oeffnungszeit"):
            described = [one for one in (part, *part.below()) if one.name == "beschreibung" and one.html.strip()]
            for language, elements in by_language(described or [part]).items():
                texts.setdefault(language, []).extend(_text(element) for element in elements)
    hours = read_hours("\n".join(texts.get(DEFAULT_LANGUAGE, [])), load_words())
    return (hours, {}) if hours else ((), texts)


def _text(element: Element) -> str:
    """Its text; of days and times in elements of their own, a line each: "Montag 08:00-12:00"."""
    rows = [part for part in element.parts if isinstance(part, Element)]
    if not rows or any(row.name in _HTML for row in rows):
        return to_text(element.html)
    if element.all("von"):
        rows = [element]
    return "\n".join(_period(row) for row in rows)


def _period(row: Element) -> str:
    opens, closes = row.first("von"), row.first("bis")
    others = [text for one in (row, *row.below()) if one.name not in {"von", "bis"} and (text := one.text)]
    return " ".join([*others, f"{opens}-{closes}" if opens and closes else f"{opens}{closes}"]).strip()


def _hints(address: Element | None, hours: dict[Language, list[str]]) -> dict[Language, str]:
    """What stands beside the address, and opening hours as they are written."""
    texts: dict[Language, list[str]] = {}
    for language, elements in by_language(address.all("zusatz") if address else []).items():
        texts[language] = [to_text(element.html) for element in elements]
    for language, written in hours.items():
        texts.setdefault(language, []).extend(written)
    joined = {language: "\n".join(dict.fromkeys(filter(None, found))) for language, found in texts.items()}
    return {language: text for language, text in joined.items() if text}
