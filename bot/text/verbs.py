"""German verbs that come apart or take in "zu" or "ge": "melde … ab", "abzumelden", "abgemeldet" → "abmelden"."""

import re
from collections.abc import Iterator, Set

from bot.text.normalise import split_words

PREFIXES = (
    "ab", "an", "auf", "aus", "bei", "durch", "ein", "fest", "fort", "frei", "her", "herunter", "hin", "hoch", "los",
    "mit", "nach", "raus", "runter", "um", "unter", "vor", "vorbei", "weg", "weiter", "wieder", "zu", "zuruck",
    "zusammen",
)  # fmt: skip
_JOINED = re.compile(rf"({'|'.join(PREFIXES)})(?:zu(\w{{3,}})en|ge(\w{{3,}}?)(?:et|t|en))")
_ENDING = re.compile(r"(?:est|et|st|en|e|t|n)$")
_CLAUSE_END = re.compile(r"[.,;:!?()\n]|\b(?:und|oder|aber|weil|wenn)\b", re.IGNORECASE)
SHORTEST_ROOT = 3
REACH = 12  # words that may stand between a verb and its prefix


def whole_verbs(text: str, known: Set[str]) -> list[str]:
    """The infinitives of verbs in `text` that are written in another way, folded; only those that are `known`.

    "Ich melde das Auto ab" → ["abmelden"]; "um es abzumelden" → ["abmelden"]
    """
    verbs = []
    for clause in _CLAUSE_END.split(text):
        words = split_words(clause)
        verbs += [verb for word in words for verb in _joined(word)]
        if len(words) > 1 and words[-1] in PREFIXES:
            verbs += [words[-1] + root + "en" for word in words[-REACH:-1] for root in _roots(word)]
    return [verb for verb in verbs if verb in known]


def _joined(word: str) -> Iterator[str]:
    match = _JOINED.fullmatch(word)
    if match:
        prefix, with_zu, with_ge = match.groups()
        yield f"{prefix}{with_zu or with_ge}en"


def _roots(word: str) -> Iterator[str]:
    root = _ENDING.sub("", word)
    if len(root) >= SHORTEST_ROOT:
        yield root
