"""Search: a question in German or English → ranked services of one catalogue.

Steps, in order: words → content words → terms (stem, compound parts, near spellings) → weighted fields (BM25F) →
how much of the question and of the service's name was found → score, a probability that the first hit is right.

Fielded BM25: Robertson, Zaragoza, Taylor (2004), "Simple BM25 extension to multiple weighted fields".
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

import numpy as np
from rapidfuzz import fuzz, process

from bot.catalogue.importers.record import ServiceRecord
from bot.catalogue.words import content_words, question_words
from bot.language import LANGUAGES, Language
from bot.text.compounds import CompoundSplitter
from bot.text.normalise import split_words
from bot.text.stem import stem

# What a word found in each field is worth. Names and keywords are written to be found, texts are not.
FIELD_WEIGHTS: Mapping[str, float] = {"name": 6.0, "keywords": 4.0, "summary": 1.2, "facets": 0.5}
STRONG_FIELDS = frozenset({"name", "keywords"})
SATURATION = 1.6  # BM25's k1
LENGTH_SHARE = 0.6  # BM25's b
PART_WEIGHT = 0.6  # a part of a compound says less than the whole word
FACET_WORD_WEIGHT = 0.2  # "Termin" may be part of a name, but mostly asks for one
FUZZY_CUTOFF = 78.0  # per cent of equal letters, from which on a word is taken for a misspelt one
FUZZY_WORDS = 6  # unknown words looked up by spelling, the longest first; bounds the cost of a long message
FUZZY_LENGTH = 4
NAME_BONUS = 0.9  # how much a wholly named service gains over one with a longer name
INTERNAL_FACTOR = 0.25  # counters and queues of the town hall come last
MAX_WORDS = 60

# Logistic regression of "the right service is among the first ten" on three properties of a ranking, fitted on
# development questions (benchmarks/fit_search_scores.py). What is likely is then shared among the hits.
CALIBRATION = {"bias": -1.0, "question": 3.5, "strength": 3.6}
RIVALS = 10  # how many hits share the probability
RIVALRY = 4.0  # how fast a lower raw score stops being a rival
FULL_STRENGTH = 40.0  # a raw score that says all it can say


@dataclass(frozen=True)
class Hit:
    """A service found; `score` is the probability that it is the right one. All hits together may be below 1."""

    id: str
    name: str
    score: float


@dataclass(frozen=True)
class _Term:
    text: str
    weight: float
    word: int  # the question's word it stems from; a word found nowhere has the text ""


class SearchIndex:
    """An immutable index over the services of one catalogue; building 10,000 services takes seconds."""

    def __init__(self, services: Iterable[ServiceRecord]) -> None:
        self._services = tuple(services)
        self._splitter = CompoundSplitter(_vocabulary(self._services))
        fields = [_field_terms(service, self._splitter) for service in self._services]
        self._postings = _postings(fields)
        self._idf = _inverse_frequencies(fields)
        self._strong = [set(field["name"]) | set(field["keywords"]) for field in fields]
        self._names = [
            [_name_terms(text.name, language, self._splitter) for language, text in service.texts.items()]
            for service in self._services
        ]
        self._spellings = sorted({term for strong in self._strong for term in strong if len(term) >= FUZZY_LENGTH})
        self._factor = np.array([INTERNAL_FACTOR if s.internal else 1.0 for s in self._services], dtype=np.float32)

    def __len__(self) -> int:
        return len(self._services)

    def search(
        self, text: str, language: Language, *, limit: int = 10, among: Sequence[str] | None = None
    ) -> list[Hit]:
        """The best `limit` services for `text`, best first; none where no word is known.

        `among` narrows the search to these service ids.
        """
        terms = self._question_terms(text, language)
        if not terms or not self._services:
            return []
        scores = np.zeros(len(self._services), dtype=np.float32)
        for term in terms:
            if not term.text:
                continue
            ids, impacts = self._postings[term.text]
            scores[ids] += term.weight * impacts
        if among is not None:
            scores *= np.isin([service.id for service in self._services], list(among))
        ranking = scores * self._factor
        candidates = self._best(ranking, 4 * max(limit, RIVALS))
        if not candidates:
            return []
        weights = self._word_weights(terms)
        ranked = sorted(
            ((self._ranked_score(ranking[index], index, terms), index) for index in candidates),
            key=lambda pair: (-pair[0], self._services[pair[1]].id),
        )[: max(limit, RIVALS)]
        return self._with_scores(ranked, terms, weights, language)[:limit]

    def _question_terms(self, text: str, language: Language) -> list[_Term]:
        facet_words = question_words(language).facet
        content = content_words(text, language)[:MAX_WORDS]
        weak = [word for word in split_words(text)[:MAX_WORDS] if word in facet_words] if content else []
        terms: list[_Term] = []
        unknown: list[tuple[int, str]] = []
        for number, word in enumerate(dict.fromkeys(content)):
            found = self._known_terms(word, number)
            terms += found
            if not any(term.weight == 1.0 for term in found):
                unknown.append((number, word))
        for number, word in sorted(unknown, key=lambda pair: -len(pair[1]))[:FUZZY_WORDS]:
            if not any(term.word == number for term in terms):
                terms += self._near_terms(word, number) or [_Term("", 1.0, number)]
        if not any(term.text for term in terms):
            return []
        for number, word in enumerate(dict.fromkeys(weak), start=len(content)):
            terms += [
                _Term(term.text, FACET_WORD_WEIGHT * term.weight, number) for term in self._known_terms(word, number)
            ]
        return [term for term in terms if term.text in self._postings or not term.text]

    def _known_terms(self, word: str, number: int) -> list[_Term]:
        weights: dict[str, float] = {}
        for language in LANGUAGES:
            weights[stem(word, language)] = 1.0
        for part in self._splitter.split(word):
            for language in LANGUAGES:
                weights.setdefault(stem(part, language), PART_WEIGHT)
        return [_Term(text, weight, number) for text, weight in weights.items() if text in self._postings]

    def _near_terms(self, word: str, number: int) -> list[_Term]:
        if len(word) < FUZZY_LENGTH:
            return []
        near = process.extract(stem(word, "de"), self._spellings, scorer=fuzz.ratio, limit=3, score_cutoff=FUZZY_CUTOFF)
        return [_Term(text, (ratio / 100) ** 3, number) for text, ratio, _index in near]

    @staticmethod
    def _best(scores: "np.ndarray[tuple[int], np.dtype[np.float32]]", count: int) -> list[int]:
        found = np.flatnonzero(scores > 0)
        if len(found) > count:
            found = found[np.argpartition(scores[found], -count)[-count:]]
        return [int(index) for index in found]

    def _word_weights(self, terms: Sequence[_Term]) -> dict[int, float]:
        """How much of the question each of its words is: rare words more, misspelt ones a bit less."""
        rare = log(1 + len(self._services))
        weights: dict[int, float] = {}
        for term in terms:
            weight = self._idf.get(term.text, rare) if term.weight > FACET_WORD_WEIGHT else 0.0
            weights[term.word] = max(weights.get(term.word, 0.0), weight)
        return weights

    def _ranked_score(self, score: float, index: int, terms: Sequence[_Term]) -> float:
        return float(score) * (1 + NAME_BONUS * self._name_share(index, terms))

    def _name_share(self, index: int, terms: Sequence[_Term]) -> float:
        """The share of a service's name that the question names, in its best language."""
        asked: dict[str, float] = defaultdict(float)
        for term in terms:
            asked[term.text] = max(asked[term.text], min(1.0, term.weight))
        best = 0.0
        for name in self._names[index]:
            total = sum(self._idf.get(term, 1.0) for term in name)
            if total:
                named = sum(self._idf.get(term, 1.0) * asked.get(term, 0.0) for term in name)
                best = max(best, named / total)
        return best

    def _question_share(self, index: int, terms: Sequence[_Term], weights: Mapping[int, float]) -> float:
        """The share of the question's content that stands in the service's name or keywords."""
        strong = self._strong[index]
        found: dict[int, float] = defaultdict(float)
        for term in terms:
            if term.text in strong:
                found[term.word] = max(found[term.word], min(1.0, term.weight))
        total = sum(weights.values())
        return sum(weights[word] * share for word, share in found.items()) / total if total else 0.0

    def _with_scores(
        self,
        ranked: Sequence[tuple[float, int]],
        terms: Sequence[_Term],
        weights: Mapping[int, float],
        language: Language,
    ) -> list[Hit]:
        top = ranked[0][0]
        properties = {
            "question": self._question_share(ranked[0][1], terms, weights),
            "strength": min(1.0, top / float(self._factor[ranked[0][1]]) / FULL_STRENGTH),
        }
        found = 1 / (
            1 + exp(-CALIBRATION["bias"] - sum(CALIBRATION[name] * value for name, value in properties.items()))
        )
        shares = sum((score / top) ** RIVALRY for score, _index in ranked)
        return [
            Hit(
                id=self._services[index].id,
                name=self._name(index, language),
                score=round(found * (score / top) ** RIVALRY / shares, 4),
            )
            for score, index in ranked
        ]

    def _name(self, index: int, language: Language) -> str:
        texts = self._services[index].texts
        return (texts.get(language) or texts["de"]).name


def _vocabulary(services: Sequence[ServiceRecord]) -> frozenset[str]:
    words: set[str] = set()
    in_texts: Counter[str] = Counter()
    for service in services:
        for language, text in service.texts.items():
            named = {word for phrase in (text.name, *text.keywords) for word in split_words(phrase)}
            words |= named
            words |= {stem(word, language) for word in named}
            in_texts.update(set(split_words(text.summary)))
    return frozenset(words | {word for word, count in in_texts.items() if count > 1})


def _field_terms(service: ServiceRecord, splitter: CompoundSplitter) -> dict[str, Counter[str]]:
    fields: dict[str, Counter[str]] = {field: Counter() for field in FIELD_WEIGHTS}
    for language, text in service.texts.items():
        contents = {
            "name": [text.name],
            "keywords": text.keywords,
            "summary": [text.summary],
            "facets": [*text.facets.values(), *text.documents],
        }
        for field, phrases in contents.items():
            for phrase in phrases:
                fields[field].update(_name_terms(phrase, language, splitter))
    return fields


def _name_terms(phrase: str, language: Language, splitter: CompoundSplitter) -> list[str]:
    listed = question_words(language)
    terms: list[str] = []
    for word in split_words(phrase):
        if word in listed.stop or len(word) < 2:
            continue
        terms.append(stem(word, language))
        terms += [stem(part, language) for part in splitter.split(word)]
    return terms


def _inverse_frequencies(fields: Sequence[Mapping[str, Counter[str]]]) -> dict[str, float]:
    counts: Counter[str] = Counter()
    for terms in fields:
        counts.update({term for counter in terms.values() for term in counter})
    return {term: log(1 + (len(fields) - count + 0.5) / (count + 0.5)) for term, count in counts.items()}


def _postings(
    fields: Sequence[Mapping[str, Counter[str]]],
) -> dict[str, tuple["np.ndarray[tuple[int], np.dtype[np.int32]]", "np.ndarray[tuple[int], np.dtype[np.float32]]"]]:
    """Per term the services it stands in and what it is worth there."""
    idf = _inverse_frequencies(fields)
    average = {
        field: max(1.0, sum(terms[field].total() for terms in fields) / max(1, len(fields))) for field in FIELD_WEIGHTS
    }
    collected: dict[str, tuple[list[int], list[float]]] = defaultdict(lambda: ([], []))
    for index, terms in enumerate(fields):
        frequencies: dict[str, float] = defaultdict(float)
        for field, weight in FIELD_WEIGHTS.items():
            length = 1 - LENGTH_SHARE + LENGTH_SHARE * terms[field].total() / average[field]
            for term, count in terms[field].items():
                frequencies[term] += weight * count / length
        for term, frequency in frequencies.items():
            ids, impacts = collected[term]
            ids.append(index)
            impacts.append(idf[term] * frequency * (SATURATION + 1) / (SATURATION + frequency))
    return {
        term: (np.array(ids, dtype=np.int32), np.array(impacts, dtype=np.float32))
        for term, (ids, impacts) in collected.items()
    }
