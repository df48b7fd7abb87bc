"""Bank accounts, payment cards, tax numbers."""

from typing import Iterator, Optional

from bot.text.personal.checksums import is_card, is_iban, is_tax_id
from bot.text.personal.finder import BESIDE, Span, spans, verbose

_IBAN_START = verbose(r"(?<![a-z0-9])[a-z]{2}[ ]?\d{2}(?=[ .-]?[a-z0-9])")
_SEPARATORS = " .-"
# How many characters an IBAN has in which countries (ISO 13616 registry).
_COUNTRIES = {
    15: "NO",
    16: "BE",
    18: "DK FI FK FO GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU MN XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST",
    26: "IS TR",
    27: "BI DJ FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU YE",
    31: "MT SC",
    32: "LC",
    33: "RU",
}
_IBAN_LENGTHS = {country: length for length, countries in _COUNTRIES.items() for country in countries.split()}
# A German one with a slip still gives the account away, so its form is enough.
_IBAN_SHAPE = verbose(r"(?P<it> (?<![a-z0-9]) de [ ]? \d{2} (?: [ .-]? \d ){13,21} (?![a-z0-9]) )")


def find_ibans(text: str) -> Iterator[Span]:
    """Any country's with the right checksum, German ones by their form alone."""
    for match in _IBAN_START.finditer(text):
        length = _IBAN_LENGTHS.get(match.group()[:2].upper())
        end = _after_characters(text, match.start(), count=length) if length else None
        if end is not None and is_iban(text[match.start() : end]):
            yield match.start(), end
    yield from spans(_IBAN_SHAPE, text)


def _after_characters(text: str, start: int, *, count: int) -> Optional[int]:
    """Where `count` letters and digits end that have at most one separator between two; None if there are fewer."""
    taken, place, separated = 0, start, False
    while place < len(text) and taken < count:
        character = text[place]
        if character.isalnum():
            taken, separated = taken + 1, False
        elif character in _SEPARATORS and not separated:
            separated = True
        else:
            return None
        place += 1
    is_whole = taken == count and not (place < len(text) and text[place].isalnum())
    return place if is_whole else None


_DIGIT_GROUPS = verbose(
    r"(?P<it> (?<![\d.,/+]) (?<!\d-) (?<!\+\d\d[ ]) \d (?: [ -]? \d ){10,18} (?! [ -]?\d | [.,/]\d ) )"
)


def find_cards(text: str) -> Iterator[Span]:
    """Payment cards by their first digits, length and checksum."""
    return ((start, end) for start, end in spans(_DIGIT_GROUPS, text) if is_card(text[start:end]))


_TAX_WORD = r"""(?: steuer-?[ ]?id(?:entifikationsnummer|-?nr\.?|-?nummer)? | id-?nr\.? | steuernummer
    | steuer[ -]?nr\.? | st\.?-?nr\.? | steuerliche[nr]? [ ] identifikationsnummer
    | tax [ -] (?:id|identification|number|no\.?) | tin )"""
_TAX_NUMBER = verbose(rf"\b{_TAX_WORD}(?!\w)[^\d\n]{{0,{BESIDE}}}(?P<it>\d(?:[ /-]?\d){{9,12}})(?!\d)")


def find_tax_ids(text: str) -> Iterator[Span]:
    """Tax identification numbers by checksum; these and other tax numbers beside a word that names them."""
    yield from spans(_TAX_NUMBER, text)
    yield from ((start, end) for start, end in spans(_DIGIT_GROUPS, text) if is_tax_id(text[start:end]))
