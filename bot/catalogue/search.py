"""Search: a question in German or English → ranked services of one catalogue.

Steps, in order: words of the question → terms (question) → worth in each service's fields (fields) → how much of the
service's name and of the question was found → probabilities (scores).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from bot.catalogue.fields import field_terms, inverse_frequencies, make_postings, make_splitter, phrase_words
from bot.catalogue.importers.record import ServiceRecord
from bot.catalogue.question import FACET_WORD_WEIGHT, QuestionReader, Term
from bot.catalogue.scores import RIVALS, ranking_properties, share_out
from bot.language import DEFAULT_LANGUAGE, Language

NAME_BONUS = 0.9  # how much a wholly named service gains over one with a longer name
INTERNAL_FACTOR = 0.25  # counters and queues of the town hall come last
CANDIDATES = 4  # per wanted hit, looked at more closely


@dataclass(frozen=True)
class Hit:
    """A service found; `score` is the probability that it is the right one. All hits together may be below 1."""

    id: str
    name: str
    score: float


@dataclass(frozen=True)
class Ranking:
    """The hits, best first, and the properties their scores were made from."""

    hits: tuple[Hit, ...]
    properties: Mapping[str, float]


class SearchIndex:
    """An immutable index over the services of one catalogue; building 10,000 services takes seconds."""

    def __init__(self, services: Iterable[ServiceRecord]) -> None:
        self._services = tuple(services)
        splitter = make_splitter(self._services)
        fields = [field_terms(service, splitter) for service in self._services]
        self._idf = inverse_frequencies(fields)
        self._postings = make_postings(fields, self._idf)
        self._named = [frozenset(terms["name"]) | frozenset(terms["keywords"]) for terms in fields]
        self._names = [
            [phrase_words(text.name, language, splitter) for language, text in service.texts.items()]
            for service in self._services
        ]
        self._reader = QuestionReader(splitter, known=self._idf.keys(), named=frozenset().union(*self._named))
        self._positions = {service.id: position for position, service in enumerate(self._services)}
        self._factor = np.array([INTERNAL_FACTOR if s.internal else 1.0 for s in self._services], dtype=np.float32)

    def __len__(self) -> int:
        return len(self._services)

    def search(
        self, text: str, language: Language, *, limit: int = 10, among: Sequence[str] | None = None
    ) -> list[Hit]:
        """The best `limit` services for `text`, best first; none where no word is known.

        `among` narrows the search to these service ids.
        """
        ranking = self.rank(text, language, limit=limit, among=among)
        return list(ranking.hits[:limit]) if ranking else []

    def rank(
        self, text: str, language: Language, *, limit: int = RIVALS, among: Sequence[str] | None = None
    ) -> Ranking | None:
        """At least `RIVALS` hits where there are as many, with what their scores were made from."""
        terms = self._reader.read(text, language)
        scores = np.zeros(len(self._services), dtype=np.float32)
        for term in terms:
            if term.text:
                positions, worths = self._postings[term.text]
                scores[positions] += term.weight * worths
        if among is not None:
            kept = np.zeros_like(scores)
            wanted = [self._positions[id_] for id_ in among if id_ in self._positions]
            kept[wanted] = scores[wanted]
            scores = kept
        scores *= self._factor
        asked = _asked(terms)
        count = max(limit, RIVALS)
        ranked = sorted(
            (
                -float(scores[position]) * (1 + NAME_BONUS * self._name_share(position, asked)),
                position,
            )
            for position in self._best(scores, CANDIDATES * count)
        )[:count]
        if not ranked:
            return None
        first = ranked[0][1]
        properties = ranking_properties(
            question_share=self._question_share(first, terms),
            name_share=self._name_share(first, asked),
            raw_score=-ranked[0][0] / float(self._factor[first]),
            services=len(self._services),
        )
        probabilities = share_out(properties, [-score for score, _position in ranked])
        return Ranking(
            hits=tuple(
                Hit(id=self._services[position].id, name=self._name(position, language), score=probability)
                for (_score, position), probability in zip(ranked, probabilities, strict=True)
            ),
            properties=properties,
        )

    @staticmethod
    def _best(scores: "np.ndarray[tuple[int], np.dtype[np.float32]]", count: int) -> list[int]:
        found = np.flatnonzero(scores > 0)
        if len(found) > count:
            found = found[np.argpartition(scores[found], -count)[-count:]]
        return [int(position) for position in found]

    def _name_share(self, position: int, asked: Mapping[str, float]) -> float:
        """The share of the service's name that the question names, in the best language."""
        return max((self._named_share(name, asked) for name in self._names[position]), default=0.0)

    def _named_share(self, name: Sequence[tuple[str, ...]], asked: Mapping[str, float]) -> float:
        """A compound is named by itself or by all of its parts."""
        total = sum(self._idf[word] for word, *_parts in name)
        named = 0.0
        for word, *parts in name:
            by_parts = min((asked.get(part, 0.0) for part in parts), default=0.0)
            named += self._idf[word] * max(asked.get(word, 0.0), by_parts)
        return named / total if total else 0.0

    def _question_share(self, position: int, terms: Sequence[Term]) -> float:
        """The share of the question's content, rare words counting more, in the service's name or keywords."""
        unknown = log(1 + len(self._services))
        weights: dict[int, float] = defaultdict(float)
        found: dict[int, float] = defaultdict(float)
        for term in terms:
            if term.weight > FACET_WORD_WEIGHT:
                weights[term.word] = max(weights[term.word], self._idf.get(term.text, unknown))
            if term.text in self._named[position]:
                found[term.word] = max(found[term.word], term.weight)
        total = sum(weights.values())
        return sum(weights[word] * share for word, share in found.items()) / total if total else 0.0

    def _name(self, position: int, language: Language) -> str:
        texts = self._services[position].texts
        return (texts.get(language) or texts[DEFAULT_LANGUAGE]).name


def _asked(terms: Sequence[Term]) -> Mapping[str, float]:
    """How surely the question names each term."""
    asked: dict[str, float] = {}
    for term in terms:
        asked[term.text] = max(asked.get(term.text, 0.0), term.weight)
    return asked
