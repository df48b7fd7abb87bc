import asyncio

import pytest

from tests.web.conftest import Citizen, Web
from tests.web.worker import FakeWorker, said


async def test_same_key_and_body_gets_the_same_answer_and_works_once(citizen: Citizen, worker: FakeWorker) -> None:
    worker.answer = lambda _: said(
        "Was meinen Sie?", custom={"choices": [{"title": "A", "intent": "choose_service", "entities": {}}]}
    )
    first = await citizen.say("Pass", key="one")
    second = await citizen.say("Pass", key="one")
    assert first == second
    assert len(worker.turns) == 1
    assert len(await citizen.history()) == 2


async def test_same_message_without_key_is_said_twice(citizen: Citizen, worker: FakeWorker) -> None:
    assert await citizen.say("Pass") != await citizen.say("Pass")
    assert len(worker.turns) == 2


async def test_same_key_with_another_body_is_refused(citizen: Citizen) -> None:
    await citizen.say("Pass", key="one")
    response = await citizen.post({"text": "Perso"}, key="one")
    assert response.status == 422
    error = (await response.json())["error"]
    assert (error["code"], error["field"]) == ("key_reused", "Idempotency-Key")
    assert len(await citizen.history()) == 2


async def test_same_key_in_two_conversations_is_two_messages(web: Web, citizen: Citizen) -> None:
    other = await web.begin()
    await citizen.say("Pass", key="one")
    [answer] = await other.say("Perso", key="one")
    assert answer["text"] == "Antwort auf: Perso"


async def test_same_key_at_the_same_time_works_once(citizen: Citizen, worker: FakeWorker) -> None:
    worker.gate.clear()
    racing = [asyncio.create_task(citizen.say("Pass", key="one")) for _ in range(8)]
    await worker.arrived.wait()
    worker.gate.set()
    answers = await asyncio.gather(*racing)
    assert all(answer == answers[0] for answer in answers)
    assert len(worker.turns) == 1
    assert len(await citizen.history()) == 2


@pytest.mark.parametrize("key", ["", "a" * 129, "mit leerzeichen", "umläut"])
async def test_key_that_cannot_be_one_is_refused(citizen: Citizen, key: str) -> None:
    response = await citizen.post({"text": "Pass"}, key=key)
    assert response.status == 422
    assert (await response.json())["error"]["field"] == "Idempotency-Key"


async def test_message_kept_before_a_crash_is_answered_when_it_comes_again(
    citizen: Citizen, worker: FakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(*_: object, **__: object) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr("bot.web.chat.turns.answer_message", crash)
        assert (await citizen.post({"text": "Pass"}, key="one")).status == 500
    assert [message["role"] for message in await citizen.history()] == ["citizen"]
    [answer] = await citizen.say("Pass", key="one")
    assert answer["text"] == "Antwort auf: Pass"
    assert [message["role"] for message in await citizen.history()] == ["citizen", "bot"]
