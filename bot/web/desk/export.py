"""The history as a file, sent while it is read: some handoffs in one short transaction, then the next ones."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from aiohttp import web
from sqlalchemy import Connection

from bot.catalogue.service_names import name_in
from bot.catalogue.validity import town_today
from bot.conversations.history import HistoryFilter, list_history, read_feedback
from bot.conversations.history_messages import list_shown
from bot.conversations.store import Store
from bot.language import Language
from bot.staff.audit import record
from bot.web.desk.export_formats import FORMATS, Exported, Format
from bot.web.desk.history import OBJECT, filter_details
from bot.web.desk.history_form import Choices, HistoryForm, read_history_form
from bot.web.desk.history_view import handled, read_choices, waited
from bot.web.errors import ApiError
from bot.web.keys import STORE
from bot.web.staff.cookies import page_language
from bot.web.staff.current import current_staff
from bot.web.staff.downloads import sending_file

AT_ONCE = 200  # handoffs; about 2,000 messages


@dataclass(frozen=True, kw_only=True)
class Wording:
    """Names in place of ids, read once for the whole file."""

    language: Language
    names: Choices


@dataclass
class Sent:
    """How much of the file has left."""

    rows: int = 0
    is_complete: bool = False


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Some lines of the file; `last` is the id of the handoff in the last one, None at the end."""

    text: str
    rows: int
    last: int | None


async def export_history(request: web.Request) -> web.StreamResponse:
    """GET /desk/history/export.{format}?…, the filter as the page has it, without a caseworker.

    The log says at the beginning what is taken out, so that nothing leaves unrecorded, and at the end how much it was.
    """
    staff, language, store = current_staff(request), page_language(request), request.app[STORE]
    suffix = request.match_info["format"]
    file_format = FORMATS[suffix]

    def begin(connection: Connection) -> tuple[HistoryForm, Wording]:
        choices = read_choices(connection, staff, language=language)
        form = read_history_form(request.query, choices)
        if form.faults:
            raise ApiError("not_found" if form.is_unknown else "invalid", "the filter cannot be used")
        if form.wanted.assignee_id is not None:
            raise ApiError("invalid", "what one caseworker did is not exported")
        record(connection, staff, "exported", OBJECT, {"format": suffix, **filter_details(form)})
        return form, Wording(language=language, names=choices)

    form, wording = await store.write(begin)
    name, kind = f"stadtlotse-history-{town_today()}.{suffix}", file_format.content_type
    sent = Sent()
    async with sending_file(request, name=name, content_type=kind) as response:
        try:
            await response.prepare(request)
            await response.write(file_format.begin.encode())
            async for piece in _pieces(store, form.wanted, wording, file_format):
                await response.write(piece.text.encode())
                sent.rows += piece.rows
            sent.is_complete = True
        finally:
            ended = {"format": suffix, "rows": sent.rows, "complete": sent.is_complete}
            await store.write(record, staff, "exported", OBJECT, ended)
    return response


async def _pieces(store: Store, wanted: HistoryFilter, wording: Wording, file_format: Format) -> AsyncIterator[Piece]:
    last: int | None = None
    while True:
        piece = await store.read(read_piece, wanted, wording, file_format, before=last)
        yield piece
        if (last := piece.last) is None:
            return


def read_piece(
    connection: Connection,
    wanted: HistoryFilter,
    wording: Wording,
    file_format: Format,
    *,
    before: int | None,
) -> Piece:
    """The next lines, the newest handoffs first. They are made here, beside the event loop."""
    handoffs = list_history(connection, wanted, before=before, limit=AT_ONCE)
    ids = [handoff.id for handoff in handoffs]
    feedback, messages = read_feedback(connection, ids), list_shown(connection, ids)
    lines = [
        file_format.line(
            Exported(
                handoff=handoff,
                team=wording.names.teams.get(handoff.team_id, ""),
                service=_service(wording, handoff.service_id),
                waited=waited(handoff),
                handled=handled(handoff),
                feedback=feedback.get(handoff.id),
                messages=messages.get(handoff.id, ()),
            )
        )
        for handoff in handoffs
    ]
    return Piece(text="".join(lines), rows=len(lines), last=ids[-1] if len(ids) == AT_ONCE else None)


def _service(wording: Wording, service_id: str | None) -> str:
    names = wording.names.services.get(service_id) if service_id else None
    return name_in(names, wording.language) if names else ""
