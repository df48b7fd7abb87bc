"""Answers of the bot that were wrong: marked at the desk, with what was right, in words and as a service."""

from collections.abc import Sequence
from datetime import UTC, datetime

from aiohttp import web
from sqlalchemy import Connection

from bot.conversations.handoffs import StoredHandoff
from bot.conversations.queries import find_message
from bot.conversations.records import StoredMessage
from bot.conversations.wrong_answers import Correction, mark_wrong, unmark
from bot.errors import InputError, NotFoundError
from bot.web.desk.actions import CONVERSATIONS
from bot.web.desk.audited import entry
from bot.web.desk.catalogue_search import Found, find_services
from bot.web.desk.catalogue_source import CATALOGUE
from bot.web.desk.conversation import Written, conversation_page
from bot.web.desk.forms import read_text
from bot.web.desk.marks import QUERY_LENGTH, RIGHT_LENGTH
from bot.web.desk.views import is_shown, read_visible
from bot.web.keys import STORE, TURNS
from bot.web.staff.cookies import page_language
from bot.web.staff.current import current_staff
from bot.web.staff.forms import id_in_path, read_form, read_id
from bot.web.staff.rendering import go_to, render

NO_SERVICE = "none"


async def mark(request: web.Request) -> web.Response:
    """POST /desk/conversations/{handoff}/wrong: number, right, query, service.

    Words to look for a service lead to a page on which it is chosen; `service` "none" is none of those. Personal data
    in the words is hidden as in messages.
    """
    handoff_id, staff = id_in_path(request, "handoff"), current_staff(request)
    await request.app[STORE].read(read_visible, handoff_id, staff)
    form = await read_form(request)
    number, service = read_id(form.text("number")), form.text("service")
    right = request.app[TURNS].mask_text(await read_text(request, "right", longest=RIGHT_LENGTH)).text
    query = await read_text(request, "query", longest=QUERY_LENGTH)
    if not right:
        return await conversation_page(request, Written(problem="wrong_empty"))
    handoff, answer = await request.app[STORE].read(_read_answer, request, number)
    if query and not service:
        return await _choose_page(request, handoff, answer, right=right, query=query)
    service_id = None if service in {"", NO_SERVICE} else await _known(request, service)

    def keep(connection: Connection) -> None:
        handoff, answer = _read_answer(connection, request, number)
        correction = Correction(right=right, right_service_id=service_id, staff_id=staff.id, at=datetime.now(UTC))
        mark_wrong(connection, handoff.conversation_id, answer.number, correction)
        details = {"answer": answer.number, "wrong": True, "service": service_id}
        entry(staff, "changed", handoff_id, details)(connection)

    await request.app[STORE].write(keep)
    return go_to(f"{CONVERSATIONS}/{handoff_id}", done="marked_wrong")


async def take_back(request: web.Request) -> web.Response:
    """POST /desk/conversations/{handoff}/unmark: number."""
    handoff_id, staff = id_in_path(request, "handoff"), current_staff(request)
    await request.app[STORE].read(read_visible, handoff_id, staff)
    number = read_id((await read_form(request)).text("number"))

    def forget(connection: Connection) -> None:
        handoff, answer = _read_answer(connection, request, number)
        if unmark(connection, handoff.conversation_id, answer.number):
            entry(staff, "changed", handoff_id, {"answer": answer.number, "wrong": False})(connection)

    await request.app[STORE].write(forget)
    return go_to(f"{CONVERSATIONS}/{handoff_id}", done="unmarked")


def _read_answer(connection: Connection, request: web.Request, number: int) -> tuple[StoredHandoff, StoredMessage]:
    """The answer of the bot, if the desk may see it.

    Raises:
        NotFoundError: there is none, or it is hidden from the desk.
    """
    handoff = read_visible(connection, id_in_path(request, "handoff"), current_staff(request))
    answer = find_message(connection, handoff.conversation_id, number=number)
    if answer is None or answer.role != "bot" or not is_shown(answer, handoff):
        raise NotFoundError("there is no such answer")
    return handoff, answer


async def _choose_page(
    request: web.Request, handoff: StoredHandoff, answer: StoredMessage, *, right: str, query: str
) -> web.Response:
    snapshot = await request.app[CATALOGUE].current()
    found: Sequence[Found] = find_services(snapshot, query, page_language(request)) if snapshot is not None else ()
    return render(
        request,
        "desk/wrong_service.html",
        topics=("desk", "desk_wrong"),
        handoff=handoff,
        answer=answer,
        right=right,
        query=query,
        found=found,
        is_there=snapshot is not None,
        lengths={"right": RIGHT_LENGTH, "query": QUERY_LENGTH},
        none=NO_SERVICE,
    )


async def _known(request: web.Request, service_id: str) -> str:
    snapshot = await request.app[CATALOGUE].current()
    if snapshot is None or service_id not in snapshot.catalogue.services:
        raise InputError("there is no such service")
    return service_id
