"""Moments grouped by the days and weeks of a town's clock, in SQL that both databases answer alike.

SQLite knows no time zones; so the clock's distance from UTC is put into the statement, from change to change.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, case, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import Integer

DAY_SECONDS = 86_400
EPOCH = date(1970, 1, 1)  # a Thursday
MONDAY = 3  # so many days before it a week began


def midnight(day: date, zone: tzinfo) -> datetime:
    """When the day begins there, in UTC."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def day_number(moment: ColumnElement[Any], since: date, until: date, zone: tzinfo) -> ColumnElement[int]:
    """The day of a moment by the clock there, as days since 1970; right for moments of these days, both included."""
    seconds = seconds_since_1970(moment)
    first, *changes = find_offsets(midnight(since, zone), midnight(until + timedelta(days=1), zone), zone)
    ahead: ColumnElement[int] = literal(first[1])
    if changes:
        ahead = case(*((seconds >= begins, later) for begins, later in reversed(changes)), else_=ahead)
    return (seconds + ahead) // DAY_SECONDS


def monday_number(day: ColumnElement[int]) -> ColumnElement[int]:
    """The day on which the week of a day began."""
    return (day + MONDAY) // 7 * 7 - MONDAY


def day_of(number: int) -> date:
    """The day that is so many days after 1970 began."""
    return EPOCH + timedelta(days=number)


def find_offsets(start: datetime, end: datetime, zone: tzinfo) -> list[tuple[int, int]]:
    """From which moment on (in seconds since 1970) the clock is so many seconds before UTC; the first is `start`'s.

    Clocks change at a full hour of UTC, as in all of the European Union.
    """
    found: list[tuple[int, int]] = []
    for moment in range(int(start.timestamp()), int(end.timestamp()), 3_600):
        ahead = datetime.fromtimestamp(moment, zone).utcoffset() or timedelta()
        if not found or found[-1][1] != ahead.total_seconds():
            found.append((moment, int(ahead.total_seconds())))
    return found


class seconds_since_1970(GenericFunction[int]):  # noqa: N801 - SQLAlchemy names the function after the class
    """Whole seconds, rounded down."""

    type = Integer()
    inherit_cache = True


@compiles(seconds_since_1970, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **options)}) AS INTEGER)"


@compiles(seconds_since_1970, "postgresql")
def _on_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST(floor(extract(epoch FROM {compiler.process(element.clauses, **options)})) AS BIGINT)"
