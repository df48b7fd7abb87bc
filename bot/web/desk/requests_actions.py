"""What caseworkers do with a request. Every form leads to a page; what is refused says why, and keeps the text."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime

from aiohttp import web
from sqlalchemy import Connection

from bot.conversations.outbox import send_again
from bot.conversations.requests import assign_request, release_request
from bot.errors import HandoffOverError, HandoffTakenError, InputError
from bot.staff.audit import Action
from bot.staff.teams import find_team
from bot.web.desk.audited import AuditedStore, request_entry
from bot.web.desk.forms import NOTE_LENGTH, TEXT_LENGTH, make_deed, read_text
from bot.web.desk.refusals import who_has_it
from bot.web.desk.requests import Refused, request_page
from bot.web.desk.requests_count import COUNTS, REQUESTS
from bot.web.desk.requests_view import read_visible_request
from bot.web.keys import DESK_MOVES, STORE
from bot.web.mail.sender import MAIL
from bot.web.staff.current import current_staff
from bot.web.staff.forms import id_in_path, read_form, read_id
from bot.web.staff.rendering import go_to

Handler = Callable[[web.Request], Awaitable[web.Response]]


def refusable(handler: Handler) -> Handler:
    """Say on the page of the request why something was not possible; otherwise count anew."""

    async def handle(request: web.Request) -> web.Response:
        try:
            response = await handler(request)
        except HandoffTakenError as error:
            problem, taken_by = await _taken(request, error)
        except HandoffOverError:
            problem, taken_by = "over", ""
        else:
            await request.app[COUNTS].refresh()
            return response
        text = await read_text(request, "text", longest=TEXT_LENGTH)
        return await request_page(request, Refused(problem=problem, taken_by=taken_by, text=text))

    return handle


@refusable
async def take(request: web.Request) -> web.Response:
    """POST /desk/requests/{request}/take. Who comes second is told who has it."""
    request_id, staff = id_in_path(request, "request"), current_staff(request)
    await _store(request, "claimed").write(assign_request, request_id, make_deed(staff))
    return _back(request_id, "request_taken")


@refusable
async def give_back(request: web.Request) -> web.Response:
    """POST /desk/requests/{request}/release: note."""
    request_id, note = id_in_path(request, "request"), await read_text(request, "note", longest=NOTE_LENGTH)
    deed = make_deed(current_staff(request), note=note)
    await _store(request, "released").write(release_request, request_id, deed)
    return go_to(REQUESTS, done="request_released")


@refusable
async def pass_on(request: web.Request) -> web.Response:
    """POST /desk/requests/{request}/team: team, note."""
    request_id, team_id = id_in_path(request, "request"), read_id((await read_form(request)).text("team"))
    note = await read_text(request, "note", longest=NOTE_LENGTH)
    if await request.app[STORE].read(find_team, team_id) is None:
        raise InputError("there is no such team")
    deed = make_deed(current_staff(request), note=note)
    await _store(request, "transferred", team=team_id).write(release_request, request_id, deed, team_id=team_id)
    return go_to(REQUESTS, done="request_passed")


@refusable
async def answer(request: web.Request) -> web.Response:
    """POST /desk/requests/{request}/answer: text. It can be read in the chat at once, and goes out as an e-mail."""
    request_id, staff = id_in_path(request, "request"), current_staff(request)
    text = await read_text(request, "text", longest=TEXT_LENGTH)
    if not text:
        return await request_page(request, Refused(problem="empty"))
    moves = replace(request.app[DESK_MOVES], store=_store(request, "answered"))
    try:
        await moves.answer_request(request_id, make_deed(staff), answer=text)
    except HandoffOverError:
        known = await request.app[STORE].read(read_visible_request, request_id, staff)
        if (known.answered_by, known.answer) != (staff.id, text):  # else it is the second click
            raise
    request.app[MAIL].wake()
    return _back(request_id, "request_answered")


async def insert_reply(request: web.Request) -> web.Response:
    """POST /desk/requests/{request}/draft: text, reply. Nothing is sent; the page has both in its field."""
    reply = read_id((await read_form(request)).text("reply"))
    text = await read_text(request, "text", longest=TEXT_LENGTH)
    return await request_page(request, Refused(text=text, reply=reply))


async def mail_again(request: web.Request) -> web.Response:
    """POST /desk/requests/{request}/mail: the answer once more, after its e-mail was given up."""
    request_id, staff = id_in_path(request, "request"), current_staff(request)

    def work(connection: Connection) -> None:
        read_visible_request(connection, request_id, staff)
        if not send_again(connection, request_id, "answer", at=datetime.now(UTC)):
            raise HandoffOverError("this e-mail was not given up")

    try:
        await _store(request, "changed", mail="again").write(work)
    except HandoffOverError:  # a second click, or it has gone out meanwhile: the page says how it stands
        return go_to(f"{REQUESTS}/{request_id}")
    request.app[MAIL].wake()
    return _back(request_id, "mail_again")


def _store(request: web.Request, what: Action, **details: object) -> AuditedStore:
    append = request_entry(current_staff(request), what, id_in_path(request, "request"), details)
    return AuditedStore(request.app[STORE], append)


async def _taken(request: web.Request, error: HandoffTakenError) -> tuple[str, str]:
    return await who_has_it(request, error, id_in_path(request, "request"), visible=read_visible_request)


def _back(request_id: int, done: str) -> web.Response:
    return go_to(f"{REQUESTS}/{request_id}", done=done)
