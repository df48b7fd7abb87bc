"""How long somebody will wait, from real figures: nothing is said where there are none."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from bot.conversations.handoffs import HANDOFF, list_active, list_queue
from bot.conversations.presence import list_present
from bot.language import LANGUAGES

RECENT = timedelta(days=30)  # what counts as recent
MOST_FIGURES = 30
LEAST_FIGURES = 5


@dataclass(frozen=True, kw_only=True)
class Place:
    """Somebody's place in the queue, 1 is next; `minutes` is about how long it will take, None where nobody knows."""

    position: int
    minutes: int | None


def list_places(connection: Connection, team_id: int, *, at: datetime, seen_since: datetime) -> dict[str, Place]:
    """The places of all who wait for the team, by conversation. Only who speaks their language will take them."""
    queue = list_queue(connection, team_id)
    if not queue:
        return {}
    durations = list_durations(connection, team_id, since=at - RECENT)
    present = {
        language: list_present(connection, team_id, since=seen_since, language=language) for language in LANGUAGES
    }
    busy = {handoff.assignee_id for handoff in list_active(connection, team_id)}
    return {
        handoff.conversation_id: Place(
            position=position,
            minutes=estimate_minutes(
                position,
                durations=durations,
                present=len(present[handoff.language]),
                free=len(present[handoff.language] - busy),
            ),
        )
        for position, handoff in enumerate(queue, start=1)
    }


def list_durations(connection: Connection, team_id: int, *, since: datetime) -> tuple[float, ...]:
    """How long the team's last handoffs took from claim to end, in seconds, the newest first.

    One that ended before it began, because the clock was set back meanwhile, says nothing.
    """
    query = (
        select(HANDOFF.c.claimed_at, HANDOFF.c.closed_at)
        .where(HANDOFF.c.team_id == team_id, HANDOFF.c.closed_at >= since, HANDOFF.c.claimed_at <= HANDOFF.c.closed_at)
        .order_by(HANDOFF.c.closed_at.desc())
        .limit(MOST_FIGURES)
    )
    return tuple((closed_at - claimed_at).total_seconds() for claimed_at, closed_at in connection.execute(query))


def estimate_minutes(position: int, *, durations: Sequence[float], present: int, free: int) -> int | None:
    """Minutes until the turn of `position`, rounded up; None without enough figures or without anybody there.

    Each of the `present` caseworkers ends a conversation every so many minutes, so the k-th in the queue waits for k
    ends, fewer by those who are `free` now: third, two present, one free, 10 minutes each → 10.
    """
    if len(durations) < LEAST_FIGURES or present == 0:
        return None
    ends = max(0, position - free)
    mean = sum(durations) / len(durations)
    return max(1, math.ceil(ends * mean / present / 60))
