"""Number plates."""

from functools import lru_cache
from pathlib import Path
from typing import FrozenSet, Iterator

from bot.text.personal.finder import Span, verbose

DISTRICTS = Path(__file__).with_name("districts.txt")

_PLATE = verbose(
    r"""(?<![\w/-]) (?P<it> (?P<district>[a-zäöü]{1,3}) (?P<separator>[ ]?-[ ]?|[ ]) (?P<letters>[a-z]{1,2}) [ -]?
    [1-9]\d{0,3} [eh]? ) (?! [\w/] | [.,]\d | -\d )"""
)
_PLATE_WORD = verbose(
    r"""kennzeichen | nummernschild | \b (?: auto | kfz | pkw | lkw | wagen | fahrzeug | motorrad | roller | anhänger
    | car | vehicle | plate | registration | motorbike | parke | abgeschleppt | geblitzt ) """
)
_PAPER_SIZES = frozenset({"DIN"})


def find_number_plates(text: str) -> Iterator[Span]:
    """ "M-QX 7318" by its district; "M QX 7318" only in a message about a vehicle."""
    about_vehicles = _PLATE_WORD.search(text) is not None
    for match in _PLATE.finditer(text):
        district, has_hyphen = match["district"].upper(), "-" in match["separator"]
        is_written_as_one = has_hyphen or (
            about_vehicles and match["district"].isupper() and match["letters"].isupper()
        )
        if is_written_as_one and district in _districts() - _PAPER_SIZES:
            yield match.span("it")


@lru_cache(maxsize=1)
def _districts() -> FrozenSet[str]:
    lines = DISTRICTS.read_text(encoding="utf-8").splitlines()
    return frozenset(code for line in lines if not line.startswith("#") for code in line.split())
