"""One conversation at the desk: what was said, what the bot understood, notes, and what can be done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import uuid4

from aiohttp import web
from sqlalchemy import Connection

from bot.conversations.canned_replies import fill_in
from bot.conversations.handoff import RESULTS
from bot.conversations.records import StoredMessage
from bot.phrases import load_phrases
from bot.web.desk import beside
from bot.web.desk.audited import entry
from bot.web.desk.catalogue import Wanted, known_service, look_up, read_wanted, template_values
from bot.web.desk.forms import NOTE_LENGTH, TEXT_LENGTH
from bot.web.desk.views import ConversationView, may_write, minutes_since, read_conversation
from bot.web.keys import DESK_RULES, STORE, TOWN
from bot.web.staff.activity import REFRESH
from bot.web.staff.cookies import page_language
from bot.web.staff.current import current_staff
from bot.web.staff.forms import id_in_path
from bot.web.staff.rendering import render
from bot.web.town import NO_TOWN

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


@dataclass(frozen=True, kw_only=True)
class FilledReply:
    """A prepared reply for this conversation, in the citizen's language."""

    id: int
    name: str
    text: str


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
    replies = fill_replies(view, _values(request, view))
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
    confidence = message.understanding.get("confidence")
    return {
        "intent": message.understanding.get("intent") or "",
        "percent": round(100 * confidence) if isinstance(confidence, int | float) else None,
        "language": message.understanding.get("language") or message.language,
        "service": card["service"]["name"] if card.get("kind") == "service" else "",
    }


def fill_replies(view: ConversationView, values: Mapping[str, str]) -> list[FilledReply]:
    """The replies of the conversation's team; a placeholder without a value stays to be seen."""
    language = view.handoff.language
    return [
        FilledReply(id=reply.id, name=reply.name, text=fill_in(reply.text(language), values)) for reply in view.replies
    ]


def _values(request: web.Request, view: ConversationView) -> dict[str, str]:
    """What placeholders stand for; the address of a service is that of the bot's last answer about it."""
    town, handoff = request.app[TOWN].current(), view.handoff
    team = view.teams.get(handoff.team_id)
    cards = [card["service"] for message in view.messages if (card := message.card or {}).get("kind") == "service"]
    last = cards[-1] if cards else {}
    return {
        "caseworker": current_staff(request).display_name,
        "team": team.name(handoff.language) if team else "",
        "town": "" if town is NO_TOWN else town.name,
        "phone": town.phone,
        "service": last.get("name") or "",
        "service_url": last.get("url") or "",
    }
