"""Services found by their own texts: names, keywords, descriptions. One of the two ways of `search`."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.catalogue.fields import field_terms, inverse_frequencies, make_postings, make_splitter, phrase_words
from bot.catalogue.importers.record import ServiceRecord
from bot.catalogue.question import FACET_WORD_WEIGHT, PART_WEIGHT, Near, QuestionReader, Term
from bot.catalogue.scores import TEXT_RIVALRY, rival_shares, text_certainty
from bot.language import Language

NAME_BONUS = 0.9  # how much a wholly named service gains over one with a longer name
INTERNAL_FACTOR = 0.25  # counters and queues of the town hall come last
NAMING_WORDS = 2  # a question of more words describes what is wanted
WHOLE_NAME = 0.95  # of a name that the question names
NOWHERE = (np.array([], dtype=np.int32), np.array([], dtype=np.float32))  # postings of a word that no service has
CANDIDATES = 40  # looked at more closely


@dataclass(frozen=True)
class TextQuestion:
    """The terms of a question, and how surely it names each."""

    terms: Sequence[Term]
    asked: Mapping[str, float]


class TextIndex:
    """An immutable index over the texts of services; these are named by their position."""

    def __init__(self, services: Sequence[ServiceRecord]) -> None:
        splitter = make_splitter(services)
        fields = [field_terms(service, splitter) for service in services]
        self._services = len(services)
        self._idf = inverse_frequencies(fields)
        self._postings = make_postings(fields, self._idf)
        self._named = [frozenset(terms["name"]) | frozenset(terms["keywords"]) for terms in fields]
        self._name_terms = [frozenset(terms["name"]) for terms in fields]
        self._names = [
            [phrase_words(text.name, language, splitter) for language, text in service.texts.items()]
            for service in services
        ]
        self._reader = QuestionReader(splitter, known=self._idf.keys(), named=frozenset().union(*self._named))
        self._factor = np.array([INTERNAL_FACTOR if s.internal else 1.0 for s in services], dtype=np.float32)

    def read(self, text: str, language: Language, *, near: Near) -> TextQuestion:
        """The question in terms of this catalogue; words that it does not have may count as those `near` to them."""
        terms = self._reader.read(text, language, near=near)
        asked: dict[str, float] = {}
        for term in terms:
            asked[term.text] = max(asked.get(term.text, 0.0), term.weight)
        return TextQuestion(terms, asked)

    def rank(self, question: TextQuestion, *, allowed: NDArray[np.float32]) -> list[tuple[int, float]]:
        """The services that fit best, with the probability that each is meant; best first. `allowed` is 1 or 0 each."""
        worth = np.zeros(self._services, dtype=np.float32)
        for term in question.terms:
            if term.text:
                positions, worths = self._postings[term.text]
                worth[positions] += term.weight * worths
        worth *= self._factor * allowed
        ranked = sorted(
            (-float(worth[position]) * (1 + NAME_BONUS * self.name_share(position, question)), position)
            for position in best(worth, CANDIDATES)
        )
        if not ranked:
            return []
        first = ranked[0][1]
        certainty = text_certainty(
            question_share=self.question_share(first, question),
            name_share=self.name_share(first, question),
            worth=-ranked[0][0] / float(self._factor[first]),
            services=self._services,
        )
        shares = rival_shares([-worth for worth, _position in ranked], rivalry=TEXT_RIVALRY)
        return [(position, certainty * share) for (_worth, position), share in zip(ranked, shares, strict=True)]

    def namesakes(self, question: TextQuestion) -> list[int]:
        """The services whose names all have the one or two words of the question, if none is just named by them.

        "Parkausweis" → the permits for residents and for disabled people; "Personalausweis" → none, one is called so.
        """
        words: dict[int, set[str]] = defaultdict(set)
        for term in question.terms:
            if term.weight >= PART_WEIGHT:
                words[term.word].add(term.text)
        asked = {term.word for term in question.terms if term.weight > FACET_WORD_WEIGHT}
        if not 0 < len(asked) <= NAMING_WORDS or words.keys() < asked:
            return []
        # Whoever has a word in the name has it in the postings.
        having = [{int(p) for term in words[word] for p in self._postings.get(term, NOWHERE)[0]} for word in asked]
        found = [
            position
            for position in sorted(set.intersection(*having))
            if self._factor[position] == 1.0 and all(words[word] & self._name_terms[position] for word in asked)
        ]
        wholly = any(self.name_share(position, question) >= WHOLE_NAME for position in found)
        return [] if wholly or len(found) < 2 else found

    def name_share(self, position: int, question: TextQuestion) -> float:
        """The share of the service's name that the question names, in the best language."""
        return max((self._named_share(name, question.asked) for name in self._names[position]), default=0.0)

    def _named_share(self, name: Sequence[tuple[str, ...]], asked: Mapping[str, float]) -> float:
        """A compound is named by itself or by all of its parts."""
        total = sum(self._idf[word] for word, *_parts in name)
        named = 0.0
        for word, *parts in name:
            by_parts = min((asked.get(part, 0.0) for part in parts), default=0.0)
            named += self._idf[word] * max(asked.get(word, 0.0), by_parts)
        return named / total if total else 0.0

    def question_share(self, position: int, question: TextQuestion) -> float:
        """The share of the question's content, rare words counting more, in the service's name or keywords."""
        unknown = log(1 + self._services)
        weights: dict[int, float] = defaultdict(float)
        found: dict[int, float] = defaultdict(float)
        for term in question.terms:
            if term.weight > FACET_WORD_WEIGHT:
                weights[term.word] = max(weights[term.word], self._idf.get(term.text, unknown))
            if term.text in self._named[position]:
                found[term.word] = max(found[term.word], term.weight)
        total = sum(weights.values())
        return sum(weights[word] * share for word, share in found.items()) / total if total else 0.0


def best(scores: NDArray[Any], count: int) -> list[int]:
    """The positions of the `count` highest scores above 0, in no order."""
    found = np.flatnonzero(scores > 0)
    if len(found) > count:
        found = found[np.argpartition(scores[found], -count)[-count:]]
    return [int(position) for position in found]
