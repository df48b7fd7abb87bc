"""Lists of requests for the desk, page by page, and how many there are. All take the teams of who asks."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, select, tuple_

from bot.conversations.requests import REQUEST, StoredRequest, select_requests, to_request

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Count:
    """How many requests are open, and how many of them should have been answered by now."""

    open: int
    overdue: int


def list_open(
    connection: Connection,
    teams: frozenset[int],
    *,
    assignee_id: int | None = None,
    after: StoredRequest | None = None,
    limit: int = PAGE,
) -> tuple[StoredRequest, ...]:
    """Open requests, or those somebody has taken; what is due first comes first.

    `after` is the last one of the page before.
    """
    query = select_requests().where(REQUEST.c.team_id.in_(teams), REQUEST.c.state == "open")
    if assignee_id is not None:
        query = query.where(REQUEST.c.assignee_id == assignee_id)
    if after is not None:
        query = query.where(tuple_(REQUEST.c.due_at, REQUEST.c.id) > _place(after.due_at, after))
    rows = connection.execute(query.order_by(REQUEST.c.due_at, REQUEST.c.id).limit(limit))
    return tuple(map(to_request, rows))


def list_answered(
    connection: Connection, teams: frozenset[int], *, after: StoredRequest | None = None, limit: int = PAGE
) -> tuple[StoredRequest, ...]:
    """Answered requests, the last answer first."""
    query = select_requests().where(REQUEST.c.team_id.in_(teams), REQUEST.c.state == "answered")
    if after is not None and after.answered_at is not None:
        query = query.where(tuple_(REQUEST.c.answered_at, REQUEST.c.id) < _place(after.answered_at, after))
    rows = connection.execute(query.order_by(REQUEST.c.answered_at.desc(), REQUEST.c.id.desc()).limit(limit))
    return tuple(map(to_request, rows))


def count_requests(connection: Connection, *, at: datetime) -> dict[int, Count]:
    """How many each team has open and overdue at this moment; teams without any are left out."""
    overdue = func.count(case((REQUEST.c.due_at < at, 1)))
    query = (
        select(REQUEST.c.team_id, func.count(), overdue).where(REQUEST.c.state == "open").group_by(REQUEST.c.team_id)
    )
    return {team_id: Count(open=all_open, overdue=late) for team_id, all_open, late in connection.execute(query)}


def add_up(counts: Mapping[int, Count], teams: Collection[int]) -> Count:
    """The counts of these teams together."""
    theirs = [counts[team] for team in teams if team in counts]
    return Count(open=sum(count.open for count in theirs), overdue=sum(count.overdue for count in theirs))


def _place(at: datetime, request: StoredRequest) -> Any:
    return tuple_(bindparam(None, at, type_=REQUEST.c.due_at.type), bindparam(None, request.id))
