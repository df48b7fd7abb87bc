"""Which of several offices is the one for where a citizen lives, and whether one has to ask where that is.

Areas are those of `ServiceOffice`. Nothing here knows which postcode lies in which district or region: what cannot be
told from what the citizen said stays possible, and an office is left out only where it is certainly for others.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import OSA

from bot.catalogue.importers.record import ServiceOffice
from bot.text.normalise import fold

Asked = Literal["postcode", "district"]
Fit = Literal["named", "everywhere", "possible", "others"]

# Regional keys begin with the number of a Land, 01 to 16. A five-digit area from 17 on can only be a postcode; one
# below may be a key as well: 03159 is the district of Göttingen, and a postcode in Brandenburg.
_LAST_LAND = "16"
_POSTCODE_LENGTH = 5
# Not in a telephone or case number, an amount, a date, a distance.
_POSTCODE = re.compile(
    r"(?<![\w./,+-])(?:D[ -]?)?(?P<code>\d{5})"
    r"(?![\w/:-]|[.,]\d|,-| \d| ?(?:€|£|\$|%|m²|m³)| (?:euro?|cent|km|kg|qm)\b)",
    re.I | re.A,
)
_LOWEST, _HIGHEST = "01001", "99998"
_NO_LETTER = re.compile(r"[\W_]+")
_SAINT = re.compile(r"\bsankt\b")
_SHORTEST_MISTYPED = 7  # letters; shorter names are too near to other words


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a citizen lives, as far as it is known: "" is not. `key` is a regional key (ARS)."""

    postcode: str = ""
    district: str = ""
    key: str = ""


NOWHERE = Place()


@dataclass(frozen=True, kw_only=True)
class Responsible:
    """Who may be responsible: offices that name the place, then those for everybody.

    `ask` is what would tell more, () where nothing would. `covered` is False where a place was named that none of the
    offices is for; then they are all there, since one of them will know.
    """

    offices: tuple[ServiceOffice, ...]
    ask: tuple[Asked, ...] = ()
    covered: bool = True


def offices_for(offices: Sequence[ServiceOffice], place: Place = NOWHERE) -> Responsible:
    """The offices of a service that are for this place.

    nord for 29990, süd for 29991 and nothing said → both, ask for the postcode; 29991 said → süd.
    """
    has_keys = any(_is_number(area) and len(area) != _POSTCODE_LENGTH for one in offices for area in one.areas)
    fits = {index: _fit(one, place, has_keys=has_keys) for index, one in enumerate(offices)}

    def having(*wanted: Fit) -> tuple[ServiceOffice, ...]:
        return tuple(offices[index] for fit in wanted for index in fits if fits[index] == fit)

    if "named" in fits.values():
        return Responsible(offices=having("named", "everywhere"))
    left = tuple(offices[index] for index, fit in fits.items() if fit != "others")
    if not left:
        return Responsible(offices=tuple(offices), covered=not offices)
    if len({frozenset(one.areas) for one in left}) == 1:  # they are all for the same: no answer would tell them apart
        return Responsible(offices=left)
    return Responsible(offices=left, ask=tuple(_telling(having("possible"), place)))


def find_place(text: str, offices: Sequence[ServiceOffice]) -> Place:
    """What a text says about where the citizen lives: a German postcode, or a district that one of the offices names.

    Two postcodes or districts are none, unless only one of the postcodes is in an office's areas.
    """
    areas = dict.fromkeys(area for one in offices for area in one.areas)
    codes = {found["code"] for found in _POSTCODE.finditer(text) if _LOWEST <= found["code"] <= _HIGHEST}
    if len(codes) > 1:
        codes &= areas.keys()
    districts = _districts_in(text, [area for area in areas if not _is_number(area)])
    return Place(postcode=codes.pop() if len(codes) == 1 else "", district=districts[0] if len(districts) == 1 else "")


def _fit(one: ServiceOffice, place: Place, *, has_keys: bool) -> Fit:
    if not one.areas:
        return "everywhere"
    fits = [_fit_of_area(area, place, has_keys=has_keys) for area in one.areas]
    # The best of them: an office is for all of its areas.
    return next(fit for fit in ("named", "possible", "others") if fit in fits)


def _fit_of_area(area: str, place: Place, *, has_keys: bool) -> Fit:
    if not _is_number(area):
        return _known_fit(place.district, is_there=_plain(area) == _plain(place.district))
    is_in_region = bool(place.key) and place.key.startswith(area)
    if len(area) != _POSTCODE_LENGTH:
        return _known_fit(place.key, is_there=is_in_region)
    if area == place.postcode:
        return "named"
    if area[:2] > _LAST_LAND:
        return _known_fit(place.postcode, is_there=False)
    # A postcode or a key, nobody knows which; among longer keys rather a key.
    if is_in_region:
        return "named"
    return "others" if place.key and (place.postcode or has_keys) else "possible"


def _known_fit(known: str, *, is_there: bool) -> Fit:
    if not known:
        return "possible"
    return "named" if is_there else "others"


def _telling(offices: Sequence[ServiceOffice], place: Place) -> Iterator[Asked]:
    """What one could still ask so that these offices are told apart."""
    areas = [area for one in offices for area in one.areas]
    if not place.postcode and any(_is_number(area) and len(area) == _POSTCODE_LENGTH for area in areas):
        yield "postcode"
    if not place.district and not all(map(_is_number, areas)):
        yield "district"


def _districts_in(text: str, districts: Sequence[str]) -> list[str]:
    """The districts named in the text; of "Altstadt" and "Altstadt Nord" the longer one where it is there."""
    words = f" {_plain(text)} "
    found = [name for name in districts if _plain(name) and f" {_plain(name)} " in words]
    if not found:
        found = [name for name in districts if _is_mistyped(_plain(name), words.split())]
    return [name for name in found if not any(_contains(other, name) for other in found)]


def _contains(longer: str, name: str) -> bool:
    return _plain(longer) != _plain(name) and f" {_plain(name)} " in f" {_plain(longer)} "


def _is_mistyped(name: str, words: Sequence[str]) -> bool:
    """Whether one of the words is the name with one mistake: "Nordtstadt"."""
    if len(name) < _SHORTEST_MISTYPED:
        return False
    return any(OSA.distance(name, word, score_cutoff=1) <= 1 for word in words)


def _plain(name: str) -> str:
    """ "St.-Jürgen", "Sankt Jürgen" → "st jurgen"."""
    return _SAINT.sub("st", _NO_LETTER.sub(" ", fold(name))).strip()


def _is_number(area: str) -> bool:
    return area.isascii() and area.isdecimal()
