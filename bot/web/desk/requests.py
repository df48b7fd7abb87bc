"""Requests at the desk: which are open and when they are due, and one of them with what can be done."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import get_args

from aiohttp import web
from sqlalchemy import Connection

from bot.web.desk.audited import request_entry
from bot.web.desk.forms import NOTE_LENGTH, TEXT_LENGTH
from bot.web.desk.placeholders import fill_replies, own_values, service_values
from bot.web.desk.requests_count import REQUESTS
from bot.web.desk.requests_view import RequestView, Shown, Wanted, read_request_view, read_requests
from bot.web.keys import DESK_RULES, STORE
from bot.web.staff.activity import REFRESH
from bot.web.staff.cookies import page_language
from bot.web.staff.current import current_staff
from bot.web.staff.forms import id_in_path
from bot.web.staff.rendering import render

TOPICS = ("desk_requests", "desk")
SHOWN: tuple[Shown, ...] = get_args(Shown)


@dataclass(frozen=True, kw_only=True)
class Refused:
    """What could not be done: `problem` is the end of a phrase's key, `text` what stays in the field.

    A prepared `reply` goes below the text.
    """

    problem: str = ""
    taken_by: str = ""
    text: str = ""
    reply: int | None = None


async def show_requests(request: web.Request) -> web.Response:
    """GET /desk/requests?show=open&after=17: 50 on a page, behind the request with this id."""
    staff, language, now = current_staff(request), page_language(request), datetime.now(UTC)
    shown = next((known for known in SHOWN if known == request.query.get("show")), SHOWN[0])
    after = _number(request.query.get("after", ""))
    wanted = Wanted(shown=shown, after=after)
    view = await request.app[STORE].read(read_requests, staff, wanted, language=language, at=now)
    address = f"{REQUESTS}?show={shown}"
    return render(
        request,
        "desk/requests.html",
        topics=TOPICS,
        view=view,
        shown=shown,
        choices=SHOWN,
        now=now,
        is_first=after is None,
        live_address=address if after is None else f"{address}&after={after}",
    )


async def show_request(request: web.Request) -> web.Response:
    """GET /desk/requests/{request}."""
    return await request_page(request)


async def request_page(request: web.Request, refused: Refused | None = None) -> web.Response:
    """The page, with what could not be done. Reading it is recorded.

    A page that brings itself up to date is recorded where somebody else than the assignee reads.

    Raises:
        NotFoundError: there is no such request, or it is of another team.
    """
    refused = refused or Refused()
    staff, language = current_staff(request), page_language(request)
    request_id = id_in_path(request, "request")

    def look(connection: Connection) -> RequestView:
        view = read_request_view(connection, request_id, staff, language=language)
        if REFRESH not in request.headers or view.request.assignee_id != staff.id:
            request_entry(staff, "read", request_id)(connection)
        return view

    view = await request.app[STORE].write(look)
    replies = fill_replies(view.replies, view.request.language, _values(request, view))
    inserted = next((filled.text for filled in replies if filled.id == refused.reply), "")
    text, problem = "\n\n".join(filter(None, (refused.text, inserted))), refused.problem
    if len(text) > TEXT_LENGTH:
        text, problem = refused.text, "too_long"
    is_open = view.request.state == "open"
    is_mine = view.request.assignee_id == staff.id
    return render(
        request,
        "desk/request.html",
        topics=TOPICS,
        status=409 if problem else 200,
        view=view,
        asked=view.request,
        now=datetime.now(UTC),
        may_take=is_open and view.request.assignee_id is None,
        may_answer=is_open and (is_mine or staff.may("lead")),
        is_mine=is_mine,
        sends_mail=request.app[DESK_RULES].answers_by_mail,
        replies=replies,
        text=text,
        text_length=TEXT_LENGTH,
        note_length=NOTE_LENGTH,
        problem=problem,
        taken_by=refused.taken_by,
        live_address=f"{REQUESTS}/{request_id}",
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def _values(request: web.Request, view: RequestView) -> dict[str, str]:
    """What placeholders of prepared replies stand for."""
    own = own_values(request, view.teams.get(view.request.team_id), view.request.language)
    return own | service_values(view.service_name, view.service_url)
