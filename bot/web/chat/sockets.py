"""The sockets that are open in this process."""

import asyncio

from aiohttp import web


class OpenSockets:
    """Knows every open socket, so that a stopping server can say goodbye."""

    def __init__(self) -> None:
        self._sockets: set[web.WebSocketResponse] = set()

    def add(self, socket: web.WebSocketResponse) -> None:
        """A socket was opened."""
        self._sockets.add(socket)

    def discard(self, socket: web.WebSocketResponse) -> None:
        """A socket was closed."""
        self._sockets.discard(socket)

    async def close_all(self, *, code: int, reason: str) -> None:
        """Close all of them."""
        await asyncio.gather(*(socket.close(code=code, message=reason.encode()) for socket in self._sockets))
