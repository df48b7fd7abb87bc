"""What the statistics of the desk are made of; see `statistics`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta, tzinfo
from typing import Literal, get_args

from bot.conversations.handoff import Result

By = Literal["team", "week", "day"]
BYS: tuple[By, ...] = get_args(By)
Key = int | date  # the id of a team, a day, the Monday of a week

LEAST_PEOPLE = 3


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which: of these teams, with wishes from `since` to `until`, both included, by the clock of `zone`."""

    teams: frozenset[int]
    since: date
    until: date
    zone: tzinfo
    least_people: int = LEAST_PEOPLE


@dataclass(frozen=True, kw_only=True)
class Spread:
    """How long something took, in seconds."""

    count: int
    median: int
    ninety: int
    longest: int


@dataclass(frozen=True, kw_only=True)
class Requests:
    """Requests that were taken, and what became of them until now."""

    taken: int = 0
    in_time: int = 0
    late: int = 0
    overdue: int = 0
    open: int = 0  # and not due yet


@dataclass(frozen=True, kw_only=True)
class Feedback:
    """What citizens said at the end of conversations."""

    helpful: int = 0
    not_helpful: int = 0


@dataclass(frozen=True, kw_only=True)
class Figures:
    """One row. `people` is how many caseworkers ended conversations in it; None stands for what is not told."""

    wishes: int = 0
    waiting: Spread | None = None
    handling: Spread | None = None
    ended: int = 0  # after somebody had taken them
    outcomes: Mapping[Result, int] = field(default_factory=dict)
    left: int = 0  # by the citizen, after somebody had taken them
    unanswered: int = 0  # left by the citizen before that
    open: int = 0
    people: int = 0
    requests: Requests = Requests()
    feedback: Feedback | None = Feedback()

    @property
    def hides_people(self) -> bool:
        """Whether something is not told because too few people worked on it."""
        return self.feedback is None


def list_keys(wanted: Wanted, *, by: By) -> list[Key]:
    """What there is a row for."""
    if by == "team":
        return sorted(wanted.teams)
    days = [wanted.since + timedelta(days=number) for number in range((wanted.until - wanted.since).days + 1)]
    return list(days) if by == "day" else list(dict.fromkeys(day - timedelta(days=day.weekday()) for day in days))
