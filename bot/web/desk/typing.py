"""The desk's side of typing: a page says that its caseworker types, and is told that the citizen does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from sqlalchemy import Connection

from bot.conversations.handoffs import StoredHandoff
from bot.errors import DatabaseUnavailableError, InputError, NotFoundError
from bot.web.chat.hub import Event, Hub, Typing
from bot.web.chat.live import send
from bot.web.chat.typing import TYPING, desk_key
from bot.web.desk.views import may_write, read_visible
from bot.web.errors import ApiError
from bot.web.keys import HUB, STORE
from bot.web.protocol.desk import TypingEvent
from bot.web.staff.current import current_staff
from bot.web.staff.forms import id_in_path, read_id


async def note_typing(request: web.Request) -> web.Response:
    """POST /desk/conversations/{handoff}/typing: who may answer is typing. Nothing of it comes along."""
    staff = current_staff(request)
    handoff = await request.app[STORE].read(read_visible, id_in_path(request, "handoff"), staff)
    if not may_write(handoff, staff):
        raise ApiError("forbidden", "only who has the conversation may answer")
    request.app[TYPING].caseworker(handoff.conversation_id, staff.id)
    return web.Response(status=204)


async def tell_typing(request: web.Request, socket: web.WebSocketResponse) -> None:
    """Tell a page that the citizen of its conversation is typing, until cancelled.

    The conversation is named in the address of the socket: `?handoff=`. One that is not there, or of another team,
    is as quiet as one in which nobody types: what the page should show instead it hears elsewhere.
    """
    named = request.query.get("handoff", "")
    handoff = await _find(request, named) if named else None
    if handoff is None:
        await asyncio.Event().wait()
        return
    async with _listening(request.app[HUB], desk_key(handoff.conversation_id)) as events:
        while True:
            # Read again each time: the conversation may have gone to another team.
            if isinstance(await events.get(), Typing) and await _find(request, named) is not None:
                await send(socket, TypingEvent(handoff=handoff.id))


async def _find(request: web.Request, named: str) -> StoredHandoff | None:
    """The handoff, if it runs and is of the caseworker's team."""

    def look(connection: Connection) -> StoredHandoff:
        return read_visible(connection, read_id(named), current_staff(request))

    try:
        handoff = await request.app[STORE].read(look)
    except (InputError, NotFoundError, DatabaseUnavailableError):
        return None
    return handoff if handoff.state in {"waiting", "active"} else None


@asynccontextmanager
async def _listening(hub: Hub, key: str) -> "AsyncIterator[asyncio.Queue[Event]]":
    events = hub.listen(key)
    try:
        yield events
    finally:
        hub.leave(key, events)
