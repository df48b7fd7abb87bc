"""A worker by hand: real HTTP on loopback, answers as it is told."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

Turn = dict[str, Any]


def said(text: str | None = "Guten Tag.", **output: Any) -> Turn:
    """A turn answer with one output."""
    return {
        "outputs": [{"text": text, "response": None, "custom": None, **output}],
        "understanding": {"intent": "greet", "confidence": 0.98, "language": "de", "entities": {}},
        "state": {"turns": 1},
    }


SERVICE_CARD = {
    "kind": "service",
    "service": {"id": "personalausweis", "name": "Personalausweis", "url": "https://www.auenfurt.example/p"},
    "facets": [{"facet": "fees", "text": "37,00 €", "recorded": True}],
    "offices": [{"name": "Bürgerbüro", "address": "Am Markt 1, 29990 Auenfurt", "hours": "", "url": None}],
    "valid_as_of": "2026-09-15",
    "online_url": "https://www.auenfurt.example/online",
}


class FakeWorker:
    """`turns` are the requests it got; `answer` makes the reply; while `gate` is cleared it waits."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self.answer: Callable[[Turn], Turn | web.Response] = lambda turn: said(f"Antwort auf: {turn['text']}")
        self.gate = asyncio.Event()
        self.gate.set()
        self.arrived = asyncio.Event()
        self.healthy = True
        self.server: TestServer | None = None

    @property
    def url(self) -> str:
        assert self.server is not None
        return str(self.server.make_url("")).rstrip("/")

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/turn", self._turn)
        app.router.add_get("/health", self._health)
        self.server = TestServer(app)
        await self.server.start_server()

    async def stop(self) -> None:
        if self.server is not None:
            self.gate.set()
            await self.server.close()

    async def _turn(self, request: web.Request) -> web.Response:
        turn = await request.json()
        self.turns.append(turn)
        self.arrived.set()
        await self.gate.wait()
        answer = self.answer(turn)
        return answer if isinstance(answer, web.Response) else web.json_response(answer)

    async def _health(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"}, status=200 if self.healthy else 500)


def refusal(status: int, code: str) -> web.Response:
    """An error answer of the worker."""
    return web.Response(
        status=status,
        text=json.dumps({"error": {"code": code, "message": "…"}}),
        content_type="application/json",
    )
