"""Services out of `leistung` entries."""

from collections import Counter

from bot.catalogue.importers import values
from bot.catalogue.importers.record import Rejection, ServiceRecord
from bot.catalogue.importers.xzufi.element import Element
from bot.catalogue.importers.xzufi.texts import LONGEST_NAME, read_texts
from bot.language import DEFAULT_LANGUAGE


class UnusableEntryError(Exception):
    """An entry cannot be taken; the text is the reason."""


def read_service(entry: Element, service_id: str, notes: list[Rejection], left_out: Counter[str]) -> ServiceRecord:
    """One service, without offices and online services: these name it, not it them.

    Raises:
        UnusableEntryError: it has no German name.
    """
    texts = read_texts(entry, left_out)
    if DEFAULT_LANGUAGE not in texts:
        raise UnusableEntryError(f"there is no German name of at most {LONGEST_NAME} characters (text module 02 or 03)")
    valid_from, valid_until = (values.date_of(entry.first(f"gueltigkeit/{end}")) for end in ("beginn", "ende"))
    if valid_from and valid_until and valid_from > valid_until:
        reason = f"the validity ends on {valid_until} before it begins on {valid_from}; left out"
        notes.append(Rejection(where=f"line {entry.line}", row_id=service_id, reason=reason))
        valid_from = valid_until = None
    return ServiceRecord(
        id=service_id,
        texts=texts,
        leika=_leika(entry, service_id, notes),
        url=values.url_of(entry.first("modulUrsprungsportal/uri")),
        valid_from=valid_from,
        valid_until=valid_until,
        source_date=values.date_of(
            entry.first("versionsinformation/geaendertDatumZeit", "modulFachlicheFreigabe/fachlichFreigegebenAm")
        ),
    )


def _leika(entry: Element, service_id: str, notes: list[Rejection]) -> str:
    """The first LeiKa key. A service for several is found by its first one; the others are named."""
    codes = list(dict.fromkeys(filter(None, (code.text for code in entry.all("referenzLeiKa/code")))))
    keys = [code for code in codes if len(code) == 14 and code.isascii() and code.isdecimal()]
    for code in codes:
        if code not in keys[:1]:
            what = "a further LeiKa key" if code in keys else "no LeiKa key of 14 digits"
            reason = f"referenzLeiKa {code[:60]!r} is {what}; left out"
            notes.append(Rejection(where=f"line {entry.line}", row_id=service_id, reason=reason))
    return keys[0] if keys else ""
