"""The first page of the desk: who waits, my conversations, those of colleagues."""

from datetime import UTC, datetime
from functools import partial

from aiohttp import web

from bot.conversations.presence import report_presence
from bot.web.desk.views import minutes_since, read_queue
from bot.web.keys import STORE
from bot.web.staff.cookies import page_language
from bot.web.staff.current import current_staff
from bot.web.staff.rendering import render

DESK = "/desk"
REFRESH = "X-Desk-Refresh"  # of a page that brings itself up to date, without anybody asking for it


async def show_queue(request: web.Request) -> web.Response:
    """GET /desk. Whoever opens it is at the desk, also where no script says so."""
    if REFRESH not in request.headers:
        staff, now = current_staff(request), datetime.now(UTC)
        await request.app[STORE].write(report_presence, staff.id, status="available", at=now)
    return await queue_page(request)


async def queue_page(request: web.Request, *, problem: str = "", taken_by: str = "") -> web.Response:
    """The page, with what could not be done: `problem` is the end of a phrase's key."""
    language = page_language(request)
    view = await request.app[STORE].read(read_queue, current_staff(request), language=language)
    return render(
        request,
        "desk/queue.html",
        topics=("desk",),
        status=409 if problem else 200,
        view=view,
        problem=problem,
        taken_by=taken_by,
        minutes=partial(minutes_since, now=datetime.now(UTC)),
    )
