from datetime import UTC, datetime

import pytest

from bot.conversations.records import StoredMessage
from bot.web.chat.hub import Behind, LocalHub, Said, Typing
from bot.web.keys import HUB
from tests.web.conftest import Citizen, Web


def said(number: int) -> Said:
    return Said(message=StoredMessage(number=number, role="bot", language="de", text="x", at=datetime.now(UTC)))


def test_listeners_of_the_conversation_hear_and_others_do_not() -> None:
    hub = LocalHub()
    first, second, other = hub.listen("a"), hub.listen("a"), hub.listen("b")
    hub.publish("a", Typing(role="bot"))
    assert (first.get_nowait(), second.get_nowait()) == (Typing(role="bot"), Typing(role="bot"))
    assert other.empty()


def test_who_left_hears_nothing_and_is_not_counted() -> None:
    hub = LocalHub()
    queue = hub.listen("a")
    assert hub.listeners("a") == 1
    hub.leave("a", queue)
    hub.publish("a", Typing(role="bot"))
    assert queue.empty()
    assert hub.listeners("a") == 0


def test_slow_listener_is_told_and_does_not_hold_up_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.chat.hub.MAX_WAITING", 2)
    hub = LocalHub()
    slow, quick = hub.listen("a"), hub.listen("a")
    for number in (1, 2, 3):
        hub.publish("a", said(number))
        assert isinstance(quick.get_nowait(), Said)
    assert slow.get_nowait() == Behind()
    assert slow.empty()


async def test_socket_that_is_too_slow_is_closed_and_may_resume(
    web: Web, citizen: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.chat.hub.MAX_WAITING", 1)
    assert web.server.app is not None
    socket = await citizen.enter()
    for _ in range(3):
        web.server.app[HUB].publish(citizen.id, Typing(role="bot"))
    assert await socket.close_code() == 1013
    monkeypatch.undo()
    await citizen.say("Hallo")
    again = await citizen.enter()
    assert (await again.receive())["message"]["text"] == "Hallo"
