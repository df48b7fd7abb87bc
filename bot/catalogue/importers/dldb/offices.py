"""Offices and the town out of DLDB locations."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from bot.catalogue.importers import values
from bot.catalogue.importers.dldb.rows import LONGEST_NAME, Row
from bot.catalogue.importers.record import OfficeRecord, Town
from bot.errors import ImportFileError

# "Bürgerbüro Pasing (KVR-II/235 KP)": the code is for colleagues. "Bürgerbüro (Nebeneingang)" is for everybody.
_CODE = re.compile(r"\s*\((?=[^()]*[A-ZÄÖÜ]{2})[^()]*\)\s*$")
_RANK = re.compile(r"^(Landeshauptstadt|Freie und Hansestadt|Hansestadt|Kreisstadt|Stadtverwaltung|Stadt|Gemeinde)\s+")


def read_office(row: Row) -> OfficeRecord:
    """One office; what is not recorded is empty. DLDB knows no opening hours."""
    address = values.mapping_of(row.data.get("address"))
    contact = values.mapping_of(row.data.get("contact"))
    meta = values.mapping_of(row.data.get("meta"))
    street = f"{values.text_of(address.get('street'))} {values.text_of(address.get('house_number'))}".strip()
    hint = values.text_of(address.get("hint"))
    shown = values.text_of(row.data.get("displayName")) or _CODE.sub("", row.name) or row.name
    return OfficeRecord(
        id=row.id,
        names={"de": shown},
        street=street,
        postal_code=values.text_of(address.get("postal_code")),
        city=values.text_of(address.get("city")),
        phone=values.text_of(contact.get("phone")),
        email=values.text_of(contact.get("email")),
        url=values.url_of(contact.get("webinfo")) or values.url_of(meta.get("url"), locationId=row.id),
        hints={"de": hint} if hint else {},
        public=values.flag_of(row.data.get("public"), default=True),
        source_date=values.date_of(meta.get("lastupdate")),
        alternative_names=tuple(_other_names(row, shown, values.text_of(address.get("city")))),
    )


def _other_names(row: Row, shown: str, city: str) -> Iterator[str]:
    """What else the office is called: without its display name, and by the unit it belongs to.

    The organisation is the town itself for nearly all of them, and tells nothing then.
    """
    alternatives = row.data.get("displayNameAlternatives")
    organisation = values.text_of(row.data.get("organization"))
    names = [
        _CODE.sub("", row.name),
        *(alternatives if isinstance(alternatives, list) else []),
        row.data.get("organizationUnit"),
        "" if city and city in organisation else organisation,
    ]
    texts = dict.fromkeys(values.text_of(name) for name in names)
    yield from (text for text in texts if 0 < len(text) <= LONGEST_NAME and text != shown)


def read_town(locations: Sequence[Row], services: Sequence[Row], path: Path) -> Town:
    """The town most locations lie in; without any address, the one most organisations are named after.

    Raises:
        ImportFileError: no location names a town.
    """
    cities = (values.text_of(values.mapping_of(row.data.get("address")).get("city")) for row in locations)
    organisations = (_RANK.sub("", values.text_of(row.data.get("organization"))) for row in locations)
    name = _most_common(cities) or _most_common(organisations)
    if not name:
        raise ImportFileError(f"{path}: no location names its city or organization, so the town is unknown")
    authorities = [authority for row in services for authority in values.mappings_of(row.data.get("authorities"))]
    return Town(name=name, url=_most_common(values.url_of(authority.get("webinfo")) for authority in authorities))


def _most_common(texts: Iterable[str]) -> str:
    counted = Counter(text for text in texts if text).most_common(1)
    return counted[0][0] if counted else ""
