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
from bot.errors import InputError


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
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    questions = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            questions.append(msgspec.json.decode(line, type=LabelledQuestion))
        except msgspec.DecodeError as error:
            raise InputError(f"{path}, line {number}: {error}") from error
    if not questions:
        raise InputError(f"{path}: holds no questions")
    return questions


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
