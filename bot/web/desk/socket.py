"""The socket of the desk: tells a page that it should bring itself up to date, by ids alone; and who is there.

Session and origin are checked by the guard before, and the session again from time to time, because it may end.
"""

import asyncio
import time
from datetime import UTC, datetime

import structlog
from aiohttp import WSCloseCode, web

from bot.conversations.presence import note_presence
from bot.errors import DatabaseUnavailableError
from bot.web.chat.live import send
from bot.web.desk.changes import CHANGES, Listener
from bot.web.desk.typing import tell_typing
from bot.web.errors import ApiError
from bot.web.keys import DESK_RULES, SOCKETS, STORE
from bot.web.protocol.closing import CLOSE_UNAUTHORIZED
from bot.web.protocol.desk import ChangedEvent, ReadyEvent
from bot.web.staff.current import current_session, current_staff
from bot.web.staff.guard import read_session

log = structlog.get_logger(__name__)

HEARTBEAT_SECONDS = 25.0
SESSION_SECONDS = 60.0
PRESENCE_SHARE = 3  # so many signs of life in the time after which somebody counts as absent
FRAME_SIZE = 1_024  # the page has nothing to say


async def follow_desk(request: web.Request) -> web.StreamResponse:
    """GET /desk/socket?handoff=: the handoff is the one that the page shows, if it shows one."""
    app = request.app
    socket = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS, max_msg_size=FRAME_SIZE, compress=False)
    if not socket.can_prepare(request):
        raise ApiError("not_found", "this is a WebSocket")
    listener = await app[CHANGES].join(current_staff(request).teams)
    try:
        await socket.prepare(request)
        app[SOCKETS].add(socket)
        try:
            await _serve(request, socket, listener)
        finally:
            app[SOCKETS].discard(socket)
    finally:
        app[CHANGES].leave(listener)
    return socket


async def _serve(request: web.Request, socket: web.WebSocketResponse, listener: Listener) -> None:
    tasks = [
        asyncio.create_task(_tell(socket, listener)),
        asyncio.create_task(_stay(request, socket)),
        asyncio.create_task(tell_typing(request, socket)),
        asyncio.create_task(_wait(socket)),
    ]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        for error in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(error, Exception):  # the page comes back by itself; here is where one learns of it
                log.error("desk_socket_failed", exc_info=error)


async def _tell(socket: web.WebSocketResponse, listener: Listener) -> None:
    await send(socket, ReadyEvent())
    while True:
        change = await listener.pending.get()
        await send(socket, ChangedEvent(handoffs=sorted(change.handoffs), arrived=sorted(change.arrived)))


async def _stay(request: web.Request, socket: web.WebSocketResponse) -> None:
    """Say that the caseworker is there, as long as the session lasts.

    That the socket closed says nothing yet: the next page opens another one. Who has gone counts as absent a little
    later.
    """
    store, session = request.app[STORE], current_session(request)
    pause = request.app[DESK_RULES].presence.total_seconds() / PRESENCE_SHARE
    checked = time.monotonic()
    while True:
        try:
            if time.monotonic() - checked >= SESSION_SECONDS:
                if await read_session(request) is None:
                    await socket.close(code=CLOSE_UNAUTHORIZED, message=b"signed out")
                    return
                checked = time.monotonic()
            now = datetime.now(UTC)
            await store.write(note_presence, session.staff.id, signed_in_at=session.created_at, at=now)
        except DatabaseUnavailableError:
            await socket.close(code=WSCloseCode.TRY_AGAIN_LATER, message=b"no database")
            return
        await asyncio.sleep(min(pause, SESSION_SECONDS))


async def _wait(socket: web.WebSocketResponse) -> None:
    """Until the page has gone; what it sends is not for us."""
    async for _ in socket:
        pass
