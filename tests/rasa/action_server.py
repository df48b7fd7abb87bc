"""A fake action server, and a client that talks to the worker as web does."""

import asyncio
from types import TracebackType
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

FEES = {"response": "utter_answer_fees", "service": "Reisepass", "answer": "37 €", "custom": {"outcome": "service"}}


class FakeActionServer:
    """Answers `answer` with `status` after `delay` seconds and keeps what it was sent in `calls`."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.connections: set[Any] = set()
        self.answer: Any = {"events": [], "responses": [FEES]}
        self.status = 200
        self.delay = 0.0
        app = web.Application()
        app.router.add_post("/webhook", self._handle)
        self._server = TestServer(app)

    @property
    def url(self) -> str:
        return str(self._server.make_url("")).rstrip("/")

    async def _handle(self, request: web.Request) -> web.Response:
        self.calls.append(await request.json())
        self.connections.add(request.transport)
        await asyncio.sleep(self.delay)
        if isinstance(self.answer, str):
            return web.Response(text=self.answer, status=self.status)
        return web.json_response(self.answer, status=self.status)

    async def __aenter__(self) -> "FakeActionServer":
        await self._server.start_server()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._server.close()


class Citizen:
    """Sends turns of one conversation to the worker and hands the state on."""

    def __init__(self, client: TestClient, conversation: str = "c-1") -> None:
        self._client = client
        self._conversation = conversation
        self.state: Any = None

    async def send(self, text: str | None = None, *, language: str = "de", **fields: Any) -> tuple[int, Any]:
        """Status and body of the answer."""
        body = {
            "conversation": self._conversation,
            "language": language,
            "text": text,
            "choice": None,
            "context": {"town": "Auenfurt", "phone": "115"},
            "state": self.state,
            **fields,
        }
        async with self._client.post("/turn", json=body) as response:
            answer = await response.json()
            if response.status == 200:
                self.state = answer["state"]
            return response.status, answer

    async def texts(self, text: str | None = None, **fields: Any) -> list[str | None]:
        """The texts of the answer, which must be one."""
        status, answer = await self.send(text, **fields)
        assert status == 200, answer
        return [output["text"] for output in answer["outputs"]]
