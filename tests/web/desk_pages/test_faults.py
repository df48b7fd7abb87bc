"""The desk when something goes wrong behind it."""

import asyncio

import pytest

from bot.web.desk import changes
from bot.web.desk import socket as desk_socket
from tests.conversations.desk import Desk
from tests.web.conftest import ReadLog
from tests.web.desk_pages.conftest import Colleague
from tests.web.desk_pages.test_changes import connect


async def test_one_look_that_failed_does_not_end_the_following_ones(
    desk: Desk, anna: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    socket = await connect(anna)
    failed = asyncio.Event()
    loop = asyncio.get_running_loop()

    def fail(_connection: object) -> None:
        loop.call_soon_threadsafe(failed.set)
        raise ValueError("a row that cannot be read")

    with monkeypatch.context() as patch:
        patch.setattr(changes, "read_marks", fail)
        async with asyncio.timeout(10):
            await failed.wait()
    waiting = desk.wait("Ich brauche Hilfe")
    assert (await socket.receive())["handoffs"] == [waiting.id]


async def test_socket_that_fails_is_logged(anna: Colleague, monkeypatch: pytest.MonkeyPatch, logged: ReadLog) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise ValueError("Ein Geheimnis")

    monkeypatch.setattr(desk_socket, "note_presence", fail)
    await (await connect(anna)).close_code()
    async with asyncio.timeout(10):
        while "desk_socket_failed" not in logged():  # noqa: ASYNC110 - a log has no event
            await asyncio.sleep(0.01)
    assert "Geheimnis" not in logged()
