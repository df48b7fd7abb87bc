"""Pages of admins: who is on the staff."""

from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from bot.language import LANGUAGES
from bot.staff import administration, people
from bot.staff.administration import Profile
from bot.staff.faults import FaultError
from bot.staff.people import NewStaff
from bot.staff.roles import ROLES
from bot.staff.teams import list_teams
from bot.web.keys import SETTINGS, STORE
from bot.web.staff.current import current_staff
from bot.web.staff.forms import Form, id_in_path, read_form
from bot.web.staff.rendering import go_to, render

PEOPLE = "/staff/people"


async def show_people(request: web.Request) -> web.Response:
    """GET /staff/people."""

    def look(connection: Connection) -> dict[str, Any]:
        return {
            "accounts": people.list_accounts(connection),
            "teams": {team.id: team for team in list_teams(connection)},
        }

    return render(request, "staff/people.html", **await request.app[STORE].read(look))


async def show_new(request: web.Request) -> web.Response:
    """GET /staff/people/new."""
    return await _new_page(request)


async def add(request: web.Request) -> web.Response:
    """POST /staff/people/new: name and profile. Shows the link with which the person sets a password."""
    form, who, now = await read_form(request), current_staff(request), datetime.now(UTC)
    try:
        new = NewStaff(
            name=form.text("name"),
            display_name=form.text("display_name"),
            roles=form.chosen("role", ROLES),
            languages=form.chosen("language", LANGUAGES),
        )

        def make(connection: Connection) -> tuple[int, str]:
            staff_id = administration.add(connection, who, new, team_ids=form.numbers("team"), at=now)
            return staff_id, administration.make_link(connection, who, staff_id, at=now)

        staff_id, path = await request.app[STORE].write(make)
    except FaultError as error:
        return await _new_page(request, form=form, fault=error.fault)
    return await _person_page(request, staff_id, link=_address(request, path))


async def show_person(request: web.Request) -> web.Response:
    """GET /staff/people/{person}."""
    return await _person_page(request, id_in_path(request, "person"))


async def change(request: web.Request) -> web.Response:
    """POST /staff/people/{person}: the profile."""
    form, who, staff_id = await read_form(request), current_staff(request), id_in_path(request, "person")
    try:
        await request.app[STORE].write(administration.change, who, staff_id, _profile(form))
    except FaultError as error:
        return await _person_page(request, staff_id, fault=error.fault)
    return go_to(f"{PEOPLE}/{staff_id}", done="saved")


async def act(request: web.Request) -> web.Response:
    """POST /staff/people/{person}/{action}: one of the buttons."""
    who, staff_id, now = current_staff(request), id_in_path(request, "person"), datetime.now(UTC)
    store, action = request.app[STORE], request.match_info["action"]
    try:
        match action:
            case "link":
                path = await store.write(administration.make_link, who, staff_id, at=now)
                return await _person_page(request, staff_id, link=_address(request, path))
            case "deactivate":
                await store.write(administration.deactivate, who, staff_id, at=now)
            case "activate":
                await store.write(administration.activate, who, staff_id)
            case "second-factor":
                await store.write(administration.reset_second_factor, who, staff_id)
            case "sessions":
                await store.write(administration.end_sessions, who, staff_id)
            case _:
                raise web.HTTPNotFound
    except FaultError as error:
        return await _person_page(request, staff_id, fault=error.fault)
    return go_to(f"{PEOPLE}/{staff_id}", done=action.replace("-", "_"))


def _profile(form: Form) -> Profile:
    return Profile(
        display_name=form.text("display_name"),
        roles=form.chosen("role", ROLES),
        languages=form.chosen("language", LANGUAGES),
        teams=form.numbers("team"),
    )


async def _new_page(request: web.Request, *, form: Form | None = None, fault: str = "") -> web.Response:
    teams = await request.app[STORE].read(list_teams)
    return render(
        request,
        "staff/person_new.html",
        status=422 if fault else 200,
        fault=fault,
        name=form.text("name") if form else "",
        profile=_profile(form) if form else Profile(),
        teams=teams,
        roles=ROLES,
        languages=LANGUAGES,
    )


async def _person_page(request: web.Request, staff_id: int, *, link: str = "", fault: str = "") -> web.Response:
    def look(connection: Connection) -> dict[str, Any]:
        account = people.need_account(connection, staff_id)
        return {
            "account": account,
            "profile": administration.profile_of(account.staff),
            "teams": list_teams(connection),
        }

    shown = await request.app[STORE].read(look)
    values: dict[str, Any] = {"link": link, "fault": fault, "roles": ROLES, "languages": LANGUAGES}
    return render(request, "staff/person.html", status=422 if fault else 200, **values, **shown)


def _address(request: web.Request, path: str) -> str:
    origin = request.app[SETTINGS].staff_origin.rstrip("/") or f"{request.scheme}://{request.host}"
    return f"{origin}{path}"
