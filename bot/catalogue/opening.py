"""Whether an office is open at a moment, until when, and when it opens again. All times are the town's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.catalogue.importers.record import OpeningHours
from bot.catalogue.public_holidays import PublicHolidays

DAYS_AHEAD = 14  # how far the next opening is looked for


@dataclass(frozen=True, kw_only=True)
class Opening:
    """How it is at the moment `at`: open `until` a time, or closed.

    Then `opens` is the next opening, None where it is not known. `holiday` says that today's is the reason.
    """

    at: datetime
    until: time | None = None
    opens: datetime | None = None
    holiday: bool = False


def find_opening(hours: Sequence[OpeningHours], at: datetime, holidays: PublicHolidays) -> Opening | None:
    """How it is at `at`, a moment of the town's clock; None where it cannot be told.

    That is where no hours are recorded, and on days that may be a holiday here or not. Hours are half-open: at 16:00
    sharp it is closed.
    """
    today = at.date()
    if not hours or holidays.may_be_on(today):
        return None
    is_holiday = bool(holidays.name_on(today, "de"))
    now = at.time()
    for opens, closes in [] if is_holiday else _periods(hours, today):
        if opens <= now < closes:
            return Opening(at=at, until=closes)
    return Opening(at=at, opens=_next(hours, at, holidays), holiday=is_holiday)


def _next(hours: Sequence[OpeningHours], at: datetime, holidays: PublicHolidays) -> datetime | None:
    for ahead in range(DAYS_AHEAD + 1):
        day = at.date() + timedelta(days=ahead)
        periods = [(opens, closes) for opens, closes in _periods(hours, day) if ahead or opens > at.time()]
        if not periods or holidays.name_on(day, "de"):
            continue
        if holidays.may_be_on(day):
            return None
        return datetime.combine(day, periods[0][0])
    return None


def _periods(hours: Sequence[OpeningHours], day: date) -> list[tuple[time, time]]:
    """The opening periods of a day in order; those that touch are one: 8–12 and 12–16 → 8–16."""
    merged: list[tuple[time, time]] = []
    for opens, closes in sorted((one.opens, one.closes) for one in hours if one.weekday == day.weekday()):
        if merged and opens <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(closes, merged[-1][1]))
        else:
            merged.append((opens, closes))
    return merged
