from typing import Any

import pytest
from aiohttp import ClientResponse
from sqlalchemy import Engine, select

from bot.conversations.feedback import COMMENT_LENGTH
from bot.conversations.queries import FEEDBACK
from tests.web.conftest import Citizen, ReadLog, StartWeb, Web
from tests.web.worker import FakeWorker, refusal, said


@pytest.fixture
async def answer(citizen: Citizen) -> str:
    """The id of an answer that can be rated."""
    [message] = await citizen.say("Was kostet ein Personalausweis?")
    return message["id"]


async def feedback_in_history(citizen: Citizen) -> Any:
    return (await citizen.history())[-1]["feedback"]


async def error_of(response: ClientResponse) -> tuple[int, str, str | None]:
    error = (await response.json())["error"]
    return response.status, error["code"], error.get("field")


async def test_feedback_is_kept_and_comes_back_with_the_history(citizen: Citizen, answer: str) -> None:
    assert await feedback_in_history(citizen) is None
    response = await citizen.rate(answer, helpful=False, comment="Die Adresse fehlt.")
    assert response.status == 200
    given = {"helpful": False, "comment": "Die Adresse fehlt."}
    assert await response.json() == given
    assert await feedback_in_history(citizen) == given


async def test_comment_is_optional(citizen: Citizen, answer: str) -> None:
    response = await citizen.rate(answer, helpful=True)
    assert await response.json() == {"helpful": True}
    assert await feedback_in_history(citizen) == {"helpful": True}


async def test_feedback_is_changed(citizen: Citizen, answer: str) -> None:
    await citizen.rate(answer, helpful=False, comment="Die Adresse fehlt.")
    assert (await citizen.rate(answer, helpful=True)).status == 200
    assert await feedback_in_history(citizen) == {"helpful": True}


async def test_feedback_is_taken_back_also_twice(citizen: Citizen, answer: str) -> None:
    await citizen.rate(answer, helpful=False, comment="Die Adresse fehlt.")
    for _ in range(2):
        assert (await citizen.take_back(answer)).status == 204
        assert await feedback_in_history(citizen) is None


async def test_personal_data_in_a_comment_is_kept_nowhere(
    citizen: Citizen, answer: str, engine: Engine, logged: ReadLog
) -> None:
    response = await citizen.rate(answer, helpful=False, comment="Meine IBAN ist DE89 3704 0044 0532 0130 00.")
    assert (await response.json())["comment"] == "Meine IBAN ist [IBAN]."
    with engine.connect() as connection:
        assert connection.scalar(select(FEEDBACK.c.comment)) == "Meine IBAN ist [IBAN]."
    assert "37040044" not in logged().replace(" ", "")


async def test_comment_is_not_logged(citizen: Citizen, answer: str, logged: ReadLog) -> None:
    await citizen.rate(answer, helpful=False, comment="Vogelscheuche")
    await citizen.rate(answer, helpful=False, comment="Vogelscheuche" * 100)
    assert "feedback" in logged()
    assert "Vogelscheuche" not in logged()


@pytest.mark.parametrize(
    ("sent", "stored"),
    [("  gut \n", "gut"), ("g\u200but\x00", "gut"), ("\u202eabc\u2066", "abc"), ("<b>gut</b>", "<b>gut</b>")],
)
async def test_comment_is_cleaned_like_a_message(citizen: Citizen, answer: str, sent: str, stored: str) -> None:
    assert (await citizen.rate(answer, helpful=True, comment=sent)).status == 200
    assert await feedback_in_history(citizen) == {"helpful": True, "comment": stored}


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "invalid", "helpful"),
        ({"helpful": None}, "invalid", "helpful"),
        ({"helpful": "ja"}, "invalid", "helpful"),
        ({"helpful": 1}, "invalid", "helpful"),
        ({"helpful": True, "comment": 7}, "invalid", "comment"),
        ({"helpful": True, "comment": None}, "invalid", "comment"),
        ({"helpful": True, "comment": " \u200b"}, "invalid", "comment"),
        ({"helpful": True, "comment": "a" * (COMMENT_LENGTH + 1)}, "too_long", "comment"),
        ({"helpful": True, "stars": 5}, "invalid", "stars"),
    ],
)
async def test_wrong_field_is_named_and_nothing_kept(
    citizen: Citizen, answer: str, body: Any, code: str, field: str
) -> None:
    assert await error_of(await citizen.rate(answer, **body)) == (422, code, field)
    assert await feedback_in_history(citizen) is None


async def test_longest_comment_is_taken(citizen: Citizen, answer: str) -> None:
    assert (await citizen.rate(answer, helpful=True, comment="🙂" * COMMENT_LENGTH)).status == 200


@pytest.mark.parametrize("message", ["00000009", "00000000", "2", "abc", "0000000２", "-0000002", "99999999"])
async def test_message_that_is_not_there_is_refused(citizen: Citizen, answer: str, message: str) -> None:
    for response in (await citizen.rate(message, helpful=True), await citizen.take_back(message)):
        assert await error_of(response) == (404, "not_found", "message")


async def test_own_message_cannot_be_rated(citizen: Citizen, answer: str) -> None:
    own = (await citizen.history())[0]
    assert "feedback" not in own
    for response in (await citizen.rate(own["id"], helpful=True), await citizen.take_back(own["id"])):
        assert await error_of(response) == (422, "not_rateable", "message")


@pytest.mark.parametrize("response", ["utter_greet", "utter_crisis", "utter_bot_challenge"])
async def test_small_talk_and_emergencies_cannot_be_rated(citizen: Citizen, worker: FakeWorker, response: str) -> None:
    worker.answer = lambda _: said("Hallo.", response=response)
    [message] = await citizen.say("Hallo")
    assert "feedback" not in message
    assert (await error_of(await citizen.rate(message["id"], helpful=True)))[1] == "not_rateable"


async def test_note_of_the_system_cannot_be_rated(citizen: Citizen, worker: FakeWorker) -> None:
    worker.answer = lambda _: refusal(500, "internal")
    [message] = await citizen.say("Hallo")
    assert message["role"] == "system"
    assert "feedback" not in message
    assert (await error_of(await citizen.rate(message["id"], helpful=True)))[1] == "not_rateable"


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_only_the_token_of_the_conversation_opens_the_way(
    web: Web, citizen: Citizen, answer: str, method: str
) -> None:
    other = await web.begin()
    path = f"{citizen.path}/messages/{answer}/feedback"
    await citizen.rate(answer, helpful=True)
    for headers in ({}, {"Authorization": "Bearer falsch"}, other.headers):
        response = await web.session.request(method, path, json={"helpful": False}, headers=headers)
        assert response.status == 401
    assert await feedback_in_history(citizen) == {"helpful": True}


async def test_answer_of_another_conversation_cannot_be_rated(web: Web, citizen: Citizen, answer: str) -> None:
    other = await web.begin()
    assert (await error_of(await other.rate(answer, helpful=False)))[1] == "not_found"
    assert await feedback_in_history(citizen) is None


async def test_feedback_is_erased_with_the_conversation(citizen: Citizen, answer: str, engine: Engine) -> None:
    await citizen.rate(answer, helpful=False, comment="Die Adresse fehlt.")
    await citizen.erase()
    assert (await citizen.rate(answer, helpful=True)).status == 404
    with engine.connect() as connection:
        assert connection.execute(select(FEEDBACK)).all() == []


async def test_feedback_counts_for_the_limit_on_messages(start_web: StartWeb) -> None:
    web = await start_web(messages_per_minute=3)
    citizen = await web.begin()
    [message] = await citizen.say("Eins")
    assert (await citizen.rate(message["id"], helpful=True)).status == 200
    assert (await citizen.take_back(message["id"])).status == 204
    for response in (await citizen.rate(message["id"], helpful=True), await citizen.take_back(message["id"])):
        assert (response.status, (await response.json())["error"]["code"]) == (429, "too_many_requests")
        assert int(response.headers["Retry-After"]) >= 1


async def test_every_socket_of_the_conversation_hears_of_it(citizen: Citizen, answer: str) -> None:
    first, second = await citizen.enter(after=answer), await citizen.enter(after=answer)
    await citizen.rate(answer, helpful=False, comment="zu lang")
    await citizen.take_back(answer)
    for socket in (first, second):
        assert await socket.receive() == {
            "type": "feedback",
            "message_id": answer,
            "feedback": {"helpful": False, "comment": "zu lang"},
        }
        assert await socket.receive() == {"type": "feedback", "message_id": answer, "feedback": None}


async def test_refused_feedback_is_told_to_nobody(citizen: Citizen, answer: str) -> None:
    socket = await citizen.enter(after=answer)
    await citizen.rate("00000001", helpful=True)
    await citizen.rate(answer, helpful=True)
    assert (await socket.receive())["message_id"] == answer


async def test_socket_that_comes_later_gets_it_with_the_message(citizen: Citizen, answer: str) -> None:
    await citizen.rate(answer, helpful=True)
    socket = await citizen.enter()
    await socket.receive()
    assert (await socket.receive())["message"]["feedback"] == {"helpful": True}
