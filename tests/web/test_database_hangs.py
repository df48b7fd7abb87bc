"""A database that takes a request and does not answer: web says so in time, and goes on when it answers again."""

import asyncio
import socket
import time

import psycopg
import pytest
from sqlalchemy import Connection, text

from bot.conversations import queries
from bot.conversations.store import Store
from bot.database import PATIENCE, take_time
from bot.errors import DatabaseUnavailableError
from tests.web.conftest import ReadLog, StartWeb

LONG = 0.6  # seconds, for a statement under a limit of 0.2


@pytest.fixture
def postgresql_url(database_url: str) -> str:
    if not database_url.startswith("postgresql"):
        pytest.skip("SQLite is no server; its files have a time limit of their own")
    return database_url


def sleep(connection: Connection) -> None:
    connection.execute(text("SELECT pg_sleep(:seconds)"), {"seconds": LONG})


def sleep_unhurried(connection: Connection) -> None:
    take_time(connection)
    sleep(connection)


async def test_server_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:  # the system accepts, nobody reads
        store = Store(f"postgresql://nobody@127.0.0.1:{listener.getsockname()[1]}/none")
        started = time.monotonic()
        with pytest.raises(DatabaseUnavailableError):
            await store.read(queries.ping)
        assert time.monotonic() - started < PATIENCE["connect_timeout"] + 3
        await store.close()


async def test_lock_held_by_somebody_else_is_an_honest_error_and_costs_no_message(
    postgresql_url: str, start_web: StartWeb, logged: ReadLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.app.STATEMENT_SECONDS", 1.0)
    citizen = await (await start_web()).begin(language="de")
    await citizen.say("Vorher", key="k1")
    with psycopg.connect(postgresql_url) as other:
        other.execute("LOCK TABLE message IN ACCESS EXCLUSIVE MODE")
        started = time.monotonic()
        writing = asyncio.gather(*(citizen.post({"text": "Hallo"}, key="k2") for _ in range(3)))
        reading = await citizen.session.get(f"{citizen.path}/messages", headers=citizen.headers)
        for response in (reading, *await writing):
            assert response.status == 503
            assert (await response.json())["error"]["code"] == "unavailable"
            assert int(response.headers["Retry-After"]) > 0
        assert time.monotonic() - started < 10
    assert logged().count("database_unavailable") == 4
    await citizen.say("Hallo", key="k2")
    said = [message["text"] for message in await citizen.history() if message["role"] == "citizen"]
    assert said == ["Vorher", "Hallo"]


async def test_what_may_take_long_is_not_cut_short_and_the_limit_holds_afterwards(postgresql_url: str) -> None:
    store = Store(postgresql_url, statement_seconds=0.2)
    with pytest.raises(DatabaseUnavailableError):
        await store.read(sleep)
    await store.write(sleep_unhurried)
    await store.maintain(sleep)
    with pytest.raises(ZeroDivisionError):
        await store.maintain(lambda _: 1 / 0)
    for _ in range(2):
        with pytest.raises(DatabaseUnavailableError):
            await store.write(sleep)
    await store.close()


async def test_operator_may_set_another_limit_in_the_url(postgresql_url: str) -> None:
    store = Store(f"{postgresql_url}?options=-c%20statement_timeout%3D0", statement_seconds=0.2)
    await store.read(sleep)
    await store.close()
