"""The terms of a question: stems, parts of compounds, and known words near to misspelt ones."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from bot.catalogue.words import content_words, question_words
from bot.language import LANGUAGES, Language
from bot.text.compounds import CompoundSplitter
from bot.text.normalise import split_words
from bot.text.stem import stem

PART_WEIGHT = 0.6  # a part of a compound says less than the whole word
FACET_WORD_WEIGHT = 0.2  # "Termin" may be part of a name, but mostly asks for one
FUZZY_CUTOFF = 78.0  # per cent of equal letters, from which on a word is taken for a misspelt one
FUZZY_WORDS = 6  # unknown words looked up by spelling, the longest first; bounds the cost of a long message
FUZZY_LENGTH = 4
NEAR_WORDS = 3
MAX_WORDS = 60

Near = Mapping[str, Sequence[tuple[str, float]]]  # from a word to those that mean nearly the same, with their cosines


@dataclass(frozen=True)
class Term:
    """`word` is the number of the question's word it stems from; a word found nowhere has the text ""."""

    text: str
    weight: float
    word: int


class QuestionReader:
    """Reads questions with the words of one catalogue: `known` all its terms, `named` those of names and keywords."""

    def __init__(self, splitter: CompoundSplitter, *, known: Set[str], named: Set[str]) -> None:
        self._splitter = splitter
        self._known = known
        self._spellings = sorted(term for term in named if len(term) >= FUZZY_LENGTH)

    def read(self, text: str, language: Language, *, near: Near) -> list[Term]:
        """The terms of `text`; none where nothing in it is known. An unknown word may count as words `near` to it."""
        content = list(dict.fromkeys(content_words(text, language)[:MAX_WORDS]))
        terms: list[Term] = []
        unknown: list[tuple[int, str]] = []
        for number, word in enumerate(content):
            found = self._known_terms(word, number) or self._alike_terms(near.get(word, ()), number)
            terms += found
            if not found:
                unknown.append((number, word))
        by_length = sorted(unknown, key=lambda pair: -len(pair[1]))
        for place, (number, word) in enumerate(by_length):
            misspelt = self._misspelt_terms(word, number) if place < FUZZY_WORDS else []
            terms += misspelt or [Term("", 1.0, number)]
        if not any(term.text for term in terms):
            return []
        facet_words = question_words(language).facet
        weak = dict.fromkeys(word for word in split_words(text)[:MAX_WORDS] if word in facet_words)
        for number, word in enumerate(weak, start=len(content)):
            terms += [
                Term(term.text, FACET_WORD_WEIGHT * term.weight, number) for term in self._known_terms(word, number)
            ]
        return terms

    def _known_terms(self, word: str, number: int) -> list[Term]:
        weights: dict[str, float] = {stem(word, language): 1.0 for language in LANGUAGES}
        for part in self._splitter.split(word):
            for language in LANGUAGES:
                weights.setdefault(stem(part, language), PART_WEIGHT)
        return [Term(text, weight, number) for text, weight in weights.items() if text in self._known]

    def _alike_terms(self, words: Sequence[tuple[str, float]], number: int) -> list[Term]:
        return [
            Term(term.text, cosine * term.weight, number)
            for word, cosine in words
            for term in self._known_terms(word, number)
        ]

    def _misspelt_terms(self, word: str, number: int) -> list[Term]:
        if len(word) < FUZZY_LENGTH:
            return []
        near = process.extract(
            stem(word, "de"), self._spellings, scorer=fuzz.ratio, limit=NEAR_WORDS, score_cutoff=FUZZY_CUTOFF
        )
        return [Term(text, (ratio / 100) ** 3, number) for text, ratio, _index in near]
