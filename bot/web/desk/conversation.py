"""One conversation at the desk: what was said, what the bot understood, notes, and what can be done."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import uuid4

from aiohttp import web
from sqlalchemy import Connection

from bot.conversations.handoff import RESULTS
from bot.conversations.records import StoredMessage
from bot.phrases import load_phrases
from bot.web.desk import beside
from bot.web.desk.audited import entry
from bot.web.desk.catalogue import Wanted, known_service, look_up, read_wanted, template_values
from bot.web.desk.forms import NOTE_LENGTH, TEXT_LENGTH
from bot.web.desk.placeholders import fill_replies, own_values, service_values
from bot.web.desk.views import ConversationView, may_write, minutes_since, percent_sure, read_conversation
from bot.web.keys import DESK_RULES, STORE
from bot.web.staff.activity import REFRESH
from bot.web.staff.cookies import page_language
from bot.web.staff.current import current_staff
from bot.web.staff.forms import id_in_path
from bot.web.staff.rendering import render

TOPICS = ("desk", "desk_catalogue")


@dataclass(frozen=True, kw_only=True)
class Written:
    """What a form held that was not done, and why: `problem` is the end of a phrase's key.

    A prepared `reply`, or the facet that is `wanted`, goes below the text.
    """

    problem: str = ""
    taken_by: str = ""
    text: str = ""
    note: str = ""
    reply: int | None = None
    wanted: Wanted | None = None


async def show_conversation(request: web.Request) -> web.Response:
    """GET /desk/conversations/{handoff}."""
    return await conversation_page(request)


async def conversation_page(request: web.Request, written: Written | None = None) -> web.Response:
    """The page, with what was written for it and could not be done. Reading it is recorded.

    A page that brings itself up to date is recorded where somebody else than the assignee reads.

    Raises:
        NotFoundError: there is no such handoff, or it is of another team.
    """
    written = written or Written()
    staff, language = current_staff(request), page_language(request)
    handoff_id, now = id_in_path(request, "handoff"), datetime.now(UTC)

    def look(connection: Connection) -> ConversationView:
        since = now - request.app[DESK_RULES].presence
        view = read_conversation(connection, handoff_id, staff, language=language, seen_since=since)
        if REFRESH not in request.headers or view.handoff.assignee_id != staff.id:
            entry(staff, "read", handoff_id)(connection)
        return view

    view = await request.app[STORE].write(look)
    below = await request.app[STORE].read(beside.read_beside, view.handoff, staff, language=language)
    is_mine = view.handoff.assignee_id == staff.id
    replies = fill_replies(view.replies, view.handoff.language, _values(request, view))
    looked_for = written.wanted or read_wanted(request)
    asked = looked_for if looked_for != Wanted() else Wanted(service=known_service(view))
    catalogue = await look_up(request, view.handoff, asked, waits=asked is looked_for)
    inserted = next((filled.text for filled in replies if filled.id == written.reply), catalogue.text)
    text = "\n\n".join(filter(None, (written.text, inserted)))
    problem = written.problem
    if len(text) > TEXT_LENGTH:
        text, problem = written.text, "too_long"
    return render(
        request,
        "desk/conversation.html",
        topics=(*TOPICS, *beside.TOPICS),
        status=409 if problem else 200,
        view=view,
        handoff=view.handoff,
        is_mine=view.handoff.state == "active" and is_mine,
        may_write=may_write(view.handoff, staff),
        **template_values(request, catalogue),
        **below,
        results=RESULTS,
        kinds=load_phrases("personal_data", language),
        understood=understanding_of,
        minutes=partial(minutes_since, now=now),
        key=uuid4().hex,
        text=text,
        replies=replies,
        note=written.note,
        text_length=TEXT_LENGTH,
        note_length=NOTE_LENGTH,
        problem=problem,
        taken_by=written.taken_by,
    )


def understanding_of(message: StoredMessage) -> dict[str, Any] | None:
    """What the bot understood before it gave this answer: intent, confidence in percent, language, service or ""."""
    if message.role != "bot" or not message.understanding:
        return None
    card = message.card or {}
    return {
        "intent": message.understanding.get("intent") or "",
        "percent": percent_sure(message.understanding),
        "language": message.understanding.get("language") or message.language,
        "service": card["service"]["name"] if card.get("kind") == "service" else "",
    }


def _values(request: web.Request, view: ConversationView) -> dict[str, str]:
    """What placeholders stand for; the service is that of the bot's last answer about one."""
    team, language = view.teams.get(view.handoff.team_id), view.handoff.language
    cards = (message.card or {} for message in reversed(view.messages))
    service: dict[str, str | None] = next((card["service"] for card in cards if card.get("kind") == "service"), {})
    return own_values(request, team, language) | service_values(service.get("name") or "", service.get("url") or "")
