"""From raw ranking scores to probabilities, so that the dialogue can decide: answer, offer a choice, or not know."""

from collections.abc import Mapping, Sequence
from math import exp, log

# Logistic regression of "a right service is among the first ten" on properties of a ranking, fitted on service
# names, development questions and messages that no service answers (benchmarks/fit_search_scores.py), then shared out.
CALIBRATION: Mapping[str, float] = {"bias": -2.4, "question": 1.5, "name": 0.7, "both": 1.3, "strength": 7.0}
RIVALS = 10  # how many hits share the probability
RIVALRY = 4.0  # how fast a lower raw score stops being a rival
FULL_STRENGTH = 8.0  # a raw score, in words as rare as can be, that says all it can say


def ranking_properties(
    *, question_share: float, name_share: float, raw_score: float, services: int
) -> dict[str, float]:
    """What the calibration looks at, each from 0 to 1: how much of the question the first hit's name and keywords
    hold, how much of its name the question holds, and how much it was found by, in a catalogue of so many services.
    """
    strength = min(1.0, raw_score / (FULL_STRENGTH * log(1 + services)))
    return {"question": question_share, "name": name_share, "both": question_share * name_share, "strength": strength}


def share_out(properties: Mapping[str, float], raw_scores: Sequence[float]) -> list[float]:
    """A probability for each hit of a ranking, best first; together at most 1."""
    odds = CALIBRATION["bias"] + sum(CALIBRATION[name] * value for name, value in properties.items())
    found = 1 / (1 + exp(-odds))
    shares = [(score / raw_scores[0]) ** RIVALRY for score in raw_scores]
    return [round(found * share / sum(shares), 4) for share in shares]
