"""When a desk is open, and how far working time reaches. Moments have a time zone: the town's."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

DAYS_AHEAD = 60  # how far is looked; a desk that is closed for longer has no next opening

IsHoliday = Callable[[date], bool]


@dataclass(frozen=True, kw_only=True)
class Hours:
    """One period in which a desk is open; weekday 0 is Monday."""

    weekday: int
    opens: time
    closes: time


OFFICE_WEEK = tuple(Hours(weekday=day, opens=time(8), closes=time(16)) for day in range(5))  # where none is recorded


def open_periods(week: Sequence[Hours], start: datetime, is_holiday: IsHoliday) -> Iterator[tuple[datetime, datetime]]:
    """The periods from `start` on, in order; the first one may have begun before.

    Monday 8–12 and 13–16, asked on Monday at 12:30 → (Monday 13:00, 16:00), …
    """
    for ahead in range(DAYS_AHEAD):
        day = start.date() + timedelta(days=ahead)
        if is_holiday(day):
            continue
        today = sorted((hours.opens, hours.closes) for hours in week if hours.weekday == day.weekday())
        for opens, closes in today:
            end = datetime.combine(day, closes, start.tzinfo)
            if end > start:
                yield datetime.combine(day, opens, start.tzinfo), end


def add_working_time(start: datetime, amount: timedelta, *, week: Sequence[Hours], is_holiday: IsHoliday) -> datetime:
    """The moment at which so much working time has passed. A week without hours counts as the usual one of an office.

    Two hours from Friday 15:00, closed at 16:00 → Monday 9:00.
    """
    left, at = amount, start
    for opens, closes in open_periods(week or OFFICE_WEEK, start, is_holiday):
        begins = max(opens, at)
        # Across a change of the clocks only moments in UTC have a difference that is time passed.
        there = closes.timestamp() - begins.timestamp()
        if there >= left.total_seconds():
            return datetime.fromtimestamp(begins.timestamp() + left.total_seconds(), start.tzinfo)
        if there > 0:
            left -= timedelta(seconds=there)
            at = closes
    return start + timedelta(days=DAYS_AHEAD)


def overlap(week: Sequence[Hours]) -> tuple[Hours, Hours] | None:
    """Two periods of one day that overlap, None where there are none; what cannot be entered."""
    ordered = sorted(week, key=lambda hours: (hours.weekday, hours.opens))
    for one, other in pairwise(ordered):
        if one.weekday == other.weekday and other.opens < one.closes:
            return one, other
    return None
