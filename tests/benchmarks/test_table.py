import pytest

from benchmarks.figures import check_aims, compare
from benchmarks.table import aim_lines, markdown_table, plain_table

OURS = {"turn_1_p50": 9.87, "throughput": 120.0, "memory_worker": 330.4, "training": 42.0, "start": 61.0}
STOCK = {"turn_1_p50": 44.0, "throughput": 15.0, "memory_worker": 812.0, "training": 5_400.0, "start": 50.0}


def cells(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_markdown_names_values_ratio_expectation_and_verdict():
    lines = [cells(line) for line in markdown_table(compare(OURS, STOCK)).splitlines()]
    assert lines[0] == ["", "Stadtlotse", "stock Rasa", "ratio", "expected", "met"]
    assert lines[2] == ["Reply at turn 1, p50", "9.9 ms", "44 ms", "1/4.5", "≤ 1/3", "yes"]
    assert lines[3] == ["Replies, 8 parallel citizens", "120 /s", "15 /s", "8×", "≥ 6×", "yes"]
    assert lines[-1] == ["Training", "42 s", "5,400 s", "1/129", "≤ 1/4", "yes"]


def test_what_is_slower_than_stock_is_a_multiple_and_not_met():
    (line,) = [line for line in markdown_table(compare(OURS, STOCK)).splitlines() if "Start" in line]
    assert cells(line)[3:] == ["1.2×", "≤ 1/4", "no"]


def test_memory_is_expected_as_a_share():
    (line,) = [line for line in markdown_table(compare(OURS, STOCK)).splitlines() if "worker" in line]
    assert cells(line)[3:] == ["41 %", "≤ 60 %", "yes"]


def test_one_system_alone_leaves_the_other_columns_empty():
    line = markdown_table(compare(OURS, {})).splitlines()[2]
    assert cells(line) == ["Reply at turn 1, p50", "9.9 ms", "", "", "≤ 1/3", ""]


def test_plain_columns_end_in_line():
    heading, rule, *lines = plain_table(compare(OURS, STOCK)).splitlines()
    verdict = heading.index("met")
    assert {line[verdict:] for line in lines} == {"yes", "no"}
    assert rule.index("─") == 0
    assert len(rule) == verdict + len("yes")


@pytest.mark.parametrize(
    ("value", "shown"), [(18.0, "18 (aim: at most 20), met"), (21.0, "21 (aim: at most 20), not met")]
)
def test_aim_says_value_limit_and_verdict(value, shown):
    assert aim_lines(check_aims({"turn_1_p50": value}))[0].endswith(shown)
