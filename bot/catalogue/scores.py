"""From raw ranking scores to probabilities, so that the dialogue can decide: answer, offer a choice, or not know."""

from collections.abc import Mapping, Sequence
from math import exp

# Logistic regression of "a right service is among the first ten" on two properties of a ranking, fitted on development
# questions (benchmarks/fit_search_scores.py). That probability is then shared among the hits.
CALIBRATION: Mapping[str, float] = {"bias": 0.2, "question": 3.9, "strength": 2.2}
RIVALS = 10  # how many hits share the probability
RIVALRY = 4.0  # how fast a lower raw score stops being a rival
FULL_STRENGTH = 40.0  # a raw score that says all it can say


def ranking_properties(*, question_share: float, raw_score: float) -> dict[str, float]:
    """What the calibration looks at, each from 0 to 1: how much of the question the first hit's name and keywords
    hold, and how much it was found by.
    """
    return {"question": question_share, "strength": min(1.0, raw_score / FULL_STRENGTH)}


def share_out(properties: Mapping[str, float], raw_scores: Sequence[float]) -> list[float]:
    """A probability for each hit of a ranking, best first; together at most 1."""
    odds = CALIBRATION["bias"] + sum(CALIBRATION[name] * value for name, value in properties.items())
    found = 1 / (1 + exp(-odds))
    shares = [(score / raw_scores[0]) ** RIVALRY for score in raw_scores]
    return [round(found * share / sum(shares), 4) for share in shares]
