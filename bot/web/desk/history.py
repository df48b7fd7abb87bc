"""The history of the desk: ended conversations of one's own teams, filtered, page by page."""

from datetime import timedelta
from functools import partial
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy import Connection

from bot.conversations.history import MOST_WORDS
from bot.language import LANGUAGES
from bot.staff.audit import record
from bot.staff.roles import Role, Staff
from bot.web.desk.export_formats import FORMATS
from bot.web.desk.history_form import LONGEST, OUTCOMES, RATINGS, Choices, HistoryForm, read_history_form
from bot.web.desk.history_view import (
    NOTHING,
    HistoryPage,
    read_choices,
    read_page,
    service_names,
    waited,
)
from bot.web.desk.queue import DESK
from bot.web.keys import STORE
from bot.web.staff.cookies import page_language
from bot.web.staff.current import current_staff
from bot.web.staff.forms import read_id
from bot.web.staff.rendering import Translate, render, translator

HISTORY = f"{DESK}/history"
OBJECT = "history"  # in the audit log
EXPORTERS: frozenset[Role] = frozenset({"lead"})
TOPICS = ("desk_history", "desk")
LABELS = {"service": "service_name"}  # of fields, where it is not the field's own name


async def show_history(request: web.Request) -> web.Response:
    """GET /desk/history?words=&since=&until=&team=&outcome=&service=&language=&caseworker=&feedback=&before= | &after=.

    A search by words is recorded, since it tells what was said; the list itself tells nothing of that.
    """
    staff, language, query = current_staff(request), page_language(request), request.query
    sides = {side: read_id(query[side]) for side in ("before", "after") if query.get(side)}

    def look(connection: Connection) -> tuple[Choices, HistoryForm, HistoryPage]:
        choices = read_choices(connection, staff, language=language)
        form = read_history_form(query, choices)
        if form.faults:
            return choices, form, NOTHING
        page = read_page(connection, form.wanted, **sides)
        if form.wanted.words:
            record(connection, staff, "searched", OBJECT, filter_details(form))
        return choices, form, page

    store = request.app[STORE]
    choices, form, page = await (store.write if query.get("words", "").strip() else store.read)(look)
    translate = translator(language, *TOPICS)
    return render(
        request,
        "desk/history.html",
        topics=TOPICS,
        status=_status(form),
        form=form,
        page=page,
        choices=choices,
        services=service_names(choices.services, language),
        labels={name: translate(LABELS.get(name, name)) for name in form.faults},
        outcome_options=[(outcome, translate(f"result_{outcome}")) for outcome in OUTCOMES],
        language_options=[(spoken, translate(f"in_{spoken}")) for spoken in LANGUAGES],
        rating_options=[(rating, translate(f"rating_{rating}")) for rating in RATINGS],
        longest=LONGEST,
        most_words=MOST_WORDS,
        formats=FORMATS if may_export(staff) else (),
        is_of_one=form.wanted.assignee_id is not None,
        query=filter_query(form),
        is_filtered=any(form.typed.values()),
        is_first=not sides,
        waited=lambda handoff: _duration(waited(handoff), translate),
        link=partial(_link, form),
    )


def may_export(staff: Staff) -> bool:
    """Leads alone take many conversations out of the system at once (docs/staff.md)."""
    return staff.may(*EXPORTERS)


def filter_query(form: HistoryForm) -> str:
    """The filter as an address has it, without what is empty."""
    return urlencode({name: text for name, text in form.typed.items() if text})


def filter_details(form: HistoryForm) -> dict[str, str]:
    """The filter for the audit log. Words are counted, not repeated: a citizen may have said them, and erase them."""
    details = {name: text for name, text in form.typed.items() if text}
    if "words" in details:
        details["words"] = str(len(details["words"].split()))
    return details


def _status(form: HistoryForm) -> int:
    if not form.faults:
        return 200
    return 404 if form.is_unknown else 422


def _link(form: HistoryForm, **side: int | None) -> str:
    query = urlencode({name: value for name, value in side.items() if value is not None})
    asked = "&".join(filter(None, (filter_query(form), query)))
    return f"{HISTORY}?{asked}" if asked else HISTORY


def _duration(length: timedelta | None, translate: Translate) -> str:
    """ "unter 1 Min.", "7 Min.", "2 Std. 5 Min."."""
    if length is None:
        return ""
    minutes = length // timedelta(minutes=1)
    if minutes < 1:
        return translate("under_a_minute")
    if minutes < 60:
        return translate("minutes", minutes=minutes)
    return translate("hours", hours=minutes // 60, minutes=minutes % 60)
