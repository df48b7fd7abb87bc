"""The figures of the public benchmark, from confidences to a threshold."""

import pytest

from benchmarks.clinc150 import Understood, accuracy, choose_threshold, figures, share_below, table

EXAMPLES = [Understood("a", "a", 0.9), Understood("a", "b", 0.2), Understood("b", "b", 0.5), Understood("b", "b", 0.3)]


def test_accuracy_is_the_share_understood_rightly() -> None:
    assert accuracy(EXAMPLES) == 0.75


def test_threshold_catches_the_wanted_share() -> None:
    confidences = [example.confidence for example in EXAMPLES]
    threshold = choose_threshold(confidences, recall=0.5)
    assert threshold == 0.5
    assert share_below(EXAMPLES, threshold) == 0.5


@pytest.mark.parametrize("recall", [0.0, 1.0])
def test_threshold_stays_within_what_was_seen(recall: float) -> None:
    assert choose_threshold([0.4, 0.2], recall=recall) in {0.2, 0.4}


def test_accuracy_with_a_threshold_counts_only_what_is_sure() -> None:
    assert accuracy(EXAMPLES, threshold=0.4) == 0.5


def test_a_column_says_what_both_processes_measured() -> None:
    training = {"seconds": 60.0, "cpu_seconds": 90.0, "memory": 900.0, "size": 4.0}
    parts = {
        "test": [["a", "a", 0.9], ["b", "b", 0.3]],
        "oos_val": [["oos", "a", 0.1], ["oos", "a", 0.5]],
        "oos_test": [["oos", "b", 0.2], ["oos", "b", 0.6]],
    }
    understood = {"parts": parts, "milliseconds": 0.3, "cpu_milliseconds": 0.4, "memory": 300.0}
    column = figures(training, understood, epochs=None)
    assert (column["in scope, accuracy"], column["threshold"], column["  with threshold"]) == (1.0, 0.5, 0.5)
    assert (column["out of scope, recall"], column["epochs"]) == (0.5, None)
    assert (column["training, CPU seconds"], column["loaded, megabytes at most"]) == (90.0, 300.0)


def test_table_has_a_column_for_each_pipeline() -> None:
    lines = table({"Stadtlotse": {"epochs": None, "threshold": 0.45}, "stock Rasa": {"epochs": 30, "threshold": 0.1}})
    assert [line.split() for line in lines.splitlines()] == [
        ["Stadtlotse", "stock", "Rasa"],
        ["epochs", "–", "30"],
        ["threshold", "0.450", "0.100"],
    ]
