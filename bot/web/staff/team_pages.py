"""Pages of admins: teams, and which offices they answer for."""

from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from bot.errors import NotFoundError
from bot.language import LANGUAGES
from bot.staff import administration, people
from bot.staff.administration import TeamProfile
from bot.staff.faults import FaultError
from bot.staff.teams import find_team, list_teams
from bot.web.keys import STORE
from bot.web.staff.current import current_staff
from bot.web.staff.forms import Form, id_in_path, read_form
from bot.web.staff.rendering import go_to, render

TEAMS = "/staff/teams"
NO_PROFILE = TeamProfile(names={}, offices=frozenset(), fallback=False)


async def show_teams(request: web.Request) -> web.Response:
    """GET /staff/teams."""
    return render(request, "staff/teams.html", teams=await request.app[STORE].read(list_teams))


async def show_new(request: web.Request) -> web.Response:
    """GET /staff/teams/new."""
    return _page(request, NO_PROFILE)


async def add(request: web.Request) -> web.Response:
    """POST /staff/teams/new: key and profile."""
    form, who = await read_form(request), current_staff(request)
    key, profile = form.text("key").strip(), _profile(form)
    try:
        team_id = await request.app[STORE].write(administration.add_team, who, key, profile)
    except FaultError as error:
        return _page(request, profile, key=key, fault=error.fault)
    return go_to(f"{TEAMS}/{team_id}", done="saved")


async def show_team(request: web.Request) -> web.Response:
    """GET /staff/teams/{team}."""
    return await _team_page(request, id_in_path(request, "team"))


async def change(request: web.Request) -> web.Response:
    """POST /staff/teams/{team}: the profile."""
    form, who, team_id = await read_form(request), current_staff(request), id_in_path(request, "team")
    try:
        await request.app[STORE].write(administration.change_team, who, team_id, _profile(form))
    except FaultError as error:
        return await _team_page(request, team_id, fault=error.fault)
    return go_to(f"{TEAMS}/{team_id}", done="saved")


def _profile(form: Form) -> TeamProfile:
    return TeamProfile(
        names={language: form.text(f"name_{language}") for language in LANGUAGES},
        offices=frozenset(form.lines("offices")),
        fallback=form.ticked("fallback"),
    )


async def _team_page(request: web.Request, team_id: int, *, fault: str = "") -> web.Response:
    def look(connection: Connection) -> dict[str, Any]:
        team = find_team(connection, team_id)
        if team is None:
            raise NotFoundError("there is no such team")
        members = [account.staff for account in people.list_accounts(connection) if account.staff.id in team.members]
        profile = TeamProfile(names=team.names, offices=team.offices, fallback=team.fallback)
        return {"profile": profile, "key": team.key, "members": members, "team_id": team_id}

    return _page(request, fault=fault, **await request.app[STORE].read(look))


def _page(request: web.Request, profile: TeamProfile, *, fault: str = "", **values: Any) -> web.Response:
    shown: dict[str, Any] = {
        "key": "",
        "team_id": None,
        "members": (),
        "languages": LANGUAGES,
        "fault": fault,
        **values,
    }
    return render(request, "staff/team.html", status=422 if fault else 200, profile=profile, **shown)
