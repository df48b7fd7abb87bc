"""Which figures somebody wants to see: what the address says, and what is wrong with it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from aiohttp import web

from bot.catalogue.validity import TOWN_TIME
from bot.conversations.figures import BYS, By, Wanted
from bot.staff.roles import Staff

USUAL = timedelta(days=27)  # before today
LONGEST = timedelta(days=366)
FIRST_YEAR, LAST_YEAR = 2000, 2999

Fault = Literal["", "since", "until", "order", "length", "team"]


@dataclass(frozen=True, kw_only=True)
class StatisticsForm:
    """The days and the team as typed, by what they are put into rows, and what is wrong; then `wanted` is the usual."""

    since: str
    until: str
    team: str  # "" is all of one's own
    by: By
    wanted: Wanted
    fault: Fault = ""

    @property
    def address(self) -> dict[str, str]:
        """The query that leads to the same figures."""
        return {"since": self.since, "until": self.until, "team": self.team, "by": self.by}


def read_statistics_form(request: web.Request, staff: Staff, *, today: date) -> StatisticsForm:
    """What ?since=2026-11-01&until=2026-11-30&team=3&by=week asks for; the last four weeks where it says nothing."""
    query = request.query
    usual = Wanted(teams=staff.teams, since=today - USUAL, until=today, zone=TOWN_TIME)
    since_text, until_text = (query.get(name, "").strip()[:20] for name in ("since", "until"))
    since, until = (_day(since_text) if since_text else usual.since), (_day(until_text) if until_text else usual.until)
    team = query.get("team", "").strip()[:20]
    teams = staff.teams if not team else frozenset(id_ for id_ in staff.teams if str(id_) == team)
    by: By = next((known for known in BYS if known == query.get("by")), "week")
    fault = _fault(since, until, has_team=bool(teams) or not staff.teams)
    wanted = usual
    if not fault and since is not None and until is not None:
        wanted = Wanted(teams=teams, since=since, until=until, zone=TOWN_TIME)
    return StatisticsForm(
        since=since_text or usual.since.isoformat(),
        until=until_text or usual.until.isoformat(),
        team=team,
        by=by,
        wanted=wanted,
        fault=fault,
    )


def _fault(since: date | None, until: date | None, *, has_team: bool) -> Fault:
    if since is None:
        return "since"
    if until is None:
        return "until"
    if since > until:
        return "order"
    if until - since > LONGEST:
        return "length"
    return "" if has_team else "team"


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None
