"""PostgreSQL is away for a while: an honest error at once, nothing that was acknowledged is lost, all comes back."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.web.client import Client
from tests import postgresql
from tests.processes.running import Running, running_stadtlotse, wait_until_ready
from tests.web.conftest import Citizen, Socket, open_session
from tests.web.test_several import real_process
from tests.web.worker import FakeWorker

GONE_SECONDS = 20.0
AT_ONCE = 5.0  # seconds; without a database nothing may wait for one
BACK_SECONDS = 60.0


@pytest.fixture(autouse=True)
def _with_postgresql(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--database") != "postgresql":
        pytest.skip("an SQLite file does not go away")


@pytest.fixture
def server() -> Iterator[postgresql.Server]:
    with postgresql.controlled_server() as running:
        postgresql.create_database(running.url, "stadtlotse")
        yield running


async def begin(session: ClientSession, origin: str) -> Citizen:
    begun = await (await session.post(f"{origin}/api/v1/conversations", json={"language": "de"})).json()
    return Citizen(session, origin, begun["id"], begun["token"])


async def write_on(citizen: Citizen, stop: asyncio.Event) -> tuple[list[str], list[float]]:
    """Write one message after the other, each until it is acknowledged: (texts, seconds of each refusal)."""
    acknowledged: list[str] = []
    refusals = []
    while not stop.is_set():
        text = f"Was kostet ein Reisepass? {len(acknowledged)}"
        started = time.monotonic()
        response = await citizen.post({"text": text}, key=f"k{len(acknowledged)}")
        if response.status == 200:
            acknowledged.append(text)
        else:
            assert (response.status, (await response.json())["error"]["code"]) == (503, "unavailable")
            assert int(response.headers["Retry-After"]) > 0
            refusals.append(time.monotonic() - started)
        await asyncio.sleep(0.2)
    return acknowledged, refusals


async def test_database_that_was_gone_costs_time_and_nothing_else(server: postgresql.Server, tmp_path: Path) -> None:
    url = f"{server.url}/stadtlotse"
    with running_stadtlotse(tmp_path, url) as running:
        before = running.children()
        worker = FakeWorker()  # of the second process, which has listeners only
        await worker.start()
        async with open_session() as session, real_process(url, worker) as (_process, other_origin):
            await _lose_and_find(server, running, session, other_origin)
        await worker.stop()
        assert running.children() == before


async def _lose_and_find(
    server: postgresql.Server, running: Running, session: ClientSession, other_origin: str
) -> None:
    citizens = [await begin(session, running.origin) for _ in range(4)]
    idle = await begin(session, running.origin)
    stop = asyncio.Event()
    writing = [asyncio.create_task(write_on(citizen, stop)) for citizen in citizens]
    await asyncio.sleep(3)
    await asyncio.to_thread(server.stop)
    gone = time.monotonic()
    socket = await idle.connect()
    await socket.send(type="hello", token=idle.token)
    assert (await socket.receive())["error"]["code"] == "unavailable"
    assert await socket.close_code() == 1013
    assert time.monotonic() - gone < AT_ONCE + 5
    await asyncio.sleep(GONE_SECONDS)
    assert (await session.get(f"{running.origin}/healthz")).status == 200
    assert "database" in (await (await session.get(f"{running.origin}/readyz")).json())["error"]["message"]
    await asyncio.to_thread(server.start)
    await asyncio.to_thread(wait_until_ready, running, BACK_SECONDS)
    await asyncio.sleep(1)
    stop.set()
    for citizen, (acknowledged, refusals) in zip(citizens, await asyncio.gather(*writing), strict=True):
        assert refusals
        assert max(refusals) < AT_ONCE
        said = [message["text"] for message in await citizen.history() if message["role"] == "citizen"]
        assert said == acknowledged
    await _hear_each_other(idle, Citizen(session, other_origin, idle.id, idle.token))
    async with Client(running.origin) as client:  # the action server has its database again as well
        await client.start("de")
        [answer] = await client.say("Was kostet ein Reisepass?")
        assert answer["card"]["service"]["id"] == "reisepass"


async def _hear_each_other(here: Citizen, there: Citizen) -> None:
    """What is written in one process reaches a socket of the other, soon after the database is back."""
    async with asyncio.timeout(BACK_SECONDS):
        listening: Socket = await there.enter()
        await here.say("Hallo", key="hallo")
        frame = await listening.receive_until("message")
        assert frame["message"]["text"] == "Hallo"
        await listening.raw.close()
