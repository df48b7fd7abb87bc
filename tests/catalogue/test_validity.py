from datetime import date

import pytest

from bot.catalogue.validity import is_valid, next_turn, valid_catalogue
from tests.catalogue.records import catalogue, service

DAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "expected"),
    [
        (None, None, True),
        (DAY, DAY, True),
        (date(2026, 11, 23), None, False),
        (None, date(2026, 11, 21), False),
        (date(2026, 1, 1), date(2026, 12, 31), True),
    ],
)
def test_both_ends_belong_to_the_validity(valid_from: date | None, valid_until: date | None, expected: bool) -> None:
    one = service("a", "A", valid_from=valid_from, valid_until=valid_until)
    assert is_valid(one, on=DAY) is expected
    assert (set(valid_catalogue(catalogue(one), on=DAY).services) == {"a"}) is expected


def test_the_next_turn_is_the_day_on_which_others_are_valid() -> None:
    services = [
        service("a", "A", valid_from=date(2027, 2, 1)),
        service("b", "B", valid_until=date(2026, 12, 31)),
        service("c", "C", valid_from=date(2020, 1, 1), valid_until=date.max),
    ]
    assert next_turn(services, after=DAY) == date(2027, 1, 1)
    assert next_turn(services, after=date(2027, 1, 1)) == date(2027, 2, 1)
    assert next_turn(services, after=date(2027, 2, 1)) is None
