"""The catalogue beside a conversation: search, a service with its facets, a facet's text for the answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.conversations.handoffs import StoredHandoff
from bot.errors import InputError
from bot.facets import FACETS, Facet
from bot.phrases import load_phrases, render_date
from bot.web.desk.catalogue_entry import Entry, facet_text, open_entry
from bot.web.desk.catalogue_search import Found, find_services
from bot.web.desk.catalogue_source import CATALOGUE
from bot.web.desk.views import ConversationView, may_write, read_visible
from bot.web.keys import STORE
from bot.web.staff.cookies import page_language
from bot.web.staff.current import current_staff
from bot.web.staff.forms import id_in_path
from bot.web.staff.rendering import render

TOPIC = "desk_catalogue"
QUERY_LENGTH = 200
ID_LENGTH = 200


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What somebody looks for; `facet` goes into the answer."""

    query: str = ""
    service: str = ""
    facet: Facet | None = None


@dataclass(frozen=True, kw_only=True)
class CatalogueView:
    """What is found and open, and the text of the facet that is wanted.

    Without `is_there` there is nothing to look in; `is_pending` says that it will be there in a moment.
    """

    wanted: Wanted
    may_insert: bool
    is_there: bool = True
    is_pending: bool = False
    hits: Sequence[Found] = ()
    entry: Entry | None = None
    text: str = ""


async def show_found(request: web.Request) -> web.Response:
    """GET /desk/conversations/{handoff}/catalogue?q=&service=: the part of the page that changes."""
    staff = current_staff(request)
    handoff = await request.app[STORE].read(read_visible, id_in_path(request, "handoff"), staff)
    values = template_values(request, await look_up(request, handoff, read_wanted(request), waits=True))
    return render(request, "desk/catalogue_found.html", topics=(TOPIC,), handoff=handoff, **values)


def template_values(request: web.Request, view: CatalogueView) -> dict[str, Any]:
    """What the templates of the catalogue need."""
    language = page_language(request)
    as_of = render_date(view.entry.as_of, language) if view.entry and view.entry.as_of else ""
    return {"catalogue": view, "facet_names": load_phrases("facets", language), "as_of": as_of}


async def look_up(request: web.Request, handoff: StoredHandoff, wanted: Wanted, *, waits: bool) -> CatalogueView:
    """What the page shows. Unless it `waits`, a catalogue that is not read yet is fetched by the page itself.

    A service that is no longer there has no entry and no text.
    """
    source, may_insert = request.app[CATALOGUE], may_write(handoff, current_staff(request))
    snapshot = await source.current() if waits else source.ready()
    if snapshot is None:
        return CatalogueView(wanted=wanted, may_insert=may_insert, is_there=False, is_pending=not waits)
    catalogue, language = snapshot.catalogue, handoff.language
    is_known = wanted.service in catalogue.services
    return CatalogueView(
        wanted=wanted,
        may_insert=may_insert,
        hits=find_services(snapshot, wanted.query, page_language(request)),
        entry=open_entry(catalogue, wanted.service, language) if is_known else None,
        text=facet_text(catalogue, wanted.service, wanted.facet, language) if is_known and wanted.facet else "",
    )


def read_wanted(request: web.Request) -> Wanted:
    """What the address asks for.

    Raises:
        InputError: it is longer than anything one looks for, or no text.
    """
    return Wanted(
        query=_checked(request.query.get("q", ""), QUERY_LENGTH),
        service=_checked(request.query.get("service", ""), ID_LENGTH),
    )


def read_insertion(value: str) -> Wanted:
    """What a button inserts: "fees/personalausweis".

    Raises:
        InputError: it is no facet of a service.
    """
    name, _, service = value.partition("/")
    facet = next((known for known in FACETS if known == name), None)
    if facet is None or not service:
        raise InputError("this is no facet of a service")
    return Wanted(service=_checked(service, ID_LENGTH), facet=facet)


def known_service(view: ConversationView) -> str:
    """The service that was talked about last, as the bot understood it; "" where there is none."""
    cards = (message.card or {} for message in reversed(view.messages))
    return next(
        (card["service"]["id"] for card in cards if card.get("kind") == "service"), view.handoff.service_id or ""
    )


def _checked(text: str, longest: int) -> str:
    if len(text) > longest or not text.isprintable():
        raise InputError(f"at most {longest} characters of plain text")
    return text.strip()
