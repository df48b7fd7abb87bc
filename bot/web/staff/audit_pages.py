"""Pages of auditors: the audit log, by day, and as a file."""

from datetime import UTC, date, datetime, time, timedelta

from aiohttp import web

from bot.catalogue.validity import TOWN_TIME
from bot.errors import InputError
from bot.phrases import load_phrases
from bot.staff import audit
from bot.staff.audit import COMMAND_LINE, SYSTEM, Entry, Selection
from bot.staff.exports import FORMATS
from bot.web.keys import STORE
from bot.web.staff.cookies import page_language
from bot.web.staff.current import current_staff
from bot.web.staff.downloads import sending_file
from bot.web.staff.forms import read_id
from bot.web.staff.rendering import render

AUDIT = "/staff/audit"
PAGE = 50
PIECE = 500


async def show_audit(request: web.Request) -> web.Response:
    """GET /staff/audit?since=2026-11-01&until=2026-11-30&below=1234: the newest entries, 50 on a page."""
    try:
        selection = _selection(request)
    except InputError:
        return _page(request, (), fault=True)
    entries = await request.app[STORE].read(audit.newest_entries, selection, limit=PAGE + 1)
    return _page(request, entries)


async def export(request: web.Request) -> web.StreamResponse:
    """GET /staff/audit/export.{format}?since=…&until=…: CSV or JSON, sent while it is read; itself an entry."""
    suffix = request.match_info["format"]
    file_format, selection, store = FORMATS[suffix], _selection(request), request.app[STORE]
    days = {name: request.query.get(name, "") for name in ("since", "until")}
    await store.write(audit.record, current_staff(request), "exported", "audit", {"format": suffix, **days})
    name, kind = f"audit.{suffix}", file_format.content_type
    async with sending_file(request, name=name, content_type=kind) as response:
        await response.prepare(request)
        await response.write(file_format.begin.encode())
        above, between = 0, ""
        while entries := await store.read(audit.oldest_entries, selection, above=above, limit=PIECE):
            lines = file_format.between.join(map(file_format.line, entries))
            await response.write((between + lines).encode())
            above, between = entries[-1].number, file_format.between
        await response.write_eof(file_format.end.encode())
    return response


def _selection(request: web.Request) -> Selection:
    since, until = (_day(request.query.get(name, "")) for name in ("since", "until"))
    below = request.query.get("below", "")
    return Selection(
        since=_midnight(since) if since else None,
        until=_midnight(until + timedelta(days=1)) if until else None,
        below=read_id(below) if below else None,
    )


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{text[:20]!r} is no day") from error
    if not 2000 <= day.year < 3000:
        raise InputError(f"{text} is no day of this log")
    return day


def _midnight(day: date) -> datetime:
    """When the day begins where the town is."""
    return datetime.combine(day, time(), tzinfo=TOWN_TIME).astimezone(UTC)


def _page(request: web.Request, entries: tuple[Entry, ...], *, fault: bool = False) -> web.Response:
    shown, phrases = entries[:PAGE], load_phrases("staff", page_language(request))

    def named(text: str) -> str:
        """ "staff 7" → "Person 7"."""
        kind, space, rest = text.partition(" ")
        return phrases.get(f"kind_{kind}", kind) + space + rest

    return render(
        request,
        "staff/audit.html",
        status=422 if fault else 200,
        fault=fault,
        entries=shown,
        since=request.query.get("since", ""),
        until=request.query.get("until", ""),
        names={SYSTEM: phrases["who_system"], COMMAND_LINE: phrases["who_command_line"]},
        named=named,
        older=shown[-1].number if len(entries) > PAGE else None,
    )
