"""What a service is found by: the terms of its fields, and what each term is worth in it (BM25F).

Fielded BM25: Robertson, Zaragoza, Taylor (2004), "Simple BM25 extension to multiple weighted fields".
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.catalogue.importers.record import ServiceRecord
from bot.catalogue.words import question_words
from bot.language import Language
from bot.text.compounds import CompoundSplitter
from bot.text.normalise import split_words
from bot.text.stem import stem

# What a word found in each field is worth. Names and keywords are written to be found, texts are not.
FIELD_WEIGHTS: Mapping[str, float] = {"name": 6.0, "keywords": 4.0, "summary": 1.2, "facets": 0.5}
SATURATION = 1.6  # BM25's k1
LENGTH_SHARE = 0.6  # BM25's b

Fields = Mapping[str, Counter[str]]
Postings = Mapping[str, tuple[NDArray[np.int32], NDArray[np.float32]]]


def make_splitter(services: Sequence[ServiceRecord]) -> CompoundSplitter:
    """A compound splitter that knows the words of names and keywords, and those that several texts use."""
    words: set[str] = set()
    in_texts: Counter[str] = Counter()
    for service in services:
        for language, text in service.texts.items():
            named = {word for phrase in (text.name, *text.keywords) for word in split_words(phrase)}
            words |= named
            words |= {stem(word, language) for word in named}
            in_texts.update(set(split_words(text.summary)))
    return CompoundSplitter(words | {word for word, count in in_texts.items() if count > 1})


def phrase_words(phrase: str, language: Language, splitter: CompoundSplitter) -> list[tuple[str, ...]]:
    """Per word its stem, then the stems of its parts where it is a compound."""
    stop = question_words(language).stop
    return [
        (stem(word, language), *(stem(part, language) for part in splitter.split(word)))
        for word in split_words(phrase)
        if word not in stop and len(word) > 1
    ]


def field_terms(service: ServiceRecord, splitter: CompoundSplitter) -> Fields:
    """Per field how often each term stands in it, all languages together."""
    fields: dict[str, Counter[str]] = {field: Counter() for field in FIELD_WEIGHTS}
    for language, text in service.texts.items():
        contents: dict[str, Sequence[str]] = {
            "name": [text.name],
            "keywords": text.keywords,
            "summary": [text.summary],
            "facets": [*text.facets.values(), *text.documents],
        }
        for field, phrases in contents.items():
            for phrase in phrases:
                fields[field].update(chain.from_iterable(phrase_words(phrase, language, splitter)))
    return fields


def inverse_frequencies(services: Sequence[Fields]) -> dict[str, float]:
    """Per term how rare it is (BM25's idf, always above 0)."""
    counts: Counter[str] = Counter()
    for fields in services:
        counts.update({term for counter in fields.values() for term in counter})
    return {term: log(1 + (len(services) - count + 0.5) / (count + 0.5)) for term, count in counts.items()}


def make_postings(services: Sequence[Fields], idf: Mapping[str, float]) -> Postings:
    """Per term the services (positions) it stands in and what it is worth there."""
    average = {
        field: max(1.0, sum(fields[field].total() for fields in services) / max(1, len(services)))
        for field in FIELD_WEIGHTS
    }
    collected: dict[str, tuple[list[int], list[float]]] = defaultdict(lambda: ([], []))
    for position, fields in enumerate(services):
        frequencies: dict[str, float] = defaultdict(float)
        for field, weight in FIELD_WEIGHTS.items():
            length = 1 - LENGTH_SHARE + LENGTH_SHARE * fields[field].total() / average[field]
            for term, count in fields[field].items():
                frequencies[term] += weight * count / length
        for term, frequency in frequencies.items():
            positions, worths = collected[term]
            positions.append(position)
            worths.append(idf[term] * frequency * (SATURATION + 1) / (SATURATION + frequency))
    return {
        term: (_array(positions, np.int32), _array(worths, np.float32))
        for term, (positions, worths) in collected.items()
    }


def _array(values: Sequence[float], kind: type[Any]) -> NDArray[Any]:
    return np.array(values, dtype=kind)
