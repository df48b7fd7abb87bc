"""Takes personal data out of a message before it is stored.

What counts as personal stands in `bot.text.personal`. Here the finds are put together: where two claim the same place
the kind named first wins, and every find becomes a marker that readers of both languages understand.
"""

import re
from dataclasses import dataclass
from typing import FrozenSet, List, Tuple

from bot.text.personal.accounts import find_cards, find_ibans, find_tax_ids
from bot.text.personal.contact import find_emails, find_phones
from bot.text.personal.file_numbers import find_file_numbers
from bot.text.personal.finder import Finder
from bot.text.personal.identity import find_birth_dates, find_documents
from bot.text.personal.vehicles import find_number_plates


@dataclass(frozen=True)
class Kind:
    """One kind of personal data: how it is found and what stands in its place."""

    name: str
    marker: str
    find: Finder


KINDS = (
    Kind("email", "[E-Mail]", find_emails),
    Kind("iban", "[IBAN]", find_ibans),
    Kind("file_number", "[File-No.]", find_file_numbers),
    Kind("birth_date", "[Birthday]", find_birth_dates),
    Kind("tax_id", "[Tax-ID]", find_tax_ids),
    Kind("document", "[ID]", find_documents),
    Kind("card", "[Card]", find_cards),
    Kind("phone", "[Phone]", find_phones),
    Kind("number_plate", "[Car-ID]", find_number_plates),
)

# One character for one, so that places in the copy are places in the text.
_PLAIN = str.maketrans({**dict.fromkeys("\u00a0\u2007\u2009\u202f\t", " "), **dict.fromkeys("‐‑‒–—−", "-")})
_MARKERS = re.compile("|".join(re.escape(kind.marker) for kind in KINDS))
_SPACES = re.compile(r" {2,}")
_EXTENSION = re.compile(r"-0$")
_COUNTRY = re.compile(r"^(?:\+|00)49|^0")


@dataclass(frozen=True)
class Masked:
    """`text` with a marker in place of each find; `kinds` in the order of first appearance, each once."""

    text: str
    kinds: Tuple[str, ...]


def mask(text: str, *, allowed: FrozenSet[str] = frozenset()) -> Masked:
    """`text` without personal data, in time proportional to its length.

    `allowed` are the town's own telephone numbers and e-mail addresses, which stay. A number that ends in "-0" stands
    for all its extensions: "05999 400-0" also allows "05999 400-117".
    """
    plain = text.translate(_PLAIN)
    found: List[Tuple[int, int, Kind]] = []
    for kind in KINDS:
        for start, end in kind.find(plain):
            is_free = all(end <= other[0] or start >= other[1] for other in found)
            if is_free and not _is_allowed(plain[start:end], allowed):
                found.append((start, end, kind))
    found.sort(key=lambda find: find[0])
    pieces, done = [], 0
    for start, end, kind in found:
        pieces += [text[done:start], kind.marker]
        done = end
    return Masked("".join([*pieces, text[done:]]), tuple(dict.fromkeys(kind.name for _, _, kind in found)))


def without_markers(masked: str) -> str:
    """What is left for understanding: a marker is no word of the citizen, and "[Car-ID]" is no question about cars.

    "Mein Auto [Car-ID] ist weg" → "Mein Auto ist weg"; a text of nothing but markers stays as it is.
    """
    return _SPACES.sub(" ", _MARKERS.sub(" ", masked)).strip() or masked


def _is_allowed(found: str, allowed: FrozenSet[str]) -> bool:
    for known in allowed:
        if "@" in known:
            if found.lower() == known.lower():
                return True
        elif _is_own_number(found, known):
            return True
    return False


def _is_own_number(found: str, known: str) -> bool:
    number, trunk = _significant(found), _significant(_EXTENSION.sub("", known))
    if not number or not trunk:
        return False
    return number.startswith(trunk) if _EXTENSION.search(known) else number == trunk


def _significant(number: str) -> str:
    """The digits after the country code or the 0 for it: "+49 (0)5999 400" → "5999400"."""
    digits = "".join(character for character in number.replace("(0)", "") if character.isdigit() or character == "+")
    return _COUNTRY.sub("", digits)
