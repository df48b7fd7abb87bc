import pytest

from benchmarks.figures import MEASURES, check_aims, compare, extrapolate, percentile


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([4, 1, 3, 2], 0.5, 2.5), ([1, 2, 3], 0.5, 2), ([7], 0.95, 7), (range(101), 0.95, 95), ([1, 3], 1.0, 3)],
)
def test_percentile_is_interpolated_between_sorted_values(values, share, expected):
    assert percentile(values, share) == pytest.approx(expected)


def test_percentile_of_nothing_is_refused():
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


def row_of(name, *, ours, stock):
    (row,) = compare({name: ours}, {name: stock})
    return row


@pytest.mark.parametrize(
    ("name", "ours", "stock", "is_met"),
    [
        ("turn_1_p50", 20.0, 60.0, True),
        ("turn_1_p50", 20.1, 60.0, False),
        ("turn_60_p50", 10.0, 80.0, True),
        ("turn_60_p50", 11.0, 80.0, False),
        ("throughput", 60.0, 10.0, True),
        ("throughput", 59.0, 10.0, False),
        ("start", 5.0, 20.0, True),
        ("start", 6.0, 20.0, False),
        ("training", 25.0, 100.0, True),
        ("training", 26.0, 100.0, False),
        ("memory_worker", 300.0, 500.0, True),
        ("memory_worker", 301.0, 500.0, False),
    ],
)
def test_expectation_is_met_up_to_its_limit(name, ours, stock, is_met):
    assert row_of(name, ours=ours, stock=stock).is_met is is_met


def test_measure_without_expectation_is_neither_met_nor_missed():
    assert row_of("turn_1_p95", ours=1.0, stock=2.0).is_met is None


def test_ratio_needs_both_systems():
    (row,) = compare({"start": 5.0}, {})
    assert (row.ours, row.stock, row.ratio, row.is_met) == (5.0, None, None, None)


def test_figures_stand_in_the_order_of_the_measures():
    figures = {measure.name: 1.0 for measure in reversed(MEASURES)}
    assert [row.measure for row in compare(figures, figures)] == list(MEASURES)


def test_aims_look_at_our_figures_alone():
    aims = check_aims({"turn_1_p50": 18.0, "turn_60_p50": 36.0})
    assert [(round(item.value, 2), item.is_met) for item in aims] == [(18.0, True), (2.0, False)]


def test_aims_of_unknown_figures_are_left_out():
    assert check_aims({"start": 3.0}) == []


def test_extrapolation_multiplies_only_the_epochs():
    assert extrapolate(60.0, loop_seconds=40.0, epochs=2, to_epochs=100) == 2_020.0
