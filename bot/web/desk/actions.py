"""What caseworkers do with a conversation. Every form leads to a page; what is refused says why, and keeps the text."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from aiohttp import web
from sqlalchemy import Connection

from bot.conversations import claims
from bot.conversations.handoff import RESULTS
from bot.errors import ColleagueAbsentError, HandoffOverError, HandoffTakenError, InputError
from bot.staff.audit import Action
from bot.staff.teams import find_team
from bot.web.chat.desk_moves import DeskMoves
from bot.web.desk.audited import AuditedStore, entry
from bot.web.desk.catalogue import read_insertion
from bot.web.desk.conversation import Written, conversation_page
from bot.web.desk.forms import NOTE_LENGTH, TEXT_LENGTH, make_deed, read_text
from bot.web.desk.queue import DESK, queue_page
from bot.web.desk.refusals import who_has_it
from bot.web.desk.views import read_conversation, read_visible
from bot.web.keys import DESK_MOVES, DESK_RULES, STORE
from bot.web.staff.cookies import page_language
from bot.web.staff.current import current_staff
from bot.web.staff.forms import id_in_path, read_form, read_id
from bot.web.staff.rendering import go_to

CONVERSATIONS = f"{DESK}/conversations"
KEY_LENGTH = 64

Handler = Callable[[web.Request], Awaitable[web.Response]]


def refusable(handler: Handler) -> Handler:
    """Say on the page of the conversation why something was not possible."""

    async def handle(request: web.Request) -> web.Response:
        try:
            return await handler(request)
        except HandoffTakenError as error:
            problem, taken_by = await _taken(request, error)
        except HandoffOverError:
            problem, taken_by = "over", ""
        except ColleagueAbsentError:
            problem, taken_by = "absent", ""
        text = await read_text(request, "text", longest=TEXT_LENGTH)
        note = await read_text(request, "note", longest=NOTE_LENGTH)
        return await conversation_page(request, Written(problem=problem, taken_by=taken_by, text=text, note=note))

    return handle


async def claim(request: web.Request) -> web.Response:
    """POST /desk/conversations/{handoff}/claim. Who comes second stays at the queue and is told who has it."""
    handoff_id, staff = id_in_path(request, "handoff"), current_staff(request)
    try:
        await _moves(request, "claimed").claim(handoff_id, make_deed(staff))
    except HandoffOverError:
        return await queue_page(request, problem="over")
    except HandoffTakenError as error:
        problem, taken_by = await _taken(request, error)
        return await queue_page(request, problem=problem, taken_by=taken_by)
    return _back(handoff_id, "claimed")


@refusable
async def release(request: web.Request) -> web.Response:
    """POST /desk/conversations/{handoff}/release: note."""
    handoff_id, note = id_in_path(request, "handoff"), await read_text(request, "note", longest=NOTE_LENGTH)
    await _moves(request, "released").release(handoff_id, make_deed(current_staff(request), note=note))
    return go_to(DESK, done="released")


@refusable
async def transfer_to_team(request: web.Request) -> web.Response:
    """POST /desk/conversations/{handoff}/team: team, note."""
    handoff_id, team_id = id_in_path(request, "handoff"), read_id((await read_form(request)).text("team"))
    note = await read_text(request, "note", longest=NOTE_LENGTH)
    if await request.app[STORE].read(find_team, team_id) is None:
        raise InputError("there is no such team")
    moves = _moves(request, "transferred", team=team_id)
    await moves.transfer_to_team(handoff_id, make_deed(current_staff(request), note=note), team_id=team_id)
    return go_to(DESK, done="transferred")


@refusable
async def transfer_to_colleague(request: web.Request) -> web.Response:
    """POST /desk/conversations/{handoff}/colleague: colleague, note."""
    handoff_id, colleague_id = id_in_path(request, "handoff"), read_id((await read_form(request)).text("colleague"))
    note = await read_text(request, "note", longest=NOTE_LENGTH)
    moves = _moves(request, "transferred", staff=colleague_id)
    deed = make_deed(current_staff(request), note=note)
    await moves.transfer_to_colleague(handoff_id, deed, colleague_id=colleague_id)
    return go_to(DESK, done="transferred")


@refusable
async def take_over(request: web.Request) -> web.Response:
    """POST /desk/conversations/{handoff}/takeover: from a colleague who is no longer there."""
    handoff_id = id_in_path(request, "handoff")
    await _moves(request, "took_over").take_over(handoff_id, make_deed(current_staff(request)))
    return _back(handoff_id, "claimed")


@refusable
async def write(request: web.Request) -> web.Response:
    """POST /desk/conversations/{handoff}/messages: text, and a key so that a second click does not send it again."""
    handoff_id, key = id_in_path(request, "handoff"), (await read_form(request)).text("key")
    text = await read_text(request, "text", longest=TEXT_LENGTH)
    if not text or not (key.isascii() and key.isalnum() and len(key) <= KEY_LENGTH):
        return await conversation_page(request, Written(problem="empty"))
    moves = _moves(request, "wrote")
    # Citizens choose keys too: ours begins with what none of theirs can be mistaken for.
    await moves.write(handoff_id, make_deed(current_staff(request)), text=text, key=f"desk/{handoff_id}/{key}")
    return _back(handoff_id, "sent")


async def insert_text(request: web.Request) -> web.Response:
    """POST /desk/conversations/{handoff}/draft: text, reply or facet. Nothing is sent; both stand in the field."""
    form, text = await read_form(request), await read_text(request, "text", longest=TEXT_LENGTH)
    if facet := form.text("facet"):
        return await conversation_page(request, Written(text=text, wanted=read_insertion(facet)))
    return await conversation_page(request, Written(text=text, reply=read_id(form.text("reply"))))


@refusable
async def add_note(request: web.Request) -> web.Response:
    """POST /desk/conversations/{handoff}/notes: note."""
    handoff_id, staff = id_in_path(request, "handoff"), current_staff(request)
    note = await read_text(request, "note", longest=NOTE_LENGTH)
    if not note:
        return await conversation_page(request, Written(problem="empty"))
    await _store(request, "changed", note=True).write(claims.add_note, handoff_id, make_deed(staff, note=note))
    return _back(handoff_id, "noted")


@refusable
async def close(request: web.Request) -> web.Response:
    """POST /desk/conversations/{handoff}/close: outcome, service (one that was talked about, or none)."""
    handoff_id, form, staff = id_in_path(request, "handoff"), await read_form(request), current_staff(request)
    outcome = next((known for known in RESULTS if known == form.text("outcome")), None)
    service = form.text("service") or None
    if outcome is None:
        return await conversation_page(request, Written(problem="outcome"))

    def talked_about(connection: Connection) -> set[str]:
        since = make_deed(staff).at - request.app[DESK_RULES].presence
        language = page_language(request)
        return set(read_conversation(connection, handoff_id, staff, language=language, seen_since=since).services)

    if service is not None and service not in await request.app[STORE].read(talked_about):
        raise InputError("this service was not talked about")
    await _moves(request, "closed", outcome=outcome).close(
        handoff_id, make_deed(staff), outcome=outcome, service_id=service
    )
    return go_to(DESK, done="closed")


def _store(request: web.Request, what: Action, **details: object) -> AuditedStore:
    append = entry(current_staff(request), what, id_in_path(request, "handoff"), details)
    return AuditedStore(request.app[STORE], append)


def _moves(request: web.Request, what: Action, **details: object) -> DeskMoves:
    return replace(request.app[DESK_MOVES], store=_store(request, what, **details))


async def _taken(request: web.Request, error: HandoffTakenError) -> tuple[str, str]:
    return await who_has_it(request, error, id_in_path(request, "handoff"), visible=read_visible)


def _back(handoff_id: int, done: str) -> web.Response:
    return go_to(f"{CONVERSATIONS}/{handoff_id}", done=done)
