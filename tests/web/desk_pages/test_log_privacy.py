"""No word of a citizen or a caseworker is in web's log, at its most talkative, and whatever goes wrong."""

import asyncio
import gc
import json
from typing import Any

import pytest
from aiohttp import web as aiohttp_web
from sqlalchemy import Engine, text

from bot.text.personal_data import Masked
from bot.web.app import Parts, make_app
from bot.web.chat.hub import LocalHub
from tests.conversations.desk import Desk
from tests.web.conftest import Citizen, ReadLog, Web
from tests.web.desk_pages.conftest import Colleague
from tests.web.desk_pages.test_erase import HIDDEN, WORDS, Story, answer
from tests.web.worker import FakeWorker, refusal, said

WORD = "Zitronengrille"
# Whatever may come to the address of a message: no JSON, no object, no text, too long, unknown fields, not UTF-8.
BODIES = (
    f'{{"text": "{WORD}',
    json.dumps([WORD]),
    json.dumps({"text": [WORD]}),
    json.dumps({"text": WORD * 200}),
    json.dumps({"text": "Hallo", WORD: WORD}),
    json.dumps({"choice": WORD}),
    f'{{"text": "{WORD}\\ud800"}}',
    WORD.encode("utf-16"),
)


def silent(log: str, *words: str) -> None:
    """Fails with the words that are in the log."""
    assert [word for word in words if word.lower() in log.lower()] == []


async def test_whole_story_is_told_without_a_word_in_the_log(
    logged: ReadLog, web: Web, worker: FakeWorker, anna: Colleague, desk: Desk
) -> None:
    worker.answer = answer
    story = Story(web, await web.begin(language="de"), anna, desk)
    await story.tell()
    await anna.browser.get("/desk", params={"words": WORD})
    await anna.browser.get("/desk/history", params={"words": WORD})
    assert logged().count('"request"') > 20
    silent(logged(), *WORDS, *HIDDEN, WORD, story.citizen.id, story.citizen.token)


async def test_bad_bodies_headers_and_addresses_are_refused_without_a_word_in_the_log(
    logged: ReadLog, citizen: Citizen, web: Web
) -> None:
    paths = (
        f"{citizen.path}/messages",
        f"{citizen.path}/requests",
        f"{citizen.path}/{WORD}",
        f"{web.origin}/{WORD}?q={WORD}",
    )
    headers = citizen.headers | {"Content-Type": "application/json"}
    for path in paths:
        for body in BODIES:
            response = await citizen.session.post(path, data=body, headers=headers)
            assert 400 <= response.status < 500, (path, body)
    response = await citizen.session.post(paths[0], data=BODIES[2], headers=headers | {"Idempotency-Key": f"{WORD}ä"})
    assert response.status in {400, 422}
    assert logged().count('"request"') > len(BODIES)
    silent(logged(), WORD)


async def test_bytes_that_are_no_http_are_refused_without_a_word_in_the_log(logged: ReadLog, web: Web) -> None:
    for line in (f"{WORD}\r\n\r\n", f"POST / HTTP/1.1\r\n{WORD} {WORD}\r\n\r\n", f"GET /{WORD} HTTP/9.{WORD}\r\n\r\n"):
        reader, writer = await asyncio.open_connection("127.0.0.1", web.server.port)
        writer.write(line.encode())
        await writer.drain()
        assert b"400" in await asyncio.wait_for(reader.read(), 5)
        writer.close()
    silent(logged(), WORD)


async def test_frames_that_cannot_be_read_leave_no_word_in_the_log(logged: ReadLog, citizen: Citizen) -> None:
    for frame in (WORD, f'{{"type": "{WORD}"}}', f'{{"type": "message", "text": ["{WORD}"]}}', f'["{WORD}"]'):
        socket = await citizen.enter()
        await socket.raw.send_str(frame)
        await socket.receive()
        await socket.raw.close()
    socket = await citizen.connect()
    await socket.raw.send_bytes(WORD.encode())
    await socket.close_code()
    silent(logged(), WORD)


@pytest.mark.parametrize(
    "broken",
    [
        refusal(500, WORD),
        refusal(400, WORD),
        aiohttp_web.Response(text=f"<html>{WORD}"),
        said(WORD, custom={"outcome": WORD}),
        {"outputs": WORD, "understanding": WORD, "state": WORD},
    ],
)
async def test_worker_that_talks_nonsense_leaves_no_word_in_the_log(
    logged: ReadLog, citizen: Citizen, worker: FakeWorker, broken: Any
) -> None:
    worker.answer = lambda _: broken
    await citizen.post({"text": f"Was ist die {WORD}?"})
    assert "turn_failed" in logged()
    silent(logged(), WORD)


async def test_database_that_refuses_a_text_leaves_no_word_in_the_log(
    logged: ReadLog, citizen: Citizen, engine: Engine
) -> None:
    [said_before] = await citizen.say("Hallo")
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE message RENAME TO no_message"))
    response = await citizen.post({"text": f"Was ist die {WORD}?"})
    assert response.status in {500, 503}
    assert (await citizen.rate(said_before["id"], helpful=False, comment=WORD)).status in {500, 503}
    log = logged()
    assert "Error" in log
    silent(log, WORD)


async def test_errors_that_repeat_a_text_leave_no_word_in_the_log(
    logged: ReadLog, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(text: str, *, allowed: frozenset[str] = frozenset()) -> Masked:
        raise ValueError(f"cannot read {text} beside {sorted(allowed)}")

    server = type(web.server)(make_app(web.settings, parts=Parts(hub=LocalHub(), mask=fail)))
    await server.start_server()
    citizen = await Web(server, web.session, web.worker, web.actions, web.settings).begin(language="de")
    assert (await citizen.post({"text": WORD})).status == 500
    socket = await citizen.enter()
    await socket.send(type="message", text=WORD, key="k1")
    await socket.receive()
    await server.close()
    assert "internal_error" in logged()
    silent(logged(), WORD)


async def test_what_fails_in_the_background_leaves_no_word_in_the_log(logged: ReadLog) -> None:
    async def fail(said: str) -> None:
        raise ValueError(said)

    def fail_at_once(said: str) -> None:
        raise ValueError(said)

    task = asyncio.create_task(fail(WORD), name=WORD)
    asyncio.get_running_loop().call_soon(fail_at_once, WORD)
    await asyncio.sleep(0.05)
    del task
    gc.collect()
    await asyncio.sleep(0.05)
    log = logged()
    assert "Task exception was never retrieved" in log
    assert "Exception in callback" in log
    silent(log, WORD)
