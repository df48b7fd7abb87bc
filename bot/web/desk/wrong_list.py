"""The list of answers that were marked as wrong, for editors, and for leads those of their teams. To read only."""

from datetime import datetime

from aiohttp import web
from sqlalchemy import Connection

from bot.catalogue.service_names import name_services
from bot.conversations.models import ID_LENGTH
from bot.conversations.wrong_answers import Position, WrongAnswer, list_wrong
from bot.errors import InputError
from bot.staff.audit import record
from bot.staff.roles import Role
from bot.web.desk.views import percent_sure, read_people
from bot.web.keys import STORE
from bot.web.staff.cookies import page_language
from bot.web.staff.current import current_staff
from bot.web.staff.forms import read_id
from bot.web.staff.guard import StaffRoute, staff_route
from bot.web.staff.rendering import render

WRONG_ANSWERS = "/staff/wrong-answers"
READERS: frozenset[Role] = frozenset({"editor", "lead"})
PAGE = 25
SEPARATOR = ","


async def show_wrong_answers(request: web.Request) -> web.Response:
    """GET /staff/wrong-answers?before=…: the newest first, 25 on a page. That they were read is recorded."""
    staff, before = current_staff(request), _read_position(request.query.get("before", ""))
    teams = None if staff.may("editor") else staff.teams

    def look(connection: Connection) -> tuple[tuple[WrongAnswer, ...], dict[int, str], dict[str, str]]:
        listed = list_wrong(connection, teams=teams, before=before, limit=PAGE + 1)
        ids = {mark.correction.right_service_id for mark in listed if mark.correction.right_service_id}
        names = name_services(connection, ids, page_language(request))
        people = dict(read_people(connection))
        record(connection, staff, "read", "wrong_answers")
        return listed, people, names

    listed, people, services = await request.app[STORE].write(look)
    return render(
        request,
        "desk/wrong_answers.html",
        topics=("desk_wrong", "desk"),
        wrong_answers=listed[:PAGE],
        people=people,
        services=services,
        percent=lambda mark: percent_sure(mark.understanding),
        older=_write_position(listed[PAGE - 1].position) if len(listed) > PAGE else "",
    )


def _write_position(position: Position) -> str:
    return SEPARATOR.join((position.at.isoformat(), position.conversation_id, str(position.number)))


def _read_position(text: str) -> Position | None:
    """Where the page before ended.

    Raises:
        InputError: this is no such place.
    """
    if not text:
        return None
    moment, _, rest = text.partition(SEPARATOR)
    conversation_id, _, number = rest.partition(SEPARATOR)
    try:
        at = datetime.fromisoformat(moment)
    except ValueError as error:
        raise InputError("there is no such page") from error
    if at.tzinfo is None or len(conversation_id) > ID_LENGTH or not conversation_id.isprintable():
        raise InputError("there is no such page")
    return Position(at=at, conversation_id=conversation_id, number=read_id(number))


WRONG_ROUTES: tuple[StaffRoute, ...] = (staff_route("GET", WRONG_ANSWERS, show_wrong_answers, roles=READERS),)
