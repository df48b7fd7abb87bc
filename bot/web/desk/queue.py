"""The first page of the desk: who waits, my conversations, those of colleagues."""

from datetime import UTC, datetime
from functools import partial

from aiohttp import web

from bot.conversations.presence import note_presence
from bot.web.desk.presence import read_presence
from bot.web.desk.views import minutes_since, read_queue
from bot.web.keys import DESK_RULES, STORE
from bot.web.staff.activity import REFRESH
from bot.web.staff.cookies import page_language
from bot.web.staff.current import current_session, current_staff
from bot.web.staff.rendering import render

DESK = "/desk"


async def show_queue(request: web.Request) -> web.Response:
    """GET /desk. Whoever opens it is at the desk, also where no script says so."""
    if REFRESH not in request.headers:
        session, now = current_session(request), datetime.now(UTC)
        await request.app[STORE].write(note_presence, session.staff.id, signed_in_at=session.created_at, at=now)
    return await queue_page(request)


async def queue_page(request: web.Request, *, problem: str = "", taken_by: str = "") -> web.Response:
    """The page, with what could not be done: `problem` is the end of a phrase's key."""
    language, staff, now = page_language(request), current_staff(request), datetime.now(UTC)
    view = await request.app[STORE].read(read_queue, staff, language=language)
    presence = await request.app[STORE].read(read_presence, staff, since=now - request.app[DESK_RULES].presence, at=now)
    return render(
        request,
        "desk/queue.html",
        topics=("desk", "desk_settings"),
        status=409 if problem else 200,
        view=view,
        presence=presence,
        problem=problem,
        taken_by=taken_by,
        minutes=partial(minutes_since, now=now),
    )
