from pathlib import Path

import pytest

from bot.catalogue.evaluation import (
    LabelledQuestion,
    measure,
    rank_all,
    read_questions,
    reliability,
    threshold_effects,
)
from bot.catalogue.search import Hit
from bot.errors import InputError


def hits(*ids: str) -> list[Hit]:
    return [Hit(id=id_, name=id_, score=0.5) for id_ in ids]


def test_figures_follow_their_definitions() -> None:
    found = {"first": hits("a"), "second": hits("b", "a"), "fourth": hits("b", "c", "d", "a"), "none": hits("b")}
    ranked = rank_all([LabelledQuestion(q=q, ids=("a",)) for q in found], found.__getitem__)
    figures = measure(ranked)
    assert figures.n == 4
    assert figures.mrr == pytest.approx((1 + 1 / 2 + 1 / 4) / 4)
    assert (figures.recall_at_1, figures.recall_at_3, figures.recall_at_10) == (0.25, 0.5, 0.75)


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text('{"q": "a", "ids": ["1"]}\n{"q": 3}\n', encoding="utf-8")
    with pytest.raises(InputError, match="line 2"):
        read_questions(path)


def test_an_empty_or_missing_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n", encoding="utf-8")
    with pytest.raises(InputError, match="no questions"):
        read_questions(tmp_path / "empty.jsonl")
    with pytest.raises(InputError, match="cannot be read"):
        read_questions(tmp_path / "missing.jsonl")


def test_reliability_sorts_scores_into_bins() -> None:
    rows = reliability([(0.05, False), (0.08, True), (0.95, True), (1.0, True)])
    assert [(row.low, row.n, row.right) for row in rows] == [(0.0, 2, 0.5), (0.9, 2, 1.0)]
    assert rows[1].score == pytest.approx(0.975)


def test_threshold_effects_say_how_many_are_answered_and_right() -> None:
    effects = threshold_effects([(0.9, True), (0.6, False), (0.5, True), (0.1, False)], [0.5, 0.95])
    assert (effects[0].answered, effects[0].right) == (0.75, pytest.approx(2 / 3))
    assert (effects[1].answered, effects[1].right) == (0.0, 0.0)
