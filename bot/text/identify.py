"""Which of our languages a message is in. Made for short ones: "dog tax", "Termin weg", "cost of a Führungszeugnis"."""

from dataclasses import dataclass
from functools import lru_cache
from math import exp
from pathlib import Path
from typing import Optional

from bot.language import LANGUAGES, Language
from bot.text.normalise import fold, split_words

WORDS = Path(__file__).parent / "words"

# How much one piece of evidence says, in natural log odds. Function words decide; spelling only tips the scale,
# because a German official term in an English sentence ("my Führungszeugnis") is no German sentence.
KNOWN_WORD = 1.6
SPELLING = 0.7
STAY = 1.2  # a conversation does not change its language for one word
SURE = 0.75  # below this probability no language is named

_SPELLINGS: dict[Language, tuple[str, ...]] = {
    "de": ("sch", "ung", "keit", "heit", "lich", "pf", "tz", "zw", "eih", "aus", "ver", "gs", "amt"),
    "en": ("th", "sh", "wh", "ght", "ing", "ly", "ck ", "oo", "ea", "ou", "y ", "tion "),
}
_UMLAUTS = frozenset("äöüß")


@dataclass(frozen=True)
class Identification:
    """`language` is None where nothing speaks clearly for one; `confidence` is a probability."""

    language: Optional[Language]
    confidence: float


def identify(text: str, *, previous: Optional[Language] = None) -> Identification:
    """The language of `text`; `previous` is the language of the conversation so far."""
    words = split_words(text)
    if not any(word.isascii() and word.isalpha() for word in words):
        return Identification(None, 0.0)
    evidence = {language: _evidence(text, words, language) for language in LANGUAGES}
    if previous is not None:
        evidence[previous] += STAY
    total = sum(exp(value) for value in evidence.values())
    best = max(LANGUAGES, key=lambda language: evidence[language])
    confidence = exp(evidence[best]) / total
    return Identification(best if confidence >= SURE else None, confidence)


def _evidence(text: str, words: list[str], language: Language) -> float:
    own = _words(language)
    found = KNOWN_WORD * sum(word in own for word in words)
    # Spelling counts once a word at most, and umlauts are German spelling.
    spelled = sum(any(piece in f" {word} " for piece in _SPELLINGS[language]) for word in words)
    if language == "de" and not _UMLAUTS.isdisjoint(text.lower()):
        spelled += 1
    return found + SPELLING * spelled


@lru_cache(maxsize=None)
def _words(language: Language) -> frozenset[str]:
    """The words of a language alone: one that stands in another list too, perhaps by mistake, says nothing."""
    return _listed(language).difference(*(_listed(other) for other in LANGUAGES if other != language))


def _listed(language: Language) -> frozenset[str]:
    lines = (WORDS / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(fold(word) for line in lines if not line.startswith("#") for word in line.split())
