"""What becomes of a turn when the process that was about to answer is killed."""

import asyncio
from datetime import UTC, datetime

from bot.conversations import claims, queries
from bot.conversations.records import StoredMessage
from bot.web.chat.handoff_texts import say
from bot.web.keys import RUNNING
from tests.web.conftest import Citizen, Web, open_session
from tests.web.desk import Desk
from tests.web.test_handoff import enter_queue, press
from tests.web.test_several import real_process
from tests.web.worker import FakeWorker


async def test_message_acknowledged_before_a_crash_is_answered_when_its_citizen_comes_back(
    database_url: str, worker: FakeWorker
) -> None:
    async with open_session() as session:
        async with real_process(database_url, worker) as (process, origin):
            begun = await (await session.post(f"{origin}/api/v1/conversations", json={"language": "de"})).json()
            socket = await Citizen(session, origin, begun["id"], begun["token"]).enter()
            worker.gate.clear()
            await socket.send(type="message", id="k1", text="Was kostet ein Reisepass?")
            kept = (await socket.receive_until("ack"))["message"]
            await asyncio.wait_for(worker.arrived.wait(), 10)
            process.kill()
            await process.wait()
            await socket.raw.close()
        worker.gate.set()
        async with real_process(database_url, worker) as (_process, origin):
            citizen = Citizen(session, origin, begun["id"], begun["token"])
            tabs = [await citizen.enter(after=kept["id"]), await citizen.enter(after=kept["id"])]
            for tab in tabs:
                answer = (await tab.receive_until("message"))["message"]
                assert answer["text"] == "Antwort auf: Was kostet ein Reisepass?"
            history = await citizen.history()
            assert [message["role"] for message in history] == ["citizen", "bot"]
            for tab in tabs:
                await tab.raw.close()


async def test_wish_for_a_human_that_a_crash_left_over_is_answered_as_one(
    web: Web, citizen: Citizen, desk: Desk, worker: FakeWorker, anna: int
) -> None:
    with desk.engine.begin() as connection:
        conversation = queries.find_conversation(connection, citizen.id)
        assert conversation is not None
        wish = StoredMessage(number=1, role="citizen", language="de", text=say("wish", "de"), at=datetime.now(UTC))
        queries.add_message(connection, conversation, wish)
    await citizen.enter(after="00000001")
    await web.server.app[RUNNING].drain(seconds=5)
    assert (await press(citizen, (await citizen.history())[-1], "accept"))["role"] == "system"
    assert [handoff.conversation_id for handoff in desk.queue()] == [citizen.id]
    assert worker.turns == []


async def test_what_was_said_to_a_caseworker_is_never_answered_by_the_bot(
    web: Web,
    citizen: Citizen,
    desk: Desk,
    worker: FakeWorker,
) -> None:
    anna = desk.add_caseworker()
    desk.enter(anna)
    await enter_queue(citizen)
    handoff = desk.claim(anna)
    assert (await citizen.post({"text": "Sind Sie da?"})).status == 202
    for state in ("human", "waiting"):
        socket = await citizen.connect()
        await socket.send(type="hello", token=citizen.token)
        assert (await socket.receive())["state"] == state
        await web.server.app[RUNNING].drain(seconds=5)
        if state == "human":
            with desk.engine.begin() as connection:
                claims.release(connection, handoff, desk.deed(anna))
    assert worker.turns == []
    assert (await citizen.history())[-1]["text"] == "Sind Sie da?"
