"""What a conversation has been about, and whether a message goes on with it or begins something new."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log

# Logistic regression of "the message begins something new", on how likely search finds its best service (as log odds),
# how likely it asks for a facet, how many words it has that may name a service, and whether it points back ("dafür",
# "it"). Fitted on the development dialogues and, weighing less, questions asked for the first time, each with a
# service talked about before that has nothing to do with it (ADR 21).
NEWNESS: Mapping[str, float] = {"bias": -1.09, "score": 1.1, "facet": -2.89, "words": 1.56, "points_back": -1.31}
NEW_FROM = 0.6  # the service talked about is kept rather than left: the other one can still be named
MOST_WORDS = 4  # more of them say no more
LEAST_SCORE, HIGHEST_SCORE = 0.01, 0.99


@dataclass(frozen=True, kw_only=True)
class Context:
    """Ids of services: `current` is talked about, `offered` is a choice that is still open, `others` are what was
    offered or likely beside the current one, `earlier` what was talked about before, the newest first.
    """

    current: str | None = None
    offered: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()

    @property
    def near(self) -> tuple[str, ...]:
        """What a message is likely about: what is offered, else what is talked about."""
        return self.offered or ((self.current,) if self.current else ())


def is_new(*, score: float, facet: float, words: int, points_back: bool) -> bool:
    """True if a message is rather about another service than about the one talked about.

    `score` is the probability of the best service found, `facet` that a facet is asked for, `words` how many may name
    a service. "Und was kostet das für zwei Jahre?" goes on, "Was kostet ein Reisepass?" does not.
    """
    bounded = min(max(score, LEAST_SCORE), HIGHEST_SCORE)
    properties = {
        "score": log(bounded / (1 - bounded)),
        "facet": facet,
        "words": float(min(words, MOST_WORDS)),
        "points_back": float(points_back),
    }
    odds = NEWNESS["bias"] + sum(NEWNESS[name] * value for name, value in properties.items())
    return 1 / (1 + exp(-odds)) >= NEW_FROM
