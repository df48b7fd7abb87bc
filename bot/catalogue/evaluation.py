"""How good search is on a file of questions with the right service ids (one JSON object a line).

Fields of a question: `q`, `ids` (acceptable service ids), optional `facet` and `style`.
Measures as usual in retrieval: MRR (mean of 1/rank of the first right hit, 0 where there is none) and recall at k
(share of questions with a right hit among the first k).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bot.catalogue.search import Hit
from bot.json_lines import read_json_lines


class LabelledQuestion(msgspec.Struct, frozen=True):
    """One line of the file."""

    q: str
    ids: tuple[str, ...]
    facet: str = ""
    style: str = ""


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """A question, what was found, and the rank of the first right hit (0: none)."""

    question: LabelledQuestion
    hits: Sequence[Hit]
    rank: int


@dataclass(frozen=True, kw_only=True)
class SearchFigures:
    """The contract's answer of `evaluate search`."""

    n: int
    mrr: float
    recall_at_1: float
    recall_at_3: float
    recall_at_10: float


def read_questions(path: Path) -> list[LabelledQuestion]:
    """The questions of a file.

    Raises:
        InputError: the file or a line of it cannot be read; the text names the line.
    """
    return [question for _, question in read_json_lines(path, LabelledQuestion, what="questions")]


def rank_all(questions: Sequence[LabelledQuestion], search: Callable[[str], Sequence[Hit]]) -> list[Ranked]:
    """Every question searched."""
    ranked = []
    for question in questions:
        hits = search(question.q)
        rank = next((place for place, hit in enumerate(hits, start=1) if hit.id in question.ids), 0)
        ranked.append(Ranked(question=question, hits=hits, rank=rank))
    return ranked


def measure(ranked: Sequence[Ranked]) -> SearchFigures:
    """The figures over `ranked`, which must not be empty."""
    n = len(ranked)

    def recall(k: int) -> float:
        return round(sum(0 < one.rank <= k for one in ranked) / n, 4)

    return SearchFigures(
        n=n,
        mrr=round(sum(1 / one.rank for one in ranked if one.rank) / n, 4),
        recall_at_1=recall(1),
        recall_at_3=recall(3),
        recall_at_10=recall(10),
    )


@dataclass(frozen=True, kw_only=True)
class Bin:
    """Of `n` questions with a score from `low` to `high`: their mean score, and how often the first hit was right."""

    low: float
    high: float
    n: int
    score: float
    right: float


def reliability(scored: Sequence[tuple[float, bool]], *, bins: int = 10) -> list[Bin]:
    """How far scores can be trusted: of a well calibrated search, `score` and `right` of each bin are the same.

    `scored` are the score of the first hit and whether it was right. Empty bins are left out.
    """
    sorted_in: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for score, right in scored:
        sorted_in[min(bins - 1, int(score * bins))].append((score, right))
    return [
        Bin(
            low=number / bins,
            high=(number + 1) / bins,
            n=len(found),
            score=sum(score for score, _ in found) / len(found),
            right=sum(right for _, right in found) / len(found),
        )
        for number, found in enumerate(sorted_in)
        if found
    ]


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What a threshold on the first hit's score does: the part of questions answered, and of these the part right."""

    threshold: float
    answered: float
    right: float


def threshold_effects(scored: Sequence[tuple[float, bool]], thresholds: Sequence[float]) -> list[Effect]:
    """The effect of each of `thresholds` on `scored`, which must not be empty."""
    effects = []
    for threshold in thresholds:
        answered = [right for score, right in scored if score >= threshold]
        share = sum(answered) / len(answered) if answered else 0.0
        effects.append(Effect(threshold=threshold, answered=len(answered) / len(scored), right=share))
    return effects
