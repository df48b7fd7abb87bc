from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from bot.conversations.desk_hours import list_hours, set_hours
from bot.conversations.working_time import Hours, add_working_time, open_periods
from bot.errors import InputError
from tests.conversations.desk import Desk

BERLIN = ZoneInfo("Europe/Berlin")
WEEK = (
    Hours(weekday=0, opens=time(8), closes=time(12)),
    Hours(weekday=0, opens=time(13), closes=time(16)),
    *(Hours(weekday=day, opens=time(8), closes=time(16)) for day in (1, 2, 3)),
    Hours(weekday=4, opens=time(8), closes=time(12)),
)


def at(day: int, hour: float, month: int = 5) -> datetime:
    """2026-05-04 is a Monday."""
    return datetime(2026, month, day, int(hour), round(hour % 1 * 60), tzinfo=BERLIN)


def no_holiday(day: date) -> bool:
    return False


@pytest.mark.parametrize(
    ("asked", "opens", "closes"),
    [
        (at(4, 7), at(4, 8), at(4, 12)),
        (at(4, 9), at(4, 8), at(4, 12)),
        (at(4, 12), at(4, 13), at(4, 16)),  # half-open: at noon sharp it is closed
        (at(4, 16.5), at(5, 8), at(5, 16)),
        (at(8, 13), at(11, 8), at(11, 12)),  # Friday afternoon
    ],
)
def test_next_period(asked: datetime, opens: datetime, closes: datetime) -> None:
    assert next(open_periods(WEEK, asked, no_holiday)) == (opens, closes)


def test_holiday_is_left_out() -> None:
    assert next(open_periods(WEEK, at(5, 9), lambda day: day == date(2026, 5, 5)))[0] == at(6, 8)


def test_desk_without_hours_never_opens() -> None:
    assert list(open_periods((), at(4, 9), no_holiday)) == []


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        (at(4, 9), 2, at(4, 11)),
        (at(4, 11), 2, at(4, 14)),  # over the noon break
        (at(4, 6), 1, at(4, 9)),
        (at(8, 11), 2, at(11, 9)),  # over the weekend
        (at(9, 11), 4, at(11, 12)),  # asked on a Saturday; the end of a period is the end, not the next beginning
    ],
)
def test_working_time_passes_only_while_the_desk_is_open(start: datetime, hours: int, due: datetime) -> None:
    assert add_working_time(start, timedelta(hours=hours), week=WEEK, is_holiday=no_holiday) == due


def test_working_time_does_not_pass_on_a_holiday() -> None:
    due = add_working_time(at(4, 15), timedelta(hours=2), week=WEEK, is_holiday=lambda day: day == date(2026, 5, 5))
    assert due == at(6, 9)


def test_week_without_hours_counts_as_a_usual_one() -> None:
    assert add_working_time(at(8, 15), timedelta(hours=2), week=(), is_holiday=no_holiday) == at(11, 9)


def test_night_in_which_the_clocks_change_is_worked_through_rightly() -> None:
    sunday = (Hours(weekday=6, opens=time(1), closes=time(5)),)  # 2026-03-29: 2:00 becomes 3:00, three hours pass
    due = add_working_time(at(29, 1, month=3), timedelta(hours=3), week=sunday, is_holiday=no_holiday)
    assert due == at(29, 5, month=3)


def test_hours_are_kept_in_the_order_of_the_week_and_replaced(desk: Desk, engine: Engine) -> None:
    with engine.begin() as connection:
        set_hours(connection, desk.team, tuple(reversed(WEEK)))
        assert list_hours(connection, desk.team) == WEEK
        set_hours(connection, desk.team, WEEK[:1])
        assert list_hours(connection, desk.team) == WEEK[:1]
        assert list_hours(connection, desk.team + 1) == ()


@pytest.mark.parametrize(
    "wrong",
    [
        (Hours(weekday=0, opens=time(12), closes=time(8)),),
        (Hours(weekday=0, opens=time(8), closes=time(8)),),
        (Hours(weekday=7, opens=time(8), closes=time(12)),),
        (Hours(weekday=0, opens=time(8), closes=time(12)), Hours(weekday=0, opens=time(11), closes=time(13))),
    ],
)
def test_hours_that_make_no_sense_are_refused(desk: Desk, engine: Engine, wrong: tuple[Hours, ...]) -> None:
    with engine.begin() as connection:
        set_hours(connection, desk.team, WEEK)
        with pytest.raises(InputError):
            set_hours(connection, desk.team, wrong)
        assert list_hours(connection, desk.team) == WEEK
