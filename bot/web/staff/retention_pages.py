"""Page of admins and auditors: what is kept how long, and whether it was deleted."""

from datetime import UTC, datetime

from aiohttp import web

from bot.jobs.runs import list_runs
from bot.staff.audit import COMMAND_LINE, SYSTEM
from bot.web.jobs.kinds import make_kinds
from bot.web.jobs.retention import JOB
from bot.web.jobs.watch import RETENTION
from bot.web.keys import SETTINGS, STORE
from bot.web.staff.rendering import render

RETENTION_PAGE = "/staff/retention"
RUNS = 30


async def show_retention(request: web.Request) -> web.Response:
    """GET /staff/retention."""
    settings = request.app[SETTINGS]
    return render(
        request,
        "staff/retention.html",
        topics=("retention",),
        kinds=make_kinds(settings, at=datetime.now(UTC)),
        hour=settings.retention_hour,
        overdue=await request.app[RETENTION].is_overdue(),
        runs=await request.app[STORE].read(list_runs, JOB, limit=RUNS),
        whos={SYSTEM: "who_system", COMMAND_LINE: "who_command_line"},
    )
