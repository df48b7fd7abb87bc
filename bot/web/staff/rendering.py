"""Pages for staff, from the templates in bot/web/templates. Whatever is put into one is escaped by itself."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from aiohttp import hdrs, web
from babel.dates import format_datetime

from bot.catalogue.validity import TOWN_TIME
from bot.language import LANGUAGES, Language
from bot.phrases import REGIONS, load_phrases
from bot.staff.roles import Staff
from bot.staff.tokens import derive, make_token
from bot.web.desk.requests_count import COUNTS, REQUESTS
from bot.web.errors import STATUS, ApiError
from bot.web.keys import TOWN
from bot.web.staff.cookies import SESSION, VISIT, page_language, read_cookie, set_cookie
from bot.web.staff.current import session_if_any
from bot.web.staff.forgery import FIELD, form_token
from bot.web.staff.navigation import Item, items_for, place_of
from bot.web.town import NO_TOWN

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
DONE = "done"  # parameter of an address: which sentence says what was just done

Translate = Callable[..., str]


def render(
    request: web.Request,
    template: str,
    *,
    topics: Sequence[str] = (),
    status: int = 200,
    token: str = "",
    **values: Any,
) -> web.Response:
    """A page. `template` is a path below bot/web/templates, `topics` the phrases it uses beside those of "staff".

    `token` is that of a session which begins with this response, so that the page's forms belong to it.

    Every template gets: `t` (phrase by key, with its placeholders), `language`, `other_languages`, `staff` (None
    before signing in), `navigation` and `place` (of which path in it), `path`, `town`, `csrf` (for the field of that
    name in each form), `done`.
    """
    language = page_language(request)
    session = session_if_any(request)
    staff = session.staff if session is not None and session.complete else None
    translate = translator(language, *topics)
    visit = "" if token or read_cookie(request, SESSION) or read_cookie(request, VISIT) else make_token()
    text = (
        _environment()
        .get_template(template)
        .render(
            t=translate,
            language=language,
            other_languages=[other for other in LANGUAGES if other != language],
            staff=staff,
            navigation=items_for(staff) if staff else (),
            path=request.path,
            place=place_of(request.path),
            address=request.path_qs,
            town="" if (town := request.app[TOWN].current()) is NO_TOWN else town.name,
            csrf=derive(token or visit, FIELD) if token or visit else form_token(request),
            done=_said(request.query.get(DONE, ""), language, topics),
            moment=lambda at: format_moment(at, language),
            label=lambda item: _label(request, item, staff, language),
            **values,
        )
    )
    response = web.Response(text=text, content_type="text/html", status=status)
    if visit:
        set_cookie(request, response, VISIT, visit)
    return response


def translator(language: Language, *topics: str) -> Translate:
    """A function from a key of the phrases, and their placeholders, to the sentence; "staff" comes last."""
    phrases = [load_phrases(topic, language) for topic in (*topics, "staff")]

    def translate(key: str, **values: object) -> str:
        text = next((known[key] for known in phrases if key in known), None)
        if text is None:
            raise KeyError(f"no phrase {key}")
        return text.format(**values) if values else text

    return translate


def format_moment(at: datetime, language: Language) -> str:
    """A moment as the town's clock showed it: "22.11.2026, 17:05"."""
    return format_datetime(at.astimezone(TOWN_TIME), "short", locale=REGIONS[language])


def go_to(path: str, *, done: str = "") -> web.Response:
    """Lead to a page after something was done, so that reloading does not do it again; it says the phrase `done_…`."""
    location = f"{path}{'&' if '?' in path else '?'}{DONE}={done}" if done else path
    return web.Response(status=303, headers={hdrs.LOCATION: location})


def show_error(request: web.Request, error: ApiError) -> web.Response:
    """A refusal as a page."""
    phrases = load_phrases("staff", page_language(request))
    text = phrases.get(f"error_{error.detail.code}", phrases["error_internal"])
    response = render(request, "staff/error.html", status=STATUS[error.detail.code], error_text=text)
    response.headers.update(error.headers)
    return response


def _label(request: web.Request, item: Item, staff: Staff | None, language: Language) -> str:
    """What a place is called, with the numbers of what waits there."""
    translate = translator(language, item.topic)
    label = translate(item.label)
    if item.path != REQUESTS or staff is None:
        return label
    count = request.app[COUNTS].of(staff.teams)
    if not count.open:
        return label
    return label + translate("numbers_overdue" if count.overdue else "numbers_open", **vars(count))


def _said(done: str, language: Language, topics: Sequence[str]) -> str:
    """Only sentences that we have: a link cannot put words on our page."""
    phrases = (load_phrases(topic, language) for topic in (*topics, "staff"))
    return next((known[f"done_{done}"] for known in phrases if f"done_{done}" in known), "")


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["plain"] = _plain
    return environment


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
