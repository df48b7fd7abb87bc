"""The modules of a service that are not plain texts: costs, deadlines, processing time.

Each has a description per language, and entries with figures, which may have descriptions of their own. Figures are
written out in words where the description does not have them.
"""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from babel.units import format_unit

from bot.catalogue.importers.fees import HIGHEST_FEE, read_fees
from bot.catalogue.importers.record import Fee
from bot.catalogue.importers.xzufi.element import Element, by_language
from bot.catalogue.importers.xzufi.words import Words
from bot.language import LANGUAGES, Language
from bot.phrases import REGIONS
from bot.text.html import to_text

_AMOUNTS = ("betrag", "betragUntergrenze", "betragVon")
_UPPER_AMOUNTS = ("betragObergrenze", "betragBis")
_CURRENCIES = ("", "EUR", "€")
_LONGEST_LABEL = 200
_CENT = Decimal("0.01")


def descriptions(module: Element) -> dict[Language, str]:
    """The plain text of a module by language: its own description, then those of its entries that label no amount."""
    own = module.all("beschreibung")
    entries = [text for entry in _entries(module) for text in entry.all("beschreibung")]
    found = {}
    for language, elements in by_language([*own, *entries]).items():
        texts = dict.fromkeys(filter(None, (to_text(element.html) for element in elements)))
        if texts:
            found[language] = "\n\n".join(texts)
    return found


def durations(module: Element, words: Words) -> dict[Language, str]:
    """The times in a module, written out: "2 Wochen", one a line; nothing where there are none."""
    found = [pair for entry in (module, *module.below()) if (pair := _duration(entry, words))]
    lines = {language: [_write(times, unit, language) for times, unit in found] for language in LANGUAGES}
    return {language: "\n".join(dict.fromkeys(texts)) for language, texts in lines.items() if texts}


def fees(module: Element, language: Language, text: str) -> tuple[Fee, ...]:
    """The amounts of a cost module; where it has no figures, those its German description states plainly."""
    found = tuple(_fees(module, language))
    return found or (read_fees(text) if language == "de" else ())


def _entries(module: Element) -> list[Element]:
    """The entries of a module: `frist`, `kosten`, `bearbeitungsdauer`, sometimes in a list of their own."""
    return [part for part in module.below() if part.all("beschreibung") and not part.first(*_AMOUNTS)]


def _fees(module: Element, language: Language) -> Iterator[Fee]:
    for entry in (module, *module.below()):
        amount = _amount(entry.first(*_AMOUNTS))
        currency = entry.first("waehrung/code", "waehrung", "betrag/waehrung")
        if amount is None or currency.upper() not in _CURRENCIES:
            continue
        upper = _amount(entry.first(*_UPPER_AMOUNTS))
        labels = by_language(entry.all("beschreibung")).get(language, []) if entry is not module else []
        label = next((element.text for element in labels), "")
        yield Fee(
            amount=amount,
            amount_to=upper if upper is not None and upper > amount else None,
            label=label if len(label) <= _LONGEST_LABEL else "",
        )


def _amount(text: str) -> Decimal | None:
    """ "37.00" or "37,00" → 37.00; None for everything that is no amount in euro and cents."""
    if not text or len(text) > 20:
        return None
    try:
        amount = Decimal(text.replace(",", ".") if "." not in text else text)
    except InvalidOperation:
        return None
    if not amount.is_finite() or not 0 <= amount < HIGHEST_FEE:
        return None
    return amount.quantize(_CENT) if amount == amount.quantize(_CENT) else None


def _duration(entry: Element, words: Words) -> tuple[tuple[int, ...], str] | None:
    """The number, or both ends of a range, with the unit in CLDR."""
    unit = words.unit(entry.first("einheit/name", "einheit/code", "einheit"))
    first, last = entry.first("dauer"), entry.first("dauerBis")
    times = tuple(int(text) for text in (first, last) if text.isdecimal() and len(text) <= 4)
    return (times, unit) if unit and times else None


def _write(times: tuple[int, ...], unit: str, language: Language) -> str:
    """ "2–4 Wochen" """
    last = format_unit(times[-1], f"duration-{unit}", locale=REGIONS[language])
    return last if len(times) == 1 else f"{times[0]}–{last}"
