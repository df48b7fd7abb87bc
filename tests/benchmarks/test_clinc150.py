"""The figures of the public benchmark, from confidences to a threshold."""

import pytest

from benchmarks.clinc150 import Understood, accuracy, choose_threshold, share_below

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
