"""Nothing that citizens or caseworkers write stands in what the processes print, at their most talkative."""

import asyncio
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import ClientSession

from tests.load.caseworkers import CLAIM
from tests.load.faults import PASSWORD, SETTINGS, make_desk
from tests.processes.running import Running, free_ports, running_stadtlotse, wait_until_ready
from tests.web.conftest import Citizen, open_session
from tests.web.staff.conftest import Browser
from tests.web.test_handoff import press, wish

REQUEST = re.compile(r"/desk/requests/(\d+)")
TALKATIVE = {**SETTINGS, "STADTLOTSE_LOG_LEVEL": "debug", "STADTLOTSE_LOG_FORMAT": "json"}


class Words:
    """Words that nobody else writes: each is made once and remembered."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def new(self) -> str:
        """In letters that JSON and URLs leave as they are; no part of another one."""
        number = len(self.said)
        self.said.append(f"quitte{chr(97 + number // 26)}{chr(97 + number % 26)}falter")
        return self.said[-1]

    def found_in(self, log: str) -> list[str]:
        """The lines in which one stands."""
        return [line for line in log.splitlines() if any(word in line.lower() for word in self.said)]


async def test_no_process_prints_what_was_written(tmp_path: Path, new_database: Callable[[str], str]) -> None:
    url, words = new_database("logs"), Words()
    [no_mail_server] = free_ports(1)
    mail = {"HOST": "127.0.0.1", "PORT": str(no_mail_server), "TLS": "none", "SENDER": "chat@auenfurt.example"}
    settings = TALKATIVE | {f"STADTLOTSE_SMTP_{name}": value for name, value in mail.items()}
    with running_stadtlotse(tmp_path, url, **settings) as running:
        await asyncio.to_thread(make_desk, url, 1)
        async with open_session() as session:
            await ask_and_rate(await begin(session, running), words)
            await leave_a_request(await begin(session, running), words)
            await talk_to_a_caseworker(await begin(session, running), running, words)
            await send_what_is_wrong(await begin(session, running), running, words)
            await write_while_others_fail(await begin(session, running), running, words)
    log = running.log.read_text(encoding="utf-8")
    assert words.found_in(log) == []
    # The log is the one that was meant: requests, failures and the supervisor's own lines are in it.
    for event in (
        '"event": "request"',
        '"event": "turn_failed"',
        '"event": "mail_put_off"',
        "worker ended with status",
    ):
        assert event in log, event


async def begin(session: ClientSession, running: Running) -> Citizen:
    response = await session.post(f"{running.origin}/api/v1/conversations", json={"language": "de"})
    begun = await response.json()
    return Citizen(session, running.origin, begun["id"], begun["token"])


async def ask_and_rate(citizen: Citizen, words: Words) -> None:
    """A question, a choice, a word on the answer, and sentences that nobody understands."""
    [answer] = await citizen.say(f"Was kostet ein Reisepass fuer {words.new()}?")
    assert (await citizen.rate(answer["id"], helpful=False, comment=f"Es fehlt {words.new()}")).status == 200
    await citizen.say(f"{words.new()} {words.new()}")
    [offer] = await citizen.say("Ausweis")
    for choice in offer.get("choices", [])[:1]:
        words.said.append(choice["choice"].lower())
        assert (await citizen.post({"choice": choice["choice"]})).status == 200


async def leave_a_request(citizen: Citizen, words: Words) -> None:
    """Nobody is at the desk: a request with an address, which the mail server refuses."""
    await citizen.say(f"Ich will mit einem Menschen ueber {words.new()} sprechen")
    await press(citizen, await wish(citizen), "write_request")
    what, reach, email = f"Die Laterne {words.new()}", f"{words.new()} Weg 3", f"{words.new()}@buerger.example"
    body = {"what": what, "reach": reach, "email": email, "consent": True}
    response = await citizen.session.post(f"{citizen.path}/requests", json=body, headers=citizen.headers)
    assert response.status == 201
    opened = await response.json()
    words.said += [opened["code"].lower(), opened["reference"].lower()]
    lookup = f"{citizen.origin}/api/v1/requests/lookup"
    key = {"reference": opened["reference"], "code": opened["code"]}
    assert (await citizen.session.post(lookup, json=key)).status == 200
    assert (await citizen.session.post(lookup, json=key | {"code": words.new()})).status == 404


async def talk_to_a_caseworker(citizen: Citizen, running: Running, words: Words) -> None:
    """A handoff with messages, notes and searches of both sides, then the answer to the request."""
    desk = Browser(running.origin)
    try:
        await desk.sign_in(words.new(), words.new())
        assert (await desk.sign_in("w1", PASSWORD)).status == 303
        await desk.page("/desk")
        socket = await citizen.enter()
        await press(citizen, await wish(citizen), "accept")
        await socket.send(type="message", id="1", text=f"Ich warte wegen {words.new()}")
        [handoff] = CLAIM.findall(await desk.page("/desk"))
        base = f"/desk/conversations/{handoff}"
        assert (await desk.post(f"{base}/claim", at="/desk")).status == 303
        fields = {"text": f"Guten Tag, hier ist {words.new()}", "key": "a1"}
        assert (await desk.post(f"{base}/messages", fields, at="/desk")).status == 303
        assert (await desk.post(f"{base}/notes", {"note": words.new()}, at="/desk")).status == 303
        assert (await citizen.post({"text": f"Danke, {words.new()}"})).status == 202
        await desk.page(f"{base}?q={words.new()}")
        refused = await desk.post(f"{base}/close", {"outcome": words.new(), "text": words.new()}, at="/desk")
        assert refused.status < 500
        assert (await desk.post(f"{base}/close", {"outcome": "solved", "service": ""}, at="/desk")).status == 303
        assert (await desk.get(f"/desk/history?text={words.new()}&since={words.new()}")).status < 500
        [request] = set(REQUEST.findall(await desk.page("/desk/requests")))
        assert (await desk.post(f"/desk/requests/{request}/take", at="/desk")).status == 303
        answer = {"text": f"Erledigt, {words.new()}"}
        assert (await desk.post(f"/desk/requests/{request}/answer", answer, at="/desk")).status == 303
        await socket.raw.close()
    finally:
        await desk.session.close()


async def send_what_is_wrong(citizen: Citizen, running: Running, words: Words) -> None:
    """What no client of ours would send, to each of the processes."""
    for body in ({"text": words.new() * 200}, {"text": 1, words.new(): 1}, {"choice": words.new()}):
        assert 400 <= (await citizen.post(body)).status < 500
    broken = f'{{"text": "{words.new()}'
    response = await citizen.session.post(f"{citizen.path}/messages", data=broken, headers=citizen.headers)
    assert 400 <= response.status < 500
    assert (await citizen.session.get(f"{running.origin}/{words.new()}?q={words.new()}")).status == 404
    socket = await citizen.connect()
    await socket.raw.send_str(words.new())
    await socket.close_code()

    worker, actions = running.environment["STADTLOTSE_WORKER_URL"], running.environment["STADTLOTSE_ACTIONS_URL"]
    turn = {"conversation": words.new(), "language": "de", "text": words.new()}
    wrong: tuple[tuple[str, Any], ...] = (
        (f"{worker}/turn", turn | {"state": {words.new(): words.new()}}),
        (f"{worker}/turn", turn | {words.new(): 1}),
        (f"{worker}/turn", turn | {"text": None, "choice": {"intent": words.new()}}),
        (f"{actions}/webhook", {"next_action": words.new(), "tracker": {"sender_id": words.new()}}),
        (f"{actions}/webhook", {"next_action": "action_answer_service", "tracker": words.new(), "domain": {}}),
        (f"{actions}/{words.new()}?q={words.new()}", {}),
    )
    for url, body in wrong:
        assert (await citizen.session.post(url, json=body)).status >= 400, url
    for url in (f"{worker}/turn", f"{actions}/webhook"):
        assert (await citizen.session.post(url, data=f'{{"text": "{words.new()}')).status >= 400
    for origin in (running.origin, worker, actions):
        # The worker's log repeats a request line or header it cannot read; words of citizens are in bodies alone.
        path, length = ("turn", "much") if origin == worker else (words.new(), words.new())
        await send_bytes(origin, f"POST /{path} HTTP/9.x\r\n\r\n{words.new()}")
        await send_bytes(origin, f"POST /turn HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{words.new()}")


async def send_bytes(origin: str, said: str) -> None:
    """Say something that is no HTTP, and wait for the end."""
    address = urlsplit(origin)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(said.encode())
    writer.write_eof()
    async with asyncio.timeout(30):
        await reader.read()
    writer.close()


async def write_while_others_fail(citizen: Citizen, running: Running, words: Words) -> None:
    """The action server hangs, then the worker is killed in the middle of a turn."""
    children = running.children()
    os.kill(children["actions"], signal.SIGSTOP)
    try:
        [sorry] = await citizen.say(f"Was kostet ein Reisepass fuer {words.new()}?")
        assert sorry["role"] == "system"
        turn = asyncio.create_task(citizen.say(f"Welche Unterlagen braucht {words.new()}?"))
        await asyncio.sleep(1)
        os.kill(children["worker"], signal.SIGKILL)
        [sorry] = await turn
        assert sorry["role"] == "system"
        await citizen.say(words.new())
    finally:
        os.kill(children["actions"], signal.SIGCONT)
    await asyncio.to_thread(wait_until_ready, running)
    await citizen.say(f"Was kostet ein Reisepass fuer {words.new()}?")
