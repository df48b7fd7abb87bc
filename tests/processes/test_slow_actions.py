"""An action server that answers too late: stopped by SIGSTOP, it takes requests and says nothing until SIGCONT."""

import asyncio
import os
import signal
import time

from bot.settings import Settings
from tests.processes.running import Running, wait_until_ready
from tests.web.conftest import Citizen, open_session

SETTLE_SECONDS = 3.0  # for late answers to arrive, if there were any


async def test_too_slow_answer_is_given_up_and_never_comes_late(auenfurt: Running) -> None:
    wait_until_ready(auenfurt)
    actions = auenfurt.children()["actions"]
    async with open_session() as session:
        begun = await (await session.post(f"{auenfurt.origin}/api/v1/conversations", json={"language": "de"})).json()
        citizen = Citizen(session, auenfurt.origin, begun["id"], begun["token"])
        socket = await citizen.enter()
        [answer] = await citizen.say("Was kostet ein Reisepass?")
        assert answer["card"]["service"]["id"] == "reisepass"
        os.kill(actions, signal.SIGSTOP)
        try:
            for text in ("und wie lange dauert das?", "Welche Unterlagen brauche ich?"):
                started = time.monotonic()
                [sorry] = await citizen.say(text)
                # The worker gives up before web does; the rest is for a machine with other work.
                assert time.monotonic() - started < 2 * Settings().turn_timeout
                assert (sorry["role"], sorry["outcome"]) == ("system", "unknown")
                assert "nicht nachsehen" in sorry["text"]
        finally:
            os.kill(actions, signal.SIGCONT)
        await asyncio.to_thread(wait_until_ready, auenfurt, 60)
        await asyncio.sleep(SETTLE_SECONDS)
        [answer] = await citizen.say("und wie lange dauert das?")
        assert answer["card"]["service"]["id"] == "reisepass"  # the dialogue goes on where it was
        history = await citizen.history()
        assert [message["role"] for message in history] == [
            "citizen",
            "bot",
            *["citizen", "system"] * 2,
            "citizen",
            "bot",
        ]
        seen = []
        while len(seen) < len(history):
            frame = await socket.receive()
            if frame["type"] == "message":
                seen.append(frame["message"]["id"])
        assert seen == [message["id"] for message in history]
        await socket.raw.close()
    assert auenfurt.children()["actions"] == actions
