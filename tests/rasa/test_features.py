"""What of a message the model looks at."""

import numpy as np

from bot.nlu.features import extract, learn_vocabulary


def test_lemmas_pairs_and_pieces_are_features() -> None:
    features = extract(["Gebühren"], ["Gebühr"])
    assert {"lgebuhr", "p^ gebuhr", "pgebuhr $", "c ge", "cren ", "cgebuh"} <= set(features)


def test_pairs_reach_over_two_words() -> None:
    features = extract([], ["how", "much", "does", "it", "cost"])
    assert "phow it" in features
    assert "phow cost" not in features


def test_every_number_is_the_same_feature() -> None:
    assert extract(["2024"], ["2024"]) == extract(["17"], ["17"])


def test_marks_are_no_features() -> None:
    assert extract(["?", "…", "👍"], ["?", "…", "👍"]) == []


def test_a_very_long_word_is_cut() -> None:
    assert max(map(len, extract(["x" * 1000], ["x" * 1000]))) < 60


def test_rare_features_are_not_learned() -> None:
    vocabulary = learn_vocabulary([["la", "lb"], ["la"]], min_count=2)
    assert list(vocabulary.index) == ["la"]


def test_pieces_do_not_drown_lemmas() -> None:
    vocabulary = learn_vocabulary([["c1", "c2", "c3", "la"]] * 2, min_count=1)
    rows, weights = vocabulary.weigh(["c1", "c2", "c3", "la"])
    assert np.isclose(np.linalg.norm(weights[rows < vocabulary.pieces]), 1.0)
    assert np.isclose(np.linalg.norm(weights[rows >= vocabulary.pieces]), 1.0)


def test_an_unknown_message_has_no_rows() -> None:
    vocabulary = learn_vocabulary([["la"]], min_count=1)
    rows, weights = vocabulary.weigh(["lb"])
    assert rows.size == weights.size == 0
