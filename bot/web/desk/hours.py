"""Pages on the hours of a team's desk: admins set those of all teams, leads those of their own."""

from typing import Any

from aiohttp import web
from babel.dates import get_day_names
from sqlalchemy import Connection

from bot.conversations.desk_hours import change_hours, list_hours
from bot.errors import NotFoundError
from bot.phrases import REGIONS
from bot.staff.roles import Staff, Team
from bot.staff.teams import list_teams
from bot.web.desk.week_form import WeekForm, read_week, show_week
from bot.web.keys import STORE
from bot.web.staff.cookies import page_language
from bot.web.staff.current import current_staff
from bot.web.staff.forms import id_in_path, read_form
from bot.web.staff.rendering import go_to, render

HOURS = "/desk/hours"
TOPICS = ("desk_settings",)


async def show_all(request: web.Request) -> web.Response:
    """GET /desk/hours: the teams whose hours one may set."""
    staff = current_staff(request)

    def look(connection: Connection) -> list[tuple[Team, WeekForm]]:
        return [(team, show_week(list_hours(connection, team.id))) for team in _own_teams(connection, staff)]

    teams = await request.app[STORE].read(look)
    return render(request, "desk/hours.html", topics=TOPICS, teams=teams, days=_days(request))


async def show_team(request: web.Request) -> web.Response:
    """GET /desk/hours/{team}."""
    staff, team_id = current_staff(request), id_in_path(request, "team")

    def look(connection: Connection) -> tuple[Team, WeekForm]:
        return _own_team(connection, staff, team_id), show_week(list_hours(connection, team_id))

    return _page(request, *await request.app[STORE].read(look))


async def change(request: web.Request) -> web.Response:
    """POST /desk/hours/{team}: opens-0-0, closes-0-0, … by weekday and pair. Citizens are told so at once."""
    staff, team_id = current_staff(request), id_in_path(request, "team")
    written = read_week(await read_form(request))

    def keep(connection: Connection) -> Team:
        team = _own_team(connection, staff, team_id)
        if not written.faults:
            change_hours(connection, staff, team_id, written.week)
        return team

    team = await request.app[STORE].write(keep)
    if written.faults:
        return _page(request, team, written)
    return go_to(f"{HOURS}/{team_id}", done="hours")


def _own_teams(connection: Connection, staff: Staff) -> list[Team]:
    return [team for team in list_teams(connection) if staff.may("admin") or team.id in staff.teams]


def _own_team(connection: Connection, staff: Staff, team_id: int) -> Team:
    for team in _own_teams(connection, staff):
        if team.id == team_id:
            return team
    raise NotFoundError("there is no such team")


def _page(request: web.Request, team: Team, form: WeekForm) -> web.Response:
    values: dict[str, Any] = {"team": team, "form": form, "days": _days(request)}
    return render(request, "desk/hours_team.html", topics=TOPICS, status=422 if form.faults else 200, **values)


def _days(request: web.Request) -> list[str]:
    """Monday to Sunday."""
    names = get_day_names("wide", locale=REGIONS[page_language(request)])
    return [names[day] for day in range(7)]
