"""Which of our languages a message is in. Made for short ones: "dog tax", "Termin weg", "cost of a Führungszeugnis"."""

from dataclasses import dataclass
from functools import lru_cache
from math import exp
from typing import Optional

from bot.language import LANGUAGES, Language
from bot.text.foreign import recognise_other
from bot.text.normalise import split_words
from bot.text.word_lists import WORDS, read_words

SPELLINGS = WORDS / "spelling.tsv"

# Evidence in natural log odds. Words that make a sentence ("wo", "muss", "how", "is") decide; a noun only tips the
# scale, because an official term in an English sentence ("my Führungszeugnis") makes no German sentence of it.
SENTENCE_WORD = 1.8
LOOSE_WORD = 0.8
SPELLED_WORD = 1.6  # the most that the spelling of one word says
UMLAUTS = 0.7
LOANS = 0.6  # the most that nouns say against the words that make the sentence
SURE = 0.75  # below this probability no language is named

# What a conversation adds for its own language. Before anything was said its language is that of the page: who reads
# the English page has chosen it, who reads the German one may just have landed there.
FIRST: dict[Language, float] = {"de": 0.4, "en": 1.2}
STAY = 2.2
# The most that mere nouns say against the language of a conversation. German ones are part of English messages here:
# they name services and offices. Whole rows of English ones are no part of German messages.
NOUNS_AGAINST: dict[Language, float] = {"de": 3.6, "en": 1.2}

_UMLAUTS = frozenset("äöüß")
_PIECE_LENGTHS = range(2, 6)


@dataclass(frozen=True)
class Identification:
    """`language` is None where nothing speaks clearly for one; `confidence` is a probability.

    `other` is the code of another language than ours ("tr"); `language` is None then.
    """

    language: Optional[Language]
    confidence: float
    other: Optional[str] = None


def identify(text: str, *, previous: Optional[Language] = None, first: bool = False) -> Identification:
    """The language of `text`; `previous` is the language of the conversation, in which `text` may be the first."""
    other = recognise_other(text)
    if other is not None:
        return Identification(None, 0.0, other)
    words = split_words(text)
    if not any(word.isascii() and word.isalpha() for word in words):
        return Identification(None, 0.0)
    german = _lean(text, words, previous=None if first else previous)
    if previous is not None:
        german += (1 if previous == "de" else -1) * (FIRST[previous] if first else STAY)
    best: Language = "de" if german > 0 else "en"
    confidence = 1 / (1 + exp(-abs(german)))
    return Identification(best if confidence >= SURE else None, confidence)


def pieces(word: str) -> list[str]:
    """The pieces by which a folded word is recognised: "dog" → "_d", "do", …, "_dog_"."""
    padded = f"_{word}_"
    return [padded] + [
        padded[start : start + length] for length in _PIECE_LENGTHS for start in range(len(padded) - length + 1)
    ]


def _lean(text: str, words: list[str], *, previous: Optional[Language]) -> float:
    """How far the text leans to German (above 0) or English (below 0)."""
    sentence = nouns = 0.0
    for word in words:
        listed = _leanings().get(word)
        if listed is not None and listed[1]:
            sentence += listed[0]
        elif listed is not None:
            nouns += listed[0]
        elif word.isalpha():
            nouns += max(-SPELLED_WORD, min(SPELLED_WORD, _spelling(word)))
    if not _UMLAUTS.isdisjoint(text.lower()):
        nouns += UMLAUTS
    if sentence:  # "what is Rundfunkbeitrag", "das Ticket"
        nouns = max(nouns, -LOANS) if sentence > 0 else min(nouns, LOANS)
    if previous == "de":
        nouns = max(nouns, -NOUNS_AGAINST["de"])
    elif previous == "en":
        nouns = min(nouns, NOUNS_AGAINST["en"])
    return sentence + nouns


@lru_cache(maxsize=8_192)
def _spelling(word: str) -> float:
    table = _spellings()
    return sum(table.get(piece, 0.0) for piece in set(pieces(word)))


@lru_cache(maxsize=None)
def _spellings() -> dict[str, float]:
    lines = SPELLINGS.read_text(encoding="utf-8").splitlines()
    return {piece: float(weight) for piece, weight in (line.split("\t") for line in lines)}


@lru_cache(maxsize=None)
def _leanings() -> dict[str, tuple[float, bool]]:
    """Of each listed word how far it leans to German, and whether it makes a sentence.

    A word that stands in the lists of both languages ("was", "will", "bin") says nothing.
    """
    listed = {language: read_words(WORDS / f"{language}.txt") for language in LANGUAGES}
    leanings: dict[str, tuple[float, bool]] = {}
    for language, sections in listed.items():
        sign = 1 if language == "de" else -1
        for section, words in sections.items():
            weight = SENTENCE_WORD if section == "sentence" else LOOSE_WORD
            leanings |= {word: (sign * weight, section == "sentence") for word in words if word not in leanings}
    for word in frozenset.intersection(*(frozenset().union(*sections.values()) for sections in listed.values())):
        leanings[word] = (0.0, False)
    return leanings
