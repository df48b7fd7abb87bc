"""The figures of the desk: a page, and the same as a file. Of teams only, never of single members of staff."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from aiohttp import hdrs, web
from sqlalchemy import Connection

from bot.catalogue.validity import town_today
from bot.conversations.figures import BYS, LEAST_PEOPLE, Figures, Key
from bot.conversations.handoff import RESULTS
from bot.conversations.statistics import read_figures, read_total
from bot.errors import InputError
from bot.staff.audit import record
from bot.staff.roles import Team
from bot.staff.teams import list_teams
from bot.web.desk.statistics_csv import write_csv
from bot.web.desk.statistics_form import StatisticsForm, read_statistics_form
from bot.web.desk.statistics_rows import format_seconds, label_rows, percent
from bot.web.keys import STORE
from bot.web.staff.cookies import page_language
from bot.web.staff.current import current_staff
from bot.web.staff.rendering import render

STATISTICS = "/desk/statistics"


@dataclass(frozen=True, kw_only=True)
class Found:
    """What the database says."""

    teams: Mapping[int, Team]
    figures: Mapping[Key, Figures]
    total: Figures


async def show_statistics(request: web.Request) -> web.Response:
    """GET /desk/statistics?since=…&until=…&team=…&by=…"""
    staff, language = current_staff(request), page_language(request)
    form = read_statistics_form(request, staff, today=town_today())
    found = await request.app[STORE].read(_find, form)
    return render(
        request,
        "desk/statistics.html",
        topics=("statistics", "desk"),
        status=422 if form.fault else 200,
        form=form,
        bys=BYS,
        teams=[team for id_, team in found.teams.items() if id_ in staff.teams],
        rows=label_rows(found.figures, found.total, form, teams=found.teams, language=language),
        results=RESULTS,
        least_people=LEAST_PEOPLE,
        duration=partial(format_seconds, language=language),
        percent=percent,
        today=town_today().isoformat(),
    )


async def export(request: web.Request) -> web.Response:
    """GET /desk/statistics/export.csv, with the same query; an entry in the audit log.

    Raises:
        InputError: the query cannot be used.
    """
    staff, language = current_staff(request), page_language(request)
    form = read_statistics_form(request, staff, today=town_today())
    if form.fault:
        raise InputError(f"{form.fault}: these figures cannot be exported")

    def look(connection: Connection) -> Found:
        found = _find(connection, form)
        record(connection, staff, "exported", "statistics", {"format": "csv", **form.address})
        return found

    found = await request.app[STORE].write(look)
    rows = label_rows(found.figures, found.total, form, teams=found.teams, language=language)
    name = f"statistics-{form.wanted.since}-{form.wanted.until}.csv"
    headers = {hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"'}
    return web.Response(text=write_csv(rows, language), content_type="text/csv", charset="utf-8", headers=headers)


def _find(connection: Connection, form: StatisticsForm) -> Found:
    now = datetime.now(UTC)
    return Found(
        teams={team.id: team for team in list_teams(connection)},
        figures={} if form.fault else read_figures(connection, form.wanted, by=form.by, at=now),
        total=Figures() if form.fault else read_total(connection, form.wanted, at=now),
    )
