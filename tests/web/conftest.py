"""A running web process on loopback with a real database and a worker made by hand."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

import pytest
import structlog
from aiohttp import ClientResponse, ClientSession, ClientWebSocketResponse
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine

from bot.encryption import make_key
from bot.logs import configure_logging
from bot.settings import Settings
from bot.web.app import make_app
from tests.web.desk import Desk
from tests.web.worker import FakeWorker

CONVERSATIONS = "/api/v1/conversations"
KEY = make_key()  # of all web processes of this test run
SOCKETS: dict[ClientSession, list[ClientWebSocketResponse]] = defaultdict(list)  # opened by citizens


@asynccontextmanager
async def open_session() -> AsyncIterator[ClientSession]:
    """A client for citizens, whose sockets are closed with it: aiohttp leaves them to the garbage collector."""
    async with ClientSession() as session:
        try:
            yield session
        finally:
            for socket in SOCKETS.pop(session, []):
                await socket.close()


@dataclass(frozen=True)
class Socket:
    """A client's end of a WebSocket."""

    raw: ClientWebSocketResponse

    async def send(self, **frame: Any) -> None:
        await self.raw.send_json(frame)

    async def receive(self) -> dict[str, Any]:
        return await self.raw.receive_json(timeout=5)

    async def receive_until(self, kind: str) -> dict[str, Any]:
        while (frame := await self.receive())["type"] != kind:
            pass
        return frame

    async def close_code(self) -> int | None:
        """Reads to the end and says how the server closed."""
        async with asyncio.timeout(5):
            async for _ in self.raw:
                pass
        return self.raw.close_code


@dataclass(frozen=True)
class Citizen:
    """One conversation and how to talk in it."""

    session: ClientSession
    origin: str
    id: str
    token: str

    @property
    def path(self) -> str:
        return f"{self.origin}{CONVERSATIONS}/{self.id}"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def post(self, body: Any, *, key: str | None = None) -> ClientResponse:
        headers = self.headers | ({"Idempotency-Key": key} if key is not None else {})
        return await self.session.post(f"{self.path}/messages", json=body, headers=headers)

    async def say(self, text: str, *, key: str | None = None) -> list[dict[str, Any]]:
        response = await self.post({"text": text}, key=key)
        assert response.status == 200, await response.text()
        return (await response.json())["messages"]

    async def history(self, after: str | None = None) -> list[dict[str, Any]]:
        query = {} if after is None else {"after": after}
        response = await self.session.get(f"{self.path}/messages", params=query, headers=self.headers)
        assert response.status == 200, await response.text()
        return (await response.json())["messages"]

    async def history_of(self, length: int) -> list[dict[str, Any]]:
        """The history as soon as it has `length` messages."""
        async with asyncio.timeout(5):
            while len(history := await self.history()) < length:  # noqa: ASYNC110 - the server has no event for it
                await asyncio.sleep(0.01)
        return history

    async def rate(self, message: str, **feedback: Any) -> ClientResponse:
        return await self.session.put(f"{self.path}/messages/{message}/feedback", json=feedback, headers=self.headers)

    async def take_back(self, message: str) -> ClientResponse:
        return await self.session.delete(f"{self.path}/messages/{message}/feedback", headers=self.headers)

    async def erase(self) -> ClientResponse:
        return await self.session.delete(self.path, headers=self.headers)

    async def connect(self, **headers: str) -> Socket:
        """A socket before its hello."""
        raw = await self.session.ws_connect(f"{self.path}/socket", headers=headers)
        SOCKETS[self.session].append(raw)
        return Socket(raw)

    async def enter(self, after: str | None = None) -> Socket:
        """A socket that said hello and got the state."""
        socket = await self.connect()
        await socket.send(type="hello", token=self.token, after=after)
        assert await socket.receive() == {"type": "state", "state": "bot"}
        return socket


@dataclass
class Web:
    """The running process and a way to ask it."""

    server: TestServer
    session: ClientSession
    worker: FakeWorker
    actions: FakeWorker
    settings: Settings
    origin: str = field(init=False)

    def __post_init__(self) -> None:
        self.origin = str(self.server.make_url("")).rstrip("/")

    async def request(self, method: str, path: str, **options: Any) -> ClientResponse:
        return await self.session.request(method, self.origin + path, **options)

    async def begin(self, **body: Any) -> Citizen:
        response = await self.request("POST", CONVERSATIONS, json=body)
        assert response.status == 201, await response.text()
        return Citizen(self.session, self.origin, **await response.json())


ReadLog = Callable[[], str]
StartWeb = Callable[..., Awaitable[Web]]


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[ReadLog]:
    """What was logged in this test, as in production at its most talkative."""
    lines = StringIO()
    root = logging.getLogger()
    before, root.handlers = root.handlers, []  # configuring closes those it finds
    monkeypatch.setattr("sys.stderr", lines)
    configure_logging(Settings(log_level="debug", log_format="json"))
    yield lines.getvalue
    root.handlers = before
    structlog.reset_defaults()


@pytest.fixture
async def worker() -> AsyncIterator[FakeWorker]:
    fake = FakeWorker()
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
async def actions() -> AsyncIterator[FakeWorker]:
    fake = FakeWorker()
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
async def start_web(database_url: str, worker: FakeWorker, actions: FakeWorker) -> AsyncIterator[StartWeb]:
    """Starts a web process with other settings than the defaults."""
    servers: list[TestServer] = []
    async with open_session() as session:

        async def start(**settings: Any) -> Web:
            values = {
                "database_url": database_url,
                "worker_url": worker.url,
                "actions_url": actions.url,
                "messages_per_minute": 1000,
                "conversations_per_hour": 1000,
                "encryption_keys": KEY,
            }
            chosen = Settings(**(values | settings))
            server = TestServer(make_app(chosen))
            await server.start_server()
            servers.append(server)
            return Web(server, session, worker, actions, chosen)

        yield start
    worker.gate.set()
    for server in servers:
        await server.close()


@pytest.fixture
async def web(start_web: StartWeb) -> Web:
    """A web process as it is by default, with limits that do not get into the way."""
    return await start_web()


@pytest.fixture
async def citizen(web: Web) -> Citizen:
    return await web.begin(language="de")


@pytest.fixture
def desk(engine: Engine) -> Desk:
    """The caseworkers' side, straight on the database."""
    return Desk(engine)


@pytest.fixture
def anna(desk: Desk) -> int:
    """A caseworker who is there."""
    staff_id = desk.add_caseworker()
    desk.enter(staff_id)
    return staff_id
