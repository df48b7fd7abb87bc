"""Fits `CALIBRATION` of bot/catalogue/scores.py.

    python -m benchmarks.fit_search_scores DATABASE_URL LANGUAGE=FILE.jsonl …

A question without ids is one that no service answers: without such ones, every question would look answerable.
The names of the services are questions too: citizens type them, and test questions avoid them.

Logistic regression (Newton's method, ridge 0.3) of "a right service is among the first ten" on the two properties of a
ranking. Prints the weights to copy, and how often a first hit is right per tenth of its score.
"""

import json
import sys
from pathlib import Path

import numpy as np
from sqlalchemy.orm import Session

from bot.catalogue import scores, search
from bot.catalogue.queries import load_catalogue
from bot.database import open_engine

RIDGE = 0.3
STEPS = 30
BINS = 10


def main() -> None:
    with Session(open_engine(sys.argv[1])) as session:
        services = list(load_catalogue(session).services.values())
    index = search.SearchIndex(services)
    questions = [
        (language, {"q": text.name, "ids": [service.id]})
        for service in services
        for language, text in service.texts.items()
        if not service.internal
    ]
    for argument in sys.argv[2:]:
        language, _, path = argument.partition("=")
        lines = Path(path).read_text(encoding="utf-8").splitlines()
        questions += [(language, {"ids": []} | json.loads(line)) for line in lines]
    properties, found, right_first, raw = [], [], [], []
    for language, question in questions:
        ranking = index.rank(question["q"], language)
        if ranking is None:
            continue
        ids = [hit.id for hit in ranking.hits]
        properties.append([1.0, *ranking.properties.values()])
        found.append(any(id_ in question["ids"] for id_ in ids[: scores.RIVALS]))
        right_first.append(ids[0] in question["ids"])
        raw.append([hit.score / ranking.hits[0].score for hit in ranking.hits])
    weights = _fit(np.array(properties), np.array(found, dtype=float))
    print(dict(zip(["bias", *ranking.properties], weights.round(2), strict=True)))
    odds = np.array(properties) @ weights
    first = [
        (1 / (1 + np.exp(-odd)) / sum(shares), right) for odd, shares, right in zip(odds, raw, right_first, strict=True)
    ]
    for low in range(BINS):
        hits = [right for score, right in first if low / BINS <= score < (low + 1) / BINS]
        if hits:
            print(f"score {low / BINS:.1f}–{(low + 1) / BINS:.1f}: {len(hits):>4} questions, {np.mean(hits):.2f} right")


def _fit(properties: "np.ndarray", right: "np.ndarray") -> "np.ndarray":
    weights = np.zeros(properties.shape[1])
    ridge = np.diag([0.0] + [RIDGE] * (properties.shape[1] - 1))
    for _step in range(STEPS):
        expected = 1 / (1 + np.exp(-properties @ weights))
        curvature = properties.T @ (properties * (expected * (1 - expected))[:, None]) + ridge
        weights += np.linalg.solve(curvature, properties.T @ (right - expected) - ridge @ weights)
    return weights


if __name__ == "__main__":
    main()
