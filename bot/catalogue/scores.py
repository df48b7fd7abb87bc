"""From raw ranking scores to probabilities, so that the dialogue can decide: answer, offer a choice, or not know."""

from collections.abc import Mapping, Sequence
from math import exp, log

# Logistic regression of "the first hit is right" on properties of a ranking, each from 0 to 1: how likely its concept
# is, the same times how much of the question the thesaurus has for this concept, how likely it is the neighbour of a
# concept the town does not offer, how sure its own texts are of it, and how much of the question they hold. Fitted on
# sentences of the thesaurus that the model had not learned, development questions, and messages no service answers
# (benchmarks/fit_search_scores.py).
CALIBRATION: Mapping[str, float] = {
    "bias": -2.94,
    "concepts": 2.89,
    "both": 2.97,
    "neighbours": 4.1,
    "texts": 1.01,
    "question": 1.07,
}
RIVALS = 10  # how many hits share the probability

# The same for the ranking by texts alone, of "a right service is among the first ten", which is then shared out.
TEXT_CALIBRATION: Mapping[str, float] = {"bias": -2.4, "question": 1.5, "name": 0.7, "both": 1.3, "strength": 7.0}
TEXT_RIVALRY = 4.0
FULL_STRENGTH = 8.0  # a worth, in words as rare as can be, that says all it can say


def text_certainty(*, question_share: float, name_share: float, worth: float, services: int) -> float:
    """How likely it is that the ranking by texts holds a right service, in a catalogue of so many services.

    It looks at how much of the question the first hit's name and keywords hold, how much of its name the question
    holds, and how much it was found by.
    """
    strength = min(1.0, worth / (FULL_STRENGTH * log(1 + services)))
    return _logistic(
        TEXT_CALIBRATION,
        {"question": question_share, "name": name_share, "both": question_share * name_share, "strength": strength},
    )


def share_out(properties: Mapping[str, float], scores: Sequence[float]) -> list[float]:
    """A probability for each hit of a ranking with these `scores`, best first; together at most 1."""
    first = _logistic(CALIBRATION, properties)
    likely = [first * score / scores[0] for score in scores]
    behind = sum(likely[1:])
    room = min(1.0, (1 - first) / behind) if behind else 1.0
    return [first, *(room * probability for probability in likely[1:])]


def rival_shares(scores: Sequence[float], *, rivalry: float) -> list[float]:
    """The part of each hit in the whole; a higher `rivalry` leaves less to those behind the first."""
    shares = [(score / scores[0]) ** rivalry for score in scores]
    return [share / sum(shares) for share in shares]


def _logistic(weights: Mapping[str, float], properties: Mapping[str, float]) -> float:
    odds = weights["bias"] + sum(weights[name] * value for name, value in properties.items())
    return 1 / (1 + exp(-odds))
