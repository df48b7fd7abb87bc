import asyncio
import json
from typing import Any

import pytest
from aiohttp import ClientSession, WSMsgType, WSServerHandshakeError

from tests.web.conftest import CONVERSATIONS, Citizen, StartWeb, Web
from tests.web.worker import FakeWorker


async def test_message_is_acknowledged_then_answered(citizen: Citizen) -> None:
    socket = await citizen.enter()
    await socket.send(type="message", id="k1", text="Hallo")
    ack = await socket.receive()
    assert (ack["type"], ack["id"], ack["message"]["text"]) == ("ack", "k1", "Hallo")
    assert await socket.receive() == {"type": "typing", "role": "bot"}
    answer = await socket.receive()
    assert answer["type"] == "message"
    assert [ack["message"], answer["message"]] == await citizen.history()


async def test_message_is_committed_before_it_is_acknowledged(citizen: Citizen, worker: FakeWorker) -> None:
    worker.gate.clear()
    socket = await citizen.enter()
    await socket.send(type="message", id="k1", text="Hallo")
    ack = await socket.receive_until("ack")
    assert await citizen.history() == [ack["message"]]
    worker.gate.set()


async def test_choice_is_taken(citizen: Citizen, worker: FakeWorker) -> None:
    socket = await citizen.enter()
    await socket.send(type="message", id="k1", choice="A" * 22)
    error = await socket.receive_until("error")
    assert (error["id"], error["error"]["code"], error["error"]["field"]) == ("k1", "unknown_choice", "choice")


async def test_whole_history_comes_without_a_last_message(citizen: Citizen) -> None:
    await citizen.say("Eins")
    await citizen.say("Zwei")
    socket = await citizen.enter()
    received = [(await socket.receive())["message"] for _ in range(4)]
    assert received == await citizen.history()


async def test_socket_resumes_after_the_last_message(citizen: Citizen) -> None:
    [first] = await citizen.say("Eins")
    await citizen.say("Zwei")
    socket = await citizen.enter(after=first["id"])
    received = [(await socket.receive())["message"] for _ in range(2)]
    assert received == await citizen.history(after=first["id"])


async def test_second_tab_sees_the_same_live(citizen: Citizen) -> None:
    here, there = await citizen.enter(), await citizen.enter()
    await here.send(type="message", id="k1", text="Hallo")
    frames = [await there.receive() for _ in range(3)]
    assert [frame["type"] for frame in frames] == ["message", "typing", "message"]
    assert [frames[0]["message"], frames[2]["message"]] == await citizen.history()


async def test_message_over_rest_reaches_the_open_socket(citizen: Citizen) -> None:
    socket = await citizen.enter()
    await citizen.say("Hallo")
    frames = [await socket.receive() for _ in range(3)]
    assert [frame["type"] for frame in frames] == ["message", "typing", "message"]


async def test_other_conversation_hears_nothing(web: Web, citizen: Citizen) -> None:
    other = await (await web.begin()).enter()
    await citizen.say("Hallo")
    await other.send(type="ping")
    assert await other.receive() == {"type": "pong"}


async def test_same_id_twice_is_one_message_acknowledged_twice(citizen: Citizen, worker: FakeWorker) -> None:
    socket = await citizen.enter()
    for _ in range(2):
        await socket.send(type="message", id="k1", text="Hallo")
    acks = [await socket.receive_until("ack") for _ in range(2)]
    assert acks[0] == acks[1]
    assert len(worker.turns) == 1
    assert len(await citizen.history()) == 2


async def test_message_sent_again_after_a_lost_connection_works_once(citizen: Citizen, worker: FakeWorker) -> None:
    socket = await citizen.enter()
    await socket.send(type="message", id="k1", text="Hallo")
    await socket.receive_until("message")
    await socket.raw.close()
    again = await citizen.enter(after="00000002")
    await again.send(type="message", id="k1", text="Hallo")
    ack = await again.receive()
    assert (ack["type"], ack["message"]["id"]) == ("ack", "00000001")
    assert len(worker.turns) == 1


async def test_socket_closed_mid_message_keeps_message_and_answer(citizen: Citizen, worker: FakeWorker) -> None:
    worker.gate.clear()
    socket = await citizen.enter()
    await socket.send(type="message", id="k1", text="Hallo")
    await worker.arrived.wait()
    await socket.raw.close()
    worker.gate.set()
    history = await citizen.history_of(2)
    assert [message["text"] for message in history] == ["Hallo", "Antwort auf: Hallo"]


@pytest.mark.parametrize(("token", "expected"), [("wrong", 4401), ("A" * 43, 4401)])
async def test_wrong_token_is_refused(citizen: Citizen, token: str, expected: int) -> None:
    socket = await citizen.connect()
    await socket.send(type="hello", token=token)
    error = await socket.receive()
    assert (error["type"], error["error"]["code"]) == ("error", "unauthorized")
    assert await socket.close_code() == expected


async def test_unknown_conversation_is_refused(web: Web, citizen: Citizen) -> None:
    unknown = Citizen(web.session, web.origin, "A" * 22, citizen.token)
    socket = await unknown.connect()
    await socket.send(type="hello", token=citizen.token)
    assert (await socket.receive())["error"]["code"] == "not_found"
    assert await socket.close_code() == 4404


@pytest.mark.parametrize(
    "frame", ['{"type": "message", "text": "Hallo"}', '{"type": "ping"}', "{", "[]", '{"type": "hello"}']
)
async def test_first_frame_that_is_no_hello_closes_the_socket(citizen: Citizen, frame: str) -> None:
    socket = await citizen.connect()
    await socket.raw.send_str(frame)
    assert (await socket.receive())["type"] == "error"
    assert await socket.close_code() in {1008, 4401}
    assert await citizen.history() == []


async def test_silent_socket_is_closed(citizen: Citizen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.chat.socket.HELLO_SECONDS", 0.05)
    socket = await citizen.connect()
    assert (await socket.receive())["error"]["code"] == "unauthorized"
    assert await socket.close_code() == 4401


async def test_token_may_come_in_the_header(citizen: Citizen) -> None:
    await citizen.say("Eins")
    socket = await citizen.connect(**citizen.headers)
    assert (await socket.receive())["type"] == "state"
    assert [(await socket.receive())["message"] for _ in range(2)] == await citizen.history()
    await socket.send(type="message", text="Zwei")
    assert (await socket.receive_until("ack"))["id"] is None


async def test_wrong_token_in_the_header_is_refused_before_the_upgrade(citizen: Citizen) -> None:
    with pytest.raises(WSServerHandshakeError) as refused:
        await citizen.connect(Authorization="Bearer " + "A" * 43)
    assert refused.value.status == 401


async def test_request_without_upgrade_is_refused(web: Web, citizen: Citizen) -> None:
    response = await web.session.get(f"{citizen.path}/socket", headers=citizen.headers)
    assert response.status == 426
    assert response.headers["Upgrade"] == "websocket"
    assert (await response.json())["error"]["code"] == "upgrade_required"


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("{own}", True),
        ("https://www.auenfurt.example", True),
        ("https://WWW.Auenfurt.example", True),
        ("https://auenfurt.example", False),
        ("https://www.auenfurt.example.evil.example", False),
        ("http://127.0.0.1:1", False),
        ("null", False),
        ("", False),
    ],
)
async def test_only_known_websites_may_connect(start_web: StartWeb, origin: str, allowed: bool) -> None:
    web = await start_web(public_origin="https://www.auenfurt.example https://intranet.auenfurt.example")
    citizen = await web.begin()
    origin = origin.format(own=web.origin)
    if allowed:
        await citizen.connect(Origin=origin)
        return
    with pytest.raises(WSServerHandshakeError) as refused:
        await citizen.connect(Origin=origin)
    assert refused.value.status == 403


@pytest.mark.parametrize(
    ("frame", "code", "field"),
    [
        ("{", "invalid_json", None),
        ("[]", "invalid", None),
        ('"x"', "invalid", None),
        ("{}", "invalid", "type"),
        ('{"type": "dance"}', "invalid", "type"),
        ('{"type": ["message"]}', "invalid", "type"),
        ('{"type": "message"}', "invalid", "text"),
        ('{"type": "message", "text": 1}', "invalid", "text"),
        ('{"type": "message", "text": " "}', "invalid", "text"),
        ('{"type": "message", "id": 1, "text": "a"}', "invalid", "id"),
        ('{"type": "message", "id": "mit leerzeichen", "text": "a"}', "invalid", "id"),
        ('{"type": "message", "text": "a", "x": 1}', "invalid", "x"),
        (json.dumps({"type": "message", "text": "a" * 1001}), "too_long", "text"),
    ],
)
async def test_wrong_frame_is_refused_and_the_socket_lives_on(
    citizen: Citizen, frame: str, code: str, field: str | None
) -> None:
    socket = await citizen.enter()
    await socket.raw.send_str(frame)
    error = (await socket.receive())["error"]
    assert (error["code"], error.get("field")) == (code, field)
    await socket.send(type="ping")
    assert await socket.receive() == {"type": "pong"}


async def test_binary_frame_is_refused(citizen: Citizen) -> None:
    socket = await citizen.enter()
    await socket.raw.send_bytes(b'{"type": "ping"}')
    assert (await socket.receive())["error"]["code"] == "invalid_json"


async def test_refusal_names_the_message_it_is_about(citizen: Citizen) -> None:
    socket = await citizen.enter()
    await socket.send(type="message", id="k1", text="")
    error = await socket.receive()
    assert (error["id"], error["error"]["field"]) == ("k1", "text")


async def test_frame_that_is_too_large_closes_the_socket(citizen: Citizen) -> None:
    socket = await citizen.enter()
    await socket.send(type="message", text="a" * 20_000)
    assert await socket.close_code() == 1009
    assert await citizen.history() == []


async def test_too_many_messages_are_refused_with_the_time_to_wait(start_web: StartWeb) -> None:
    citizen = await (await start_web(messages_per_minute=1)).begin()
    socket = await citizen.enter()
    await socket.send(type="message", id="k1", text="Eins")
    await socket.send(type="message", id="k2", text="Zwei")
    error = await socket.receive_until("error")
    assert (error["id"], error["error"]["code"]) == ("k2", "too_many_requests")
    assert 1 <= error["retry_after"] <= 60


async def test_flood_of_frames_closes_the_socket(citizen: Citizen) -> None:
    socket = await citizen.enter()
    for _ in range(121):
        await socket.send(type="ping")
    assert await socket.close_code() == 4429


async def test_one_socket_too_many_is_refused(start_web: StartWeb) -> None:
    citizen = await (await start_web(sockets_per_conversation=2)).begin()
    first, _second = await citizen.enter(), await citizen.enter()
    third = await citizen.connect()
    await third.send(type="hello", token=citizen.token)
    assert (await third.receive())["error"]["code"] == "too_many_sockets"
    assert await third.close_code() == 4429
    await first.raw.close()
    await citizen.enter()


async def test_idle_socket_is_closed(start_web: StartWeb) -> None:
    citizen = await (await start_web(socket_idle=0.1)).begin()
    socket = await citizen.enter()
    assert await socket.close_code() == 4408


async def test_ping_does_not_keep_a_socket_from_being_idle(start_web: StartWeb) -> None:
    citizen = await (await start_web(socket_idle=0.2)).begin()
    socket = await citizen.enter()

    async def ping() -> None:
        while True:
            await socket.send(type="ping")
            await asyncio.sleep(0.05)

    pinging = asyncio.create_task(ping())
    assert await socket.close_code() == 4408
    pinging.cancel()
    await asyncio.gather(pinging, return_exceptions=True)


async def test_erasing_closes_all_sockets(citizen: Citizen) -> None:
    sockets = [await citizen.enter(), await citizen.enter()]
    await citizen.erase()
    assert [await socket.close_code() for socket in sockets] == [4404, 4404]


async def test_stopping_server_says_goodbye(start_web: StartWeb) -> None:
    web = await start_web()
    socket = await (await web.begin()).enter()
    stopping = asyncio.create_task(web.server.close())
    assert await socket.close_code() == 1001
    await stopping


async def test_answer_under_way_arrives_before_the_goodbye(start_web: StartWeb, worker: FakeWorker) -> None:
    web = await start_web()
    socket = await (await web.begin()).enter()
    worker.gate.clear()
    await socket.send(type="message", id="k1", text="Hallo")
    await worker.arrived.wait()
    stopping = asyncio.create_task(web.server.close())
    await asyncio.sleep(0.05)
    worker.gate.set()
    assert (await socket.receive_until("message"))["message"]["text"] == "Antwort auf: Hallo"
    assert await socket.close_code() == 1001
    await stopping


async def test_database_that_fails_mid_turn_is_said(citizen: Citizen, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret")

    socket = await citizen.enter()
    monkeypatch.setattr("bot.conversations.queries.add_message", fail)
    await socket.send(type="message", id="k1", text="Hallo")
    error = await socket.receive_until("error")
    assert (error["id"], error["error"]["code"]) == ("k1", "internal")
    assert "secret" not in str(error)


async def test_token_in_the_address_is_not_accepted(web: Web, citizen: Citizen) -> None:
    async with ClientSession() as session:
        raw = await session.ws_connect(f"{web.origin}{CONVERSATIONS}/{citizen.id}/socket?token={citizen.token}")
        await raw.send_json({"type": "message", "text": "Hallo"})
        message = await raw.receive(timeout=5)
        assert message.type is WSMsgType.TEXT
        assert json.loads(message.data)["error"]["code"] == "unauthorized"
        await raw.close()
