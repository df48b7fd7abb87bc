import asyncio
from typing import Any

import pytest
from aiohttp import web as http
from sqlalchemy import text

from bot.database import open_engine
from tests.web.conftest import Citizen, StartWeb, Web
from tests.web.worker import FakeWorker, Turn, refusal, said

DOWN_DE = "Ich kann gerade nicht nachsehen"
DOWN_EN = "I cannot look that up right now"


def garbage(body: bytes) -> http.Response:
    return http.Response(body=body, content_type="application/json")


@pytest.mark.parametrize(
    "answer",
    [
        refusal(502, "actions_unavailable"),
        refusal(500, "internal"),
        refusal(400, "invalid_request"),
        http.Response(status=302, headers={"Location": "/health"}),
        garbage(b"<html>"),
        garbage(b"{}"),
        garbage(b"[1]"),
        garbage(b'{"outputs": [{"text": "\xff"}], "understanding": {}, "state": null}'),
        said("Hallo", custom={"outcome": "nonsense"}),
        said("Hallo", custom={"card": {"kind": "service"}}),
        said("Hallo", custom={"choices": [{"title": "A"}]}),
        said(None),
        said("  "),
        {**said("Hallo"), "outputs": []},
    ],
)
async def test_worker_that_fails_makes_a_message_of_the_system(
    citizen: Citizen, worker: FakeWorker, answer: Any
) -> None:
    worker.answer = lambda _: answer
    [message] = await citizen.say("Guten Tag")
    assert (message["role"], message["outcome"], message["language"]) == ("system", "unknown", "de")
    assert message["text"].startswith(DOWN_DE)
    assert [entry["role"] for entry in await citizen.history()] == ["citizen", "system"]


async def test_worker_that_is_down_makes_a_message_in_the_language_of_the_citizen(
    citizen: Citizen, worker: FakeWorker
) -> None:
    await worker.stop()
    [message] = await citizen.say("How much is a new passport?")
    assert message["role"] == "system"
    assert message["language"] == "en"
    assert message["text"].startswith(DOWN_EN)


async def test_worker_that_is_slow_is_given_up_in_time(start_web: StartWeb, worker: FakeWorker) -> None:
    web = await start_web(turn_timeout=0.2)
    citizen = await web.begin()
    worker.gate.clear()
    async with asyncio.timeout(2):
        [message] = await citizen.say("Hallo")
    assert message["role"] == "system"


async def test_dialogue_goes_on_where_it_was_after_an_outage(citizen: Citizen, worker: FakeWorker) -> None:
    await citizen.say("Personalausweis")
    worker.answer, healthy = lambda _: refusal(500, "internal"), worker.answer
    await citizen.say("Was kostet er?")
    worker.answer = healthy
    await citizen.say("Was kostet er?")
    assert worker.turns[-1]["state"] == {"turns": 1}


async def test_worker_that_cannot_read_the_state_is_asked_again_without_it(
    citizen: Citizen, worker: FakeWorker
) -> None:
    await citizen.say("Personalausweis")
    worker.answer = lambda turn: refusal(400, "invalid_request") if turn["state"] else said("Neu angefangen.")
    [answer] = await citizen.say("Was kostet er?")
    assert answer["text"] == "Neu angefangen."


async def test_turns_of_one_conversation_run_one_after_another(citizen: Citizen, worker: FakeWorker) -> None:
    def count(turn: Turn) -> Turn:
        turns = (turn["state"] or {"turns": 0})["turns"] + 1
        return {**said(f"{turns}"), "state": {"turns": turns}}

    worker.answer = count
    answers = await asyncio.gather(*(citizen.say(f"Nachricht {number}") for number in range(10)))
    assert sorted(int(answer["text"]) for [answer] in answers) == list(range(1, 11))
    history = await citizen.history()
    assert [entry["role"] for entry in history] == ["citizen", "bot"] * 10


async def test_another_conversation_does_not_wait(web: Web, citizen: Citizen, worker: FakeWorker) -> None:
    worker.gate.clear()
    waiting = asyncio.create_task(citizen.say("Hallo"))
    await worker.arrived.wait()
    other = await web.begin()
    assert await other.history() == []
    worker.gate.set()
    await waiting


async def test_two_processes_do_not_interleave(start_web: StartWeb, worker: FakeWorker) -> None:
    """Two web processes on one database: no state is lost, whoever is faster."""

    def count(turn: Turn) -> Turn:
        turns = (turn["state"] or {"turns": 0})["turns"] + 1
        return {**said(f"{turns}"), "state": {"turns": turns}}

    worker.answer = count
    first, second = await start_web(), await start_web()
    here = await first.begin()
    there = Citizen(here.session, second.origin, here.id, here.token)
    responses = await asyncio.gather(
        *(
            citizen.post({"text": f"Nachricht {number}"}, key=f"{number}")
            for number in range(3)
            for citizen in (here, there)
        )
    )
    assert {response.status for response in responses} <= {200, 409}
    for number in range(3):
        await here.say(f"Nachricht {number}", key=f"{number}")
    history = await here.history()
    asked = [entry["text"] for entry in history if entry["role"] == "citizen"]
    assert sorted(asked) == [f"Nachricht {number}" for number in range(3)]
    assert [entry["text"] for entry in history if entry["role"] == "bot"] == ["1", "2", "3"]


def set_mode(web: Web, citizen: Citizen, mode: str) -> None:
    engine = open_engine(web.settings.database_url)
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE conversation SET mode = :mode, version = version + 1 WHERE id = :id"),
            {"mode": mode, "id": citizen.id},
        )
    engine.dispose()


async def test_bot_is_silent_while_a_caseworker_has_the_conversation(
    web: Web, citizen: Citizen, worker: FakeWorker
) -> None:
    set_mode(web, citizen, "human")
    response = await citizen.post({"text": "Sind Sie da?"}, key="one")
    assert response.status == 202
    assert await response.json() == {"messages": []}
    assert worker.turns == []
    assert (await citizen.post({"text": "Sind Sie da?"}, key="one")).status == 202
    assert [entry["text"] for entry in await citizen.history()] == ["Sind Sie da?"]


async def test_bot_still_answers_who_waits_for_a_caseworker(web: Web, citizen: Citizen) -> None:
    set_mode(web, citizen, "waiting")
    assert (await citizen.post({"text": "Hallo"})).status == 200


async def test_answer_is_dropped_when_a_caseworker_takes_over_meanwhile(
    web: Web, citizen: Citizen, worker: FakeWorker
) -> None:
    worker.gate.clear()
    asking = asyncio.create_task(citizen.post({"text": "Hallo"}))
    await worker.arrived.wait()
    set_mode(web, citizen, "human")
    worker.gate.set()
    assert (await asking).status == 202
    assert [entry["role"] for entry in await citizen.history()] == ["citizen"]


async def test_conversation_erased_during_a_turn_is_gone(start_web: StartWeb, worker: FakeWorker) -> None:
    """By another process, because this one waits for the turn."""
    first, second = await start_web(), await start_web()
    here = await first.begin()
    there = Citizen(here.session, second.origin, here.id, here.token)
    worker.gate.clear()
    asking = asyncio.create_task(here.post({"text": "Hallo"}))
    await worker.arrived.wait()
    assert (await there.erase()).status == 204
    worker.gate.set()
    assert (await asking).status == 404


async def test_erasing_leaves_nothing_behind(web: Web, citizen: Citizen) -> None:
    other = await web.begin()
    await citizen.say("Hallo")
    await other.say("Hallo")
    await citizen.erase()
    engine = open_engine(web.settings.database_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT DISTINCT conversation_id FROM message")).scalars().all() == [other.id]
        assert connection.execute(text("SELECT id FROM conversation")).scalars().all() == [other.id]
    engine.dispose()


async def test_personal_data_is_stored_and_sent_masked_and_the_citizen_is_told(
    citizen: Citizen, worker: FakeWorker
) -> None:
    [answer] = await citizen.say("Meine IBAN ist DE89 3704 0044 0532 0130 00, was kostet der Pass?")
    asked = worker.turns[0]["text"]
    assert asked == "Meine IBAN ist , was kostet der Pass?"
    assert (await citizen.history())[0]["text"] == "Meine IBAN ist [IBAN], was kostet der Pass?"
    notice, rest = answer["text"].split("\n\n")
    assert "IBAN" in notice
    assert rest == f"Antwort auf: {asked}"


async def test_running_turn_is_finished_when_the_server_stops(start_web: StartWeb, worker: FakeWorker) -> None:
    web = await start_web()
    citizen = await web.begin()
    worker.gate.clear()
    asking = asyncio.create_task(citizen.say("Hallo"))
    await worker.arrived.wait()
    stopping = asyncio.create_task(web.server.close())
    await asyncio.sleep(0.05)
    worker.gate.set()
    [answer] = await asking
    assert answer["text"] == "Antwort auf: Hallo"
    await stopping


async def test_turn_goes_on_when_the_citizen_hangs_up(web: Web, citizen: Citizen, worker: FakeWorker) -> None:
    worker.gate.clear()
    asking = asyncio.create_task(citizen.say("Hallo"))
    await worker.arrived.wait()
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    worker.gate.set()
    assert (await citizen.history_of(2))[1]["text"] == "Antwort auf: Hallo"
