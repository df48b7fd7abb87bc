"""Offices and the town out of DLDB locations."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from bot.catalogue.importers import values
from bot.catalogue.importers.dldb.rows import Row
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
    return OfficeRecord(
        id=row.id,
        names={"de": values.text_of(row.data.get("displayName")) or _CODE.sub("", row.name) or row.name},
        street=street,
        postal_code=values.text_of(address.get("postal_code")),
        city=values.text_of(address.get("city")),
        phone=values.text_of(contact.get("phone")),
        email=values.text_of(contact.get("email")),
        url=values.url_of(contact.get("webinfo")) or values.url_of(meta.get("url"), locationId=row.id),
        hints={"de": hint} if hint else {},
        public=values.flag_of(row.data.get("public"), default=True),
        source_date=values.date_of(meta.get("lastupdate")),
    )


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
