from datetime import date
from typing import Any

import pytest

from bot.catalogue.importers import values

ODD: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    1.5,
    float("nan"),
    float("inf"),
    "",
    " ",
    "\x00",
    "\ud800",
    [],
    {},
    [[]],
    "x" * 9,
]


@pytest.mark.parametrize("value", ODD)
def test_nothing_is_raised_for_any_type(value: Any) -> None:
    assert "\x00" not in values.text_of(value)
    assert "\ud800" not in values.id_of(value)
    assert values.url_of(value) == ""
    assert values.minutes_of(value) is None
    assert values.date_of(value) is None
    assert values.flag_of(value, default=True) in {True, False}
    assert isinstance(values.html_of(value), str)
    assert not values.mapping_of(value)
    assert not [item for item in values.mappings_of(value) if item]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("  a\n b ", "a b"),
        (False, ""),
        (None, ""),
        (12, "12"),
        ("\u200bx\x00", "x"),
        (["a"], ""),
        ("Fisch &amp; <b>Fang</b>", "Fisch & Fang"),
    ],
)
def test_text_is_one_clean_line(value: Any, expected: str) -> None:
    assert values.text_of(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [("12", "12"), (12, "12"), (True, ""), (1.0, ""), (None, ""), (" 7 ", "7"), ("a b", "")]
)
def test_id_is_a_string_or_a_whole_number(value: Any, expected: str) -> None:
    assert values.id_of(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(15, 15), ("15", 15), (0, None), ("", None), (601, None), ("15 min", None), ("9" * 5_000, None)],
)
def test_minutes_are_read_within_reason(value: Any, expected: int | None) -> None:
    assert values.minutes_of(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-06-08T07:41:01", date(2026, 6, 8)),
        ("2026-06-08", date(2026, 6, 8)),
        ("gestern", None),
        ("2026-13-01", None),
    ],
)
def test_day_of_a_time_is_read(value: Any, expected: date | None) -> None:
    assert values.date_of(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://a.example/{serviceId}", "https://a.example/7"),
        ("http://a.example", "http://a.example"),
        ("https://a.example/?b=1&copy=2&amp;d=3", "https://a.example/?b=1&copy=2&d=3"),
        ('https://a.example/"><script>', ""),
        ("https://a.example/{other}", ""),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("mailto:a@b.example", ""),
        ("//a.example/x", ""),
        ("https://", ""),
        ("https://[::1", ""),
        ("https://a.example/a b", ""),
        ("https://a.example/" + "x" * 2_000, ""),
    ],
)
def test_only_web_addresses_pass(value: str, expected: str) -> None:
    assert values.url_of(value, serviceId="7") == expected
