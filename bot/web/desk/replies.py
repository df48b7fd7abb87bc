"""Pages on prepared replies: everybody at the desk reads them, leads write those of their teams, editors all."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from bot.conversations.canned_replies import (
    PLACEHOLDERS,
    CannedReply,
    ReplyChangedError,
    ReplyFaultError,
    add_reply,
    change_reply,
    check_reply,
    delete_reply,
    find_reply,
    list_replies,
)
from bot.errors import NotFoundError
from bot.language import LANGUAGES
from bot.staff.audit import record
from bot.staff.roles import Staff, Team
from bot.staff.teams import list_teams
from bot.web.desk.forms import TEXT_LENGTH
from bot.web.desk.reply_form import NEW, ReplyForm, preview, read_reply_form, show_reply
from bot.web.desk.views import Names, read_people
from bot.web.errors import ApiError
from bot.web.keys import STORE
from bot.web.staff.current import current_staff
from bot.web.staff.forms import id_in_path
from bot.web.staff.rendering import go_to, render

REPLIES = "/desk/replies"
TOPICS = ("desk_replies", "desk")


@dataclass(frozen=True, kw_only=True)
class Page:
    """What a page shows beside the form: why it was not saved, and the reply as somebody else has left it."""

    reply_id: int | None = None
    fault: ReplyFaultError | None = None
    problem: str = ""  # the end of a phrase's key
    now: CannedReply | None = None


async def show_all(request: web.Request) -> web.Response:
    """GET /desk/replies: those one may use, and for editors those of all teams."""
    staff = current_staff(request)

    def look(connection: Connection) -> tuple[dict[int, Team], tuple[CannedReply, ...]]:
        teams = _readable(connection, staff)
        return teams, list_replies(connection, teams)

    teams, replies = await request.app[STORE].read(look)
    groups = [
        (team, [reply for reply in replies if reply.team_id == (team.id if team else None)])
        for team in (None, *teams.values())
    ]
    return render(
        request, "desk/replies.html", topics=TOPICS, groups=groups, may_write=lambda team: _may_write(staff, team)
    )


async def show_new(request: web.Request) -> web.Response:
    """GET /desk/replies/new."""
    return await _page(request, NEW)


async def add(request: web.Request) -> web.Response:
    """POST /desk/replies/new: team ("" is all), name, text_de, text_en; do=preview only shows how it would read."""
    staff, form = current_staff(request), await read_reply_form(request)
    _check_writes(staff, form.team_id)
    if form.is_preview:
        return await _preview(request, form, Page())

    def keep(connection: Connection) -> None:
        if form.team_id is not None and form.team_id not in _readable(connection, staff):
            raise NotFoundError("there is no such team")
        by = (staff.id, datetime.now(UTC))
        reply_id = add_reply(connection, team_id=form.team_id, name=form.name, texts=form.texts, by=by)
        record(connection, staff, "added", _object(reply_id), {"name": form.name, "team": form.team_id})

    try:
        await request.app[STORE].write(keep)
    except ReplyFaultError as fault:
        return await _page(request, form, Page(fault=fault))
    return go_to(REPLIES, done="reply_saved")


async def show_reply_page(request: web.Request) -> web.Response:
    """GET /desk/replies/{reply}."""
    reply = await request.app[STORE].read(_own, current_staff(request), id_in_path(request, "reply"))
    return await _page(request, show_reply(reply), Page(reply_id=reply.id))


async def change(request: web.Request) -> web.Response:
    """POST /desk/replies/{reply}: as for a new one, and the version that was read. What others wrote is not lost."""
    staff, reply_id, form = current_staff(request), id_in_path(request, "reply"), await read_reply_form(request)

    def keep(connection: Connection) -> None:
        before = _read_before(connection, staff, reply_id, form)
        change_reply(connection, before, name=form.name, texts=form.texts, by=(staff.id, datetime.now(UTC)))
        record(connection, staff, "changed", _object(reply_id), {"name": form.name, "team": before.team_id})

    try:
        if form.is_preview:
            reply = await request.app[STORE].read(_own, staff, reply_id)
            return await _preview(request, replace(form, team_id=reply.team_id), Page(reply_id=reply_id))
        await request.app[STORE].write(keep)
    except ReplyFaultError as fault:
        return await _page(request, form, Page(reply_id=reply_id, fault=fault))
    except ReplyChangedError as error:
        newer = replace(form, version=error.now.changed_at)
        return await _page(request, newer, Page(reply_id=reply_id, problem="changed", now=error.now))
    except _GoneError:
        return await _page(request, replace(form, version=None), Page(problem="gone"))
    return go_to(REPLIES, done="reply_saved")


async def delete(request: web.Request) -> web.Response:
    """POST /desk/replies/{reply}/delete: the version that was read."""
    staff, reply_id, form = current_staff(request), id_in_path(request, "reply"), await read_reply_form(request)

    def remove(connection: Connection) -> None:
        before = _read_before(connection, staff, reply_id, form)
        delete_reply(connection, before)
        record(connection, staff, "removed", _object(reply_id), {"name": before.name, "team": before.team_id})

    try:
        await request.app[STORE].write(remove)
    except ReplyChangedError as error:
        return await _page(request, show_reply(error.now), Page(reply_id=reply_id, problem="not_deleted"))
    except _GoneError:
        pass  # somebody else was faster
    return go_to(REPLIES, done="reply_deleted")


class _GoneError(NotFoundError):
    """The reply was there when the page was made."""


def _read_before(connection: Connection, staff: Staff, reply_id: int, form: ReplyForm) -> CannedReply:
    """The reply as the writer of the form read it; without a version, as it is."""
    if form.version is not None and find_reply(connection, reply_id) is None:
        raise _GoneError("the reply was deleted meanwhile")
    reply = _own(connection, staff, reply_id)
    return reply if form.version is None else replace(reply, changed_at=form.version)


def _own(connection: Connection, staff: Staff, reply_id: int) -> CannedReply:
    """The reply, for who may write it."""
    reply = find_reply(connection, reply_id)
    if reply is None or (reply.team_id is not None and reply.team_id not in _readable(connection, staff)):
        raise NotFoundError("there is no such reply")
    _check_writes(staff, reply.team_id)
    return reply


def _readable(connection: Connection, staff: Staff) -> dict[int, Team]:
    return {team.id: team for team in list_teams(connection) if staff.may("editor") or team.id in staff.teams}


def _may_write(staff: Staff, team_id: int | None) -> bool:
    return staff.may("editor") or (staff.may("lead") and team_id in staff.teams)


def _check_writes(staff: Staff, team_id: int | None) -> None:
    if not _may_write(staff, team_id):
        raise ApiError("forbidden", "this reply is for others to write")


def _object(reply_id: int) -> str:
    return f"canned_reply {reply_id}"


async def _preview(request: web.Request, form: ReplyForm, page: Page) -> web.Response:
    try:
        check_reply(form.name, form.texts)
    except ReplyFaultError as fault:
        return await _page(request, form, replace(page, fault=fault))
    return await _page(request, form, page)


async def _page(request: web.Request, form: ReplyForm, page: Page | None = None) -> web.Response:
    page, staff = page or Page(), current_staff(request)

    def look(connection: Connection) -> tuple[Mapping[int, Team], Names]:
        return _readable(connection, staff), read_people(connection)

    teams, people = await request.app[STORE].read(look)
    shows_preview = form.is_preview and page.fault is None
    values: dict[str, Any] = {
        "form": form,
        "reply_id": page.reply_id,
        "fault": page.fault,
        "problem": page.problem,
        "now": page.now,
        "changed_by": people.get(page.now.changed_by, "") if page.now else "",
        "teams": teams,
        "for_all": staff.may("editor"),
        "languages": LANGUAGES,
        "length": TEXT_LENGTH,
        "placeholders": sorted(PLACEHOLDERS),
        "previews": preview(request, form, teams.get(form.team_id or 0)) if shows_preview else {},
    }
    status = 409 if page.problem else 422 if page.fault else 200
    return render(request, "desk/reply.html", topics=TOPICS, status=status, **values)
