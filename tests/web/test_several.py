"""Two web processes on one PostgreSQL: what happens in one is told in the other (run with --database postgresql)."""

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest
from aiohttp import ClientError, ClientSession

from bot.web.chat.hub import Typing
from bot.web.chat.typing import TYPING, desk_key
from bot.web.keys import DESK_MOVES, HUB
from tests.web.conftest import Citizen, Socket, StartWeb, Web, open_session
from tests.web.desk import Desk
from tests.web.test_handoff import enter_queue
from tests.web.worker import FakeWorker

ROOT = Path(__file__).parents[2]
START_SECONDS = 120.0  # of a process on a machine with other work


@pytest.fixture(autouse=True)
def _needs_postgresql(database_url: str) -> None:
    if not database_url.startswith("postgresql"):
        pytest.skip("several processes need PostgreSQL")


@pytest.fixture
async def two(start_web: StartWeb) -> tuple[Web, Web]:
    return await start_web(), await start_web()


async def both_sides(two: tuple[Web, Web]) -> tuple[Citizen, Socket]:
    """A citizen who writes to the first process, and a socket of the same conversation at the second."""
    here = await two[0].begin(language="de")
    there = Citizen(here.session, two[1].origin, here.id, here.token)
    return here, await there.enter()


async def test_messages_typing_and_feedback_reach_the_other_process(two: tuple[Web, Web]) -> None:
    here, tab = await both_sides(two)
    [answer] = await here.say("Hallo")
    assert (await tab.receive())["message"]["text"] == "Hallo"
    assert await tab.receive() == {"type": "typing", "role": "bot"}
    assert (await tab.receive())["message"] == answer
    await here.rate(answer["id"], helpful=True)
    told = await tab.receive_until("feedback")
    assert (told["message_id"], told["feedback"]) == (answer["id"], {"helpful": True})


async def test_typing_reaches_the_other_process_both_ways(two: tuple[Web, Web], desk: Desk, anna: int) -> None:
    here, other = await two[0].begin(language="de"), two[1].server.app
    await enter_queue(here)
    [waiting] = desk.queue()
    await other[DESK_MOVES].claim(waiting.id, desk.deed(anna))
    socket = await here.connect()
    await socket.send(type="hello", token=here.token, after=(await here.history())[-1]["id"])
    assert (await socket.receive())["state"] == "human"
    at_the_desk = other[HUB].listen(desk_key(here.id))
    await socket.send(type="typing")
    async with asyncio.timeout(5):
        assert await at_the_desk.get() == Typing(role="citizen")
    other[TYPING].caseworker(here.id, anna)
    assert await socket.receive_until("typing") == {"type": "typing", "role": "caseworker"}
    other[HUB].leave(desk_key(here.id), at_the_desk)


async def test_every_message_arrives_once_and_in_order_whoever_writes_where(two: tuple[Web, Web]) -> None:
    here, tab = await both_sides(two)
    there = Citizen(here.session, two[1].origin, here.id, here.token)

    async def write(citizen: Citizen, name: str) -> None:
        for number in range(10):
            while (await citizen.post({"text": f"{name}{number}"}, key=f"{name}{number}")).status == 409:
                pass

    await asyncio.gather(write(here, "a"), write(there, "b"))
    history = await here.history()
    got = []
    while len(got) < len(history):
        frame = await tab.receive()
        if frame["type"] == "message":
            got.append(frame["message"]["id"])
    assert got == [message["id"] for message in history]


async def test_citizen_on_one_process_and_caseworker_on_the_other(two: tuple[Web, Web], desk: Desk) -> None:
    anna = desk.add_caseworker()
    desk.enter(anna)
    here, tab = await both_sides(two)
    await enter_queue(here)
    assert await tab.receive_until("state") == {"type": "state", "state": "waiting", "position": 1}
    moves = two[1].server.app[DESK_MOVES]
    own = await here.connect()
    await own.send(type="hello", token=here.token, after=(await here.history())[-1]["id"])
    assert (await own.receive())["state"] == "waiting"
    [waiting] = desk.queue()
    await moves.claim(waiting.id, desk.deed(anna))
    assert await own.receive_until("state") == {"type": "state", "state": "human"}
    await moves.write(waiting.id, desk.deed(anna), text="Guten Tag", key="m1")
    assert (await own.receive_until("message"))["message"]["text"] == "Guten Tag"
    assert (await here.post({"text": "Hallo"})).status == 202
    await moves.close(waiting.id, desk.deed(anna), outcome="solved")
    assert await own.receive_until("state") == {"type": "state", "state": "bot"}


async def test_erasing_closes_the_sockets_of_the_other_process(two: tuple[Web, Web]) -> None:
    here, tab = await both_sides(two)
    assert (await here.erase()).status == 204
    assert await tab.close_code() == 4404


async def test_after_a_lost_connection_sockets_resume_and_news_arrive_again(
    two: tuple[Web, Web], database_url: str
) -> None:
    here, tab = await both_sides(two)
    with psycopg.connect(database_url, autocommit=True) as connection:
        listening = "query = 'LISTEN stadtlotse' AND datname = current_database()"
        connection.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {listening}")
    assert await tab.close_code() == 1013
    there = Citizen(here.session, two[1].origin, here.id, here.token)
    again = await there.enter()
    await here.say("Hallo")
    assert (await again.receive_until("message"))["message"]["text"] == "Hallo"


async def test_news_of_another_version_are_not_understood_and_end_nothing(
    two: tuple[Web, Web], database_url: str
) -> None:
    here, tab = await both_sides(two)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("SELECT pg_notify('stadtlotse', '{\"version\": 9}')")
    assert await tab.close_code() == 1013
    again = await Citizen(here.session, two[1].origin, here.id, here.token).enter()
    await here.say("Hallo")
    assert (await again.receive_until("message"))["message"]["text"] == "Hallo"


@asynccontextmanager
async def real_process(
    database_url: str, worker: FakeWorker, **more: str
) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """`python -m bot.web` on a free port, and its origin."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {"DATABASE_URL": database_url, "WORKER_URL": worker.url, "PORT": str(port), **more}
    environment = {f"STADTLOTSE_{name}": value for name, value in settings.items()}
    plain = {name: value for name, value in os.environ.items() if not name.startswith("STADTLOTSE_")}
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot.web", cwd=ROOT, env=plain | environment)
    origin = f"http://127.0.0.1:{port}"
    try:
        async with asyncio.timeout(START_SECONDS), ClientSession() as session:
            while True:
                with contextlib.suppress(ClientError):
                    async with session.get(f"{origin}/healthz") as response:
                        if response.ok:
                            break
                await asyncio.sleep(0.1)
        yield process, origin
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_real_processes_share_a_conversation_and_one_may_be_killed(database_url: str, worker: FakeWorker) -> None:
    async with (
        open_session() as session,
        real_process(database_url, worker) as (first, origin),
        real_process(database_url, worker) as (_second, other_origin),
    ):
        begun = await (await session.post(f"{origin}/api/v1/conversations", json={"language": "de"})).json()
        here, there = (Citizen(session, each, begun["id"], begun["token"]) for each in (origin, other_origin))
        listening = await there.enter()
        [answer] = await here.say("Hallo", key="k1")
        assert (await listening.receive_until("message"))["message"]["text"] == "Hallo"
        assert (await listening.receive_until("message"))["message"] == answer
        first.kill()
        await first.wait()
        assert await there.say("Hallo", key="k1") == [answer]  # what was acknowledged is there, once
        await there.say("Und weiter?")
        assert (await listening.receive_until("message"))["message"]["text"] == "Und weiter?"
        assert [message["role"] for message in await there.history()] == ["citizen", "bot"] * 2
        await listening.raw.close()
