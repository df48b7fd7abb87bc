"""Figures of the desk, per team, day or week of the town. What each means stands in locales/statistics.*.yml.

Everything counts on the day of the wish, by the town's clock, and for the team that had it last. Times are whole
seconds; median and 90 % are by nearest rank: of n values in order the one at place ceil(n × share), so a value that
occurred, and the same on both databases.

There are no figures on single members of staff, and none that come to the same: how long work took and how it was
judged is not told where fewer than LEAST_PEOPLE did it.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CTE, ColumnElement, Connection, Select, and_, case, func, literal, select

from bot.conversations.clock_days import day_number, day_of, midnight, monday_number, seconds_since_1970
from bot.conversations.figures import By, Feedback, Figures, Key, Requests, Spread, Wanted, list_keys
from bot.conversations.handoff import RESULTS
from bot.conversations.handoffs import HANDOFF, OPEN_STATES
from bot.conversations.queries import FEEDBACK
from bot.conversations.requests import REQUEST


def read_figures(connection: Connection, wanted: Wanted, *, by: By, at: datetime) -> dict[Key, Figures]:
    """The figures in order, also of teams, days and weeks in which nothing happened; `at` decides what is overdue."""
    return {key: Figures() for key in list_keys(wanted, by=by)} | _read(connection, wanted, by=by, at=at)


def read_total(connection: Connection, wanted: Wanted, *, at: datetime) -> Figures:
    """The figures of all together; of percentiles there is no other way to it."""
    return _read(connection, wanted, by=None, at=at).get(0, Figures())


def _read(connection: Connection, wanted: Wanted, *, by: By | None, at: datetime) -> dict[Key, Figures]:
    wishes = _select_wishes(wanted, by).cte("wishes")
    found = {row.key: _counted(row) for row in connection.execute(_count(wishes))}
    for row in connection.execute(_spread(wishes, wishes.c.waiting)):
        found[row.key] = replace(found.get(row.key, Figures()), waiting=_to_spread(row))
    for row in connection.execute(_spread(wishes, wishes.c.handling)):
        found[row.key] = replace(found.get(row.key, Figures()), handling=_to_spread(row))
    for row in connection.execute(_count_feedback(wishes)):
        feedback = Feedback(helpful=row.helpful, not_helpful=row.not_helpful)
        found[row.key] = replace(found.get(row.key, Figures()), feedback=feedback)
    for row in connection.execute(_count_requests(_select_requests(wanted, by).cte("requests"), at)):
        requests = Requests(**{name: getattr(row, name) for name in Requests.__dataclass_fields__})
        found[row.key] = replace(found.get(row.key, Figures()), requests=requests)
    return {
        number if by in {None, "team"} else day_of(number): _without_people(figures, least=wanted.least_people)
        for number, figures in sorted(found.items())
    }


def _select_wishes(wanted: Wanted, by: By | None) -> Select[Any]:
    moment = HANDOFF.c.requested_at
    return select(
        _group(wanted, by, HANDOFF.c.team_id, moment).label("key"),
        _passed(moment, HANDOFF.c.claimed_at).label("waiting"),
        _passed(HANDOFF.c.claimed_at, HANDOFF.c.closed_at).label("handling"),
        HANDOFF.c.state,
        HANDOFF.c.outcome,
        HANDOFF.c.assignee_id,
        HANDOFF.c.conversation_id,
        HANDOFF.c.closing_number,
    ).where(*_within(wanted, HANDOFF.c.team_id, moment))


def _select_requests(wanted: Wanted, by: By | None) -> Select[Any]:
    moment = REQUEST.c.created_at
    return select(
        _group(wanted, by, REQUEST.c.team_id, moment).label("key"),
        REQUEST.c.state,
        REQUEST.c.due_at,
        REQUEST.c.answered_at,
    ).where(*_within(wanted, REQUEST.c.team_id, moment))


def _within(wanted: Wanted, team: ColumnElement[int], moment: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    start, end = midnight(wanted.since, wanted.zone), midnight(wanted.until + timedelta(days=1), wanted.zone)
    return [team.in_(sorted(wanted.teams)), moment >= start, moment < end]


def _group(wanted: Wanted, by: By | None, team: ColumnElement[int], moment: ColumnElement[Any]) -> ColumnElement[int]:
    """The number a row is grouped by: 0, the team's id, the day since 1970, or that of the week's Monday."""
    if by is None:
        return literal(0)
    if by == "team":
        return team
    day = day_number(moment, wanted.since, wanted.until, wanted.zone)
    return day if by == "day" else monday_number(day)


def _count(wishes: CTE) -> Select[Any]:
    was_taken, was_left = wishes.c.waiting.is_not(None), wishes.c.state == "left"
    has_ended = wishes.c.handling.is_not(None)
    outcomes = [_number(wishes.c.outcome == result).label(f"outcome_{result}") for result in RESULTS]
    return select(
        wishes.c.key,
        func.count().label("wishes"),
        _number(has_ended).label("ended"),
        _number(and_(was_left, was_taken)).label("left"),
        _number(and_(was_left, ~was_taken)).label("unanswered"),
        _number(wishes.c.state.in_(OPEN_STATES)).label("open"),
        func.count(case((has_ended, wishes.c.assignee_id)).distinct()).label("people"),
        *outcomes,
    ).group_by(wishes.c.key)


def _counted(row: Any) -> Figures:
    names = ("wishes", "ended", "left", "unanswered", "open", "people")
    outcomes = {result: getattr(row, f"outcome_{result}") for result in RESULTS}
    return Figures(outcomes=outcomes, **{name: getattr(row, name) for name in names})


def _spread(wishes: CTE, seconds: ColumnElement[int]) -> Select[Any]:
    """Nearest rank in whole numbers: place ceil(n × 90 / 100) is (n × 90 + 99) / 100, rounded down."""
    ranked = (
        select(
            wishes.c.key,
            seconds.label("seconds"),
            func.row_number().over(partition_by=wishes.c.key, order_by=seconds).label("place"),
            func.count().over(partition_by=wishes.c.key).label("count"),
        )
        .where(seconds.is_not(None))
        .subquery("ranked")
    )

    def at_place(percent: int) -> ColumnElement[int]:
        place = (ranked.c.count * percent + 99) // 100
        return func.max(case((ranked.c.place == place, ranked.c.seconds)))

    return select(
        ranked.c.key,
        func.max(ranked.c.count).label("count"),
        at_place(50).label("median"),
        at_place(90).label("ninety"),
        func.max(ranked.c.seconds).label("longest"),
    ).group_by(ranked.c.key)


def _to_spread(row: Any) -> Spread:
    return Spread(count=row.count, median=row.median, ninety=row.ninety, longest=row.longest)


def _count_feedback(wishes: CTE) -> Select[Any]:
    said = (FEEDBACK.c.conversation_id == wishes.c.conversation_id) & (FEEDBACK.c.number == wishes.c.closing_number)
    return (
        select(
            wishes.c.key,
            _number(FEEDBACK.c.helpful).label("helpful"),
            _number(~FEEDBACK.c.helpful).label("not_helpful"),
        )
        .select_from(wishes.join(FEEDBACK, said))
        .group_by(wishes.c.key)
    )


def _count_requests(requests: CTE, at: datetime) -> Select[Any]:
    is_open, is_due = requests.c.state == "open", requests.c.due_at < at
    in_time = requests.c.answered_at <= requests.c.due_at
    return select(
        requests.c.key,
        func.count().label("taken"),
        _number(and_(~is_open, in_time)).label("in_time"),
        _number(and_(~is_open, ~in_time)).label("late"),
        _number(and_(is_open, is_due)).label("overdue"),
        _number(and_(is_open, ~is_due)).label("open"),
    ).group_by(requests.c.key)


def _passed(begin: ColumnElement[Any], end: ColumnElement[Any]) -> ColumnElement[int]:
    """Whole seconds, none where the clock was set back; NULL where one of both is."""
    passed = seconds_since_1970(end) - seconds_since_1970(begin)
    return case((passed < 0, 0), else_=passed)


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))


def _without_people(figures: Figures, *, least: int) -> Figures:
    if figures.ended == 0 or figures.people >= least:
        return figures
    return replace(figures, handling=None, feedback=None)
