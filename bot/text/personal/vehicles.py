"""Number plates."""

import re
from functools import lru_cache
from pathlib import Path
from typing import FrozenSet, Iterator

from bot.text.personal.finder import Span, verbose

DISTRICTS = Path(__file__).with_name("districts.txt")

_NUMBER = r"[1-9]\d{0,3} [eh]?"
_SEASON = r"(?: [ ] (?:0[1-9]|1[0-2]) [/-] (?:0[1-9]|1[0-2]) )?"
_END = r"(?! [\w/] | [.,]\d | -\d )"
_PLATE = verbose(
    rf"""(?<![\w/-]) (?P<it> (?P<district>[a-zäöü]{{1,3}}) (?P<separator>[ ]?-[ ]?|[ ]) (?P<letters>[a-z]{{1,2}}) [ -]?
    {_NUMBER} {_SEASON} ) {_END}"""
)
_UNDIVIDED = verbose(
    rf"(?<![\w/-]) (?P<it> (?-i:(?P<letters>[A-ZÄÖÜ]{{2,5}})) (?=\d\d) {_NUMBER} {_SEASON} ) {_END}",
)
_VEHICLE_WORD = verbose(
    r"""kennzeichen | nummernschild | plakette | (?<!s)park | \b (?: auto | kfz | pkw | lkw | wagen | fahrzeug
    | motorrad | roller | anhänger | wohnmobil | oldtimer | abgeschleppt | geblitzt | car | van | vehicle
    | plate | registration | motorbike )"""
)
_PLATE_WORD = verbose(r"kennzeichen | nummernschild | \b plate | \b registration [ ] (?:number|plate)")
_PAPER_SIZES = frozenset({"DIN"})
# "plates for my 20 cars": FOR is Forst.
_SMALL_WORDS = frozenset(
    (
        *("a", "ab", "am", "an", "as", "at", "by", "da", "do", "du", "er", "es", "for", "he", "her", "i", "if", "im"),
        *(
            "in",
            "is",
            "it",
            "ja",
            "me",
            "my",
            "no",
            "of",
            "on",
            "or",
            "pm",
            "so",
            "to",
            "um",
            "up",
            "us",
            "war",
            "we",
            "wo",
        ),
    )
)


def find_number_plates(text: str) -> Iterator[Span]:
    """ "M-QX 7318" by its district; "M QX 7318" beside a word for vehicles, "m qx 7318", "MQX7318" for plates."""
    about_vehicles = _VEHICLE_WORD.search(text) is not None
    about_plates = _PLATE_WORD.search(text) is not None
    for match in _PLATE.finditer(text):
        district, letters = match["district"], match["letters"]
        is_plate = (
            "-" in match["separator"]
            or (about_vehicles and district.isupper() and letters.isupper())
            or (about_plates and not {district.lower(), letters.lower()} & _SMALL_WORDS)
        )
        if is_plate and district.upper() in _districts() - _PAPER_SIZES:
            yield match.span("it")
    if about_plates:
        yield from (match.span("it") for match in _UNDIVIDED.finditer(text) if _has_district(match["letters"]))


def _has_district(letters: str) -> bool:
    """ "MQX" is M and QX, "GÖA" is GÖ and A."""
    return any(letters[:cut] in _districts() and re.fullmatch("[A-Z]{1,2}", letters[cut:]) for cut in (1, 2, 3))


@lru_cache(maxsize=1)
def _districts() -> FrozenSet[str]:
    lines = DISTRICTS.read_text(encoding="utf-8").splitlines()
    return frozenset(code for line in lines if not line.startswith("#") for code in line.split())
