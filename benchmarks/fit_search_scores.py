"""Fits `CALIBRATION` of bot/catalogue/scores.py.

    python -m benchmarks.fit_search_scores DATABASE_URL LANGUAGE=FILE.jsonl …

Logistic regression (Newton's method, ridge 0.3) of "the first hit is right" on the properties of a ranking, over
- sentences of the thesaurus, one of each concept and language, by a model that has not learned them; right is a service
  that means the concept, and of concepts the town does not offer only some are asked, as citizens do;
- the questions of the files; one without ids is a message that no service answers.
Prints the weights to copy, and how often a first hit is right per tenth of its score.
"""

import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from sqlalchemy.orm import Session

from bot.catalogue.concepts.learning import learn
from bot.catalogue.concepts.model import ConceptModel
from bot.catalogue.concepts.offers import find_offers
from bot.catalogue.evaluation import reliability
from bot.catalogue.importers.record import ServiceRecord
from bot.catalogue.queries import load_catalogue
from bot.catalogue.search import SearchIndex
from bot.catalogue.thesaurus import Concept, read_thesaurus
from bot.database import open_engine
from bot.language import LANGUAGES, Language

RIDGE = 0.3
STEPS = 30
SEED = 3
MEANT = 0.3  # from this part of its concept on a service counts as right
NOT_OFFERED = 0.12  # how many of the sentences about what the town does not offer are asked
SENTENCE_WEIGHT = 0.4  # a sentence of the thesaurus against a question


@dataclass(frozen=True)
class Asked:
    """One question, the ids that are right, and what it counts."""

    text: str
    language: Language
    ids: frozenset[str]
    weight: float


def main() -> None:
    with Session(open_engine(sys.argv[1])) as session:
        services = [service for service in load_catalogue(session).services.values() if service.public]
    concepts = read_thesaurus()
    learned, left_out = _leave_out(concepts)
    model = learn(learned)
    unlearned, index = SearchIndex(services, model), SearchIndex(services, learn(concepts))
    asked = [(unlearned, question) for question in _about_concepts(model, services, left_out)]
    for argument in sys.argv[2:]:
        language, _, path = argument.partition("=")
        for line in Path(path).read_text(encoding="utf-8").splitlines():
            question = {"ids": []} | json.loads(line)
            asked.append((index, Asked(question["q"], language, frozenset(question["ids"]), 1.0)))  # type: ignore[arg-type]
    _report(asked)


def _leave_out(concepts: Sequence[Concept]) -> tuple[list[Concept], list[tuple[str, Language, str]]]:
    """The concepts without one sentence per language, and these sentences."""
    chance = random.Random(SEED)
    learned, left_out = [], []
    for concept in concepts:
        wordings = {}
        for language in LANGUAGES:
            wording = concept.wording(language)
            chosen = chance.choice(wording.sentences)
            left_out.append((concept.concept, language, chosen))
            rest = tuple(sentence for sentence in wording.sentences if sentence != chosen)
            wordings[language] = msgspec.structs.replace(wording, sentences=rest)
        learned.append(msgspec.structs.replace(concept, **wordings))
    return learned, left_out


def _about_concepts(
    model: ConceptModel, services: Sequence[ServiceRecord], sentences: Sequence[tuple[str, Language, str]]
) -> Iterator[Asked]:
    chance = random.Random(SEED)
    offers = find_offers(model, services)
    meant: Mapping[str, list[tuple[float, ServiceRecord]]] = defaultdict(list)
    for concept, position, share in zip(offers.concepts, offers.positions, offers.shares, strict=True):
        meant[model.concepts[concept]].append((float(share), services[position]))
    for concept, language, text in sentences:
        ids = frozenset(service.id for share, service in meant[concept] if share >= MEANT and not service.internal)
        if ids or (not meant[concept] and chance.random() < NOT_OFFERED):
            yield Asked(text, language, ids, SENTENCE_WEIGHT)


def _report(asked: Sequence[tuple[SearchIndex, Asked]]) -> None:
    properties, right, weights, names = [], [], [], []
    for index, question in asked:
        ranking = index.rank(question.text, question.language)
        if ranking is not None:
            names = list(ranking.properties)
            properties.append([1.0, *ranking.properties.values()])
            right.append(ranking.hits[0].id in question.ids)
            weights.append(question.weight)
    table = np.array(properties)
    fitted = _fit(table, np.array(right, dtype=float), np.array(weights))
    print(dict(zip(["bias", *names], fitted.round(2).tolist(), strict=True)))
    scores = 1 / (1 + np.exp(-table @ fitted))
    for row in reliability(list(zip(scores.tolist(), right, strict=True))):
        print(f"{row.low:.1f}–{row.high:.1f}: {row.n:>5} questions, score {row.score:.2f}, right {row.right:.2f}")


def _fit(properties: "np.ndarray", right: "np.ndarray", counts: "np.ndarray") -> "np.ndarray":
    weights = np.zeros(properties.shape[1])
    ridge = np.diag([0.0] + [RIDGE] * (properties.shape[1] - 1))
    for _step in range(STEPS):
        expected = 1 / (1 + np.exp(-properties @ weights))
        curvature = properties.T @ (properties * (counts * expected * (1 - expected))[:, None]) + ridge
        weights += np.linalg.solve(curvature, properties.T @ (counts * (right - expected)) - ridge @ weights)
    return weights


if __name__ == "__main__":
    main()
