"""The worker's interface, with a trained model and a fake action server."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.nlu.deviations.actions import ActionEndpoint
from bot.nlu.server import ConversationLocks, make_app
from bot.nlu.turns import Dialogue
from tests.rasa.action_server import FEES, Citizen, FakeActionServer


@pytest.fixture
async def client(model: Path, actions: FakeActionServer) -> AsyncIterator[TestClient]:
    endpoint = ActionEndpoint(actions.url, timeout=0.5)
    app = make_app(Dialogue(model, action_endpoint=endpoint), action_endpoint=endpoint)
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest.fixture
def citizen(client: TestClient) -> Citizen:
    return Citizen(client)


async def test_health_names_the_version(client: TestClient) -> None:
    response = await client.get("/health")
    assert await response.json() == {"status": "ok", "rasa": "3.6.21"}


async def test_an_answer_of_an_action_in_full(citizen: Citizen) -> None:
    status, answer = await citizen.send("was kostet ein reisepass")
    assert status == 200
    assert answer["outputs"] == [
        {
            "text": "Gebühren für „Reisepass“: 37 €",
            "response": "utter_answer_fees",
            "custom": {"outcome": "service"},
        }
    ]
    understanding = answer["understanding"]
    assert 0.3 < understanding.pop("confidence") <= 1.0
    assert understanding == {"intent": "ask_fees", "language": "de", "entities": {"language": "de"}}
    assert answer["state"]["slots"] == {"language": "de", "town": "Auenfurt", "phone": "115"}


async def test_replies_follow_the_language_of_the_turn(citizen: Citizen) -> None:
    assert await citizen.texts("hallo") == ["Guten Tag, hier ist Auenfurt."]
    assert await citizen.texts("hello", language="en") == ["Hello, this is Auenfurt."]
    assert await citizen.texts("danke") == ["Gern geschehen."]


async def test_a_frequent_question_is_answered_by_its_reply(citizen: Citizen) -> None:
    _, answer = await citizen.send("how can i call you", language="en")
    assert answer["outputs"] == [{"text": "Call 115.", "response": "utter_faq/contact", "custom": None}]
    assert answer["understanding"]["intent"] == "faq/contact"


async def test_source_and_date_follow_a_reply_that_names_them(citizen: Citizen) -> None:
    _, answer = await citizen.send(
        "can i pay by card", language="en", context={"town_url": "https://www.auenfurt.example"}
    )
    reply, source = answer["outputs"]
    assert reply["response"] == "utter_faq/payment_methods"
    assert source == {
        "text": "Source: https://www.auenfurt.example, as of 22 November 2026",
        "response": "utter_source",
        "custom": {"card": {"kind": "faq", "valid_as_of": "2026-11-22", "source": "https://www.auenfurt.example"}},
    }


@pytest.mark.parametrize("town_url", ["", "www.auenfurt.example", "javascript:alert(1)"])
async def test_a_town_without_a_page_is_no_source(citizen: Citizen, town_url: str) -> None:
    _, answer = await citizen.send("kann ich mit karte zahlen", context={"town_url": town_url})
    source = answer["outputs"][1]
    assert (source["text"], source["response"]) == ("Stand: 22.11.2026", "utter_valid_as_of")
    assert source["custom"]["card"]["source"] is None


async def test_a_choice_carries_its_entities_to_the_action(citizen: Citizen, actions: FakeActionServer) -> None:
    choice = {"intent": "choose_service", "entities": {"service": "42", "facet": "fees"}}
    status, answer = await citizen.send(choice=choice)
    assert status == 200
    assert answer["understanding"] == {
        "intent": "choose_service",
        "confidence": 1.0,
        "language": "de",
        "entities": {"service": "42", "facet": "fees", "language": "de"},
    }
    assert actions.calls[-1]["next_action"] == "action_answer_choice"
    entities = actions.calls[-1]["tracker"]["latest_message"]["entities"]
    assert {entity["entity"]: entity["value"] for entity in entities} == answer["understanding"]["entities"]


async def test_a_place_in_a_choice_goes_to_the_services_whatever_the_classifier_would_say(
    citizen: Citizen, actions: FakeActionServer
) -> None:
    _, answer = await citizen.send("den zweiten")
    assert answer["understanding"]["intent"] != "refer"  # nothing was offered
    offered = {"event": "slot", "name": "offered", "value": ["1", "2"], "timestamp": None}
    actions.answer = {"events": [offered], "responses": [FEES]}
    await citizen.send("was kostet ein reisepass")
    for text, language in (("den zweiten", "de"), ("nein, das andere", "de"), ("the secnd one", "en")):
        _, answer = await citizen.send(text, language=language)
        assert answer["understanding"]["intent"] == "refer"
        assert actions.calls[-1]["next_action"] == "action_answer_service"
        assert actions.calls[-1]["tracker"]["latest_message"]["text"] == text
    _, answer = await citizen.send("danke")
    assert answer["understanding"]["intent"] == "thanks"


async def test_slots_set_by_an_action_reach_the_next_turn(citizen: Citizen, actions: FakeActionServer) -> None:
    actions.answer = {
        "events": [
            {"event": "slot", "name": "service", "value": "pass", "timestamp": None},
            {"event": "slot", "name": "offered", "value": ["1", "2"], "timestamp": None},
        ],
        "responses": [FEES],
    }
    await citizen.send("was kostet ein reisepass")
    await citizen.send("hallo")
    await citizen.send("welche unterlagen brauche ich")
    slots = actions.calls[-1]["tracker"]["slots"]
    assert (slots["service"], slots["offered"]) == ("pass", ["1", "2"])


async def test_several_outputs_keep_their_order(citizen: Citizen, actions: FakeActionServer) -> None:
    actions.answer = {"events": [], "responses": [{"text": "eins\n\nzwei"}, FEES, {"custom": {"outcome": "choices"}}]}
    _, answer = await citizen.send("was kostet ein reisepass")
    assert [output["text"] for output in answer["outputs"]] == ["eins\n\nzwei", "Gebühren für „Reisepass“: 37 €", None]
    assert answer["outputs"][2] == {"text": None, "response": None, "custom": {"outcome": "choices"}}


@pytest.mark.parametrize("text", ["/restart", "///restart", "\u200b/restart", "/greet", '/ask_fees{"service": "1"}'])
async def test_commands_are_plain_words(citizen: Citizen, text: str) -> None:
    await citizen.send("was kostet ein reisepass")
    status, answer = await citizen.send(text)
    assert status == 200
    assert answer["understanding"]["entities"] == {"language": "de"}
    assert answer["understanding"]["confidence"] < 1.0
    assert answer["outputs"]
    assert set(answer["state"]) == {"version", "slots"}


@pytest.mark.parametrize(
    "text", ["", "   ", "/", "\u200b\u200d", "👍👍🏽", "\x00\x07", "مرحبا", "<b>Hallo</b>", "{town}", "a" * 1000]
)
async def test_odd_texts_are_answered(citizen: Citizen, text: str) -> None:
    status, answer = await citizen.send(text)
    assert status == 200
    assert answer["outputs"]


async def test_nothing_said_is_a_fallback(citizen: Citizen, actions: FakeActionServer) -> None:
    _, answer = await citizen.send("//")
    assert answer["understanding"]["intent"] == "nlu_fallback"
    assert actions.calls[-1]["tracker"]["latest_message"]["text"] == ""


@pytest.mark.parametrize(
    "fields",
    [
        {"text": None},
        {"text": "hallo", "choice": {"intent": "greet", "entities": {}}},
        {"text": "a" * 1001},
        {"text": 5},
        {"text": "hallo", "language": "fr"},
        {"text": "hallo", "language": None},
        {"text": "hallo", "language": ["de"]},
        {"text": "hallo", "conversation": ""},
        {"text": "hallo", "conversation": 5},
        {"text": "hallo", "context": ["town"]},
        {"text": "hallo", "context": {"town": 5}},
        {"text": "hallo", "colour": "red"},
        {"choice": "greet"},
        {"choice": {"intent": 5}},
        {"choice": {"intent": "no_such_intent", "entities": {}}},
        {"choice": {"intent": "faq", "entities": {}}},
        {"choice": {"intent": "greet", "entities": {"colour": "red"}}},
        {"choice": {"intent": "greet", "entities": {"service": 5}}},
        {"choice": {"intent": "greet", "entities": ["service"]}},
    ],
)
async def test_an_unusable_request_is_refused(citizen: Citizen, fields: dict[str, Any]) -> None:
    status, answer = await citizen.send(**fields)
    assert status == 400
    assert answer["error"]["code"] == "invalid_request"
    assert answer["error"]["message"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"\xff\xfe", b"null"])
async def test_an_unusable_body_is_refused(client: TestClient, body: bytes) -> None:
    response = await client.post("/turn", data=body)
    assert response.status == 400
    assert (await response.json())["error"]["code"] == "invalid_request"


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/turn", 405), ("GET", "/", 404), ("POST", "/model", 404)]
)
async def test_there_is_nothing_else(client: TestClient, method: str, path: str, status: int) -> None:
    response = await client.request(method, path)
    assert response.status == status
    assert (await response.json())["error"]["code"] == "invalid_request"


async def test_a_huge_body_is_refused(client: TestClient) -> None:
    response = await client.post("/turn", data=b" " * 100_000)
    assert response.status == 413


async def test_an_unreadable_state_is_refused(citizen: Citizen) -> None:
    status, answer = await citizen.send("hallo", state={"version": 99})
    assert (status, answer["error"]["code"]) == (400, "invalid_state")


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (500, {"error": "secret"}),
        (404, {"error": "no such action"}),
        (449, {"error": "missing domain"}),
        (400, {"error": "rejected", "action_name": "action_answer_service"}),
        (200, "no json"),
        (200, ["a list"]),
        (200, None),
        (200, {"events": "none", "responses": []}),
        (200, {"events": [{"event": "slot"}], "responses": []}),
        (200, {"events": [{"event": "no such event"}], "responses": []}),
        (200, {"events": [], "responses": ["text"]}),
    ],
)
async def test_a_failing_action_fails_the_turn(
    citizen: Citizen, actions: FakeActionServer, status: int, answer: Any
) -> None:
    actions.status, actions.answer = status, answer
    code, body = await citizen.send("was kostet ein reisepass")
    assert (code, body["error"]["code"]) == (502, "actions_unavailable")
    assert "secret" not in json.dumps(body)


async def test_a_hanging_action_server_fails_the_turn_in_time(citizen: Citizen, actions: FakeActionServer) -> None:
    actions.delay = 5.0
    started = time.monotonic()
    status, _ = await citizen.send("was kostet ein reisepass")
    assert status == 502
    assert time.monotonic() - started < 2.0


async def test_no_action_server_fails_the_turn_but_not_the_worker(model: Path) -> None:
    endpoint = ActionEndpoint("http://127.0.0.1:9", timeout=1)
    app = make_app(Dialogue(model, action_endpoint=endpoint), action_endpoint=endpoint)
    async with TestClient(TestServer(app)) as client:
        assert (await Citizen(client).send("was kostet ein reisepass"))[0] == 502
        assert (await Citizen(client).send("hallo"))[0] == 200


async def test_a_reply_that_does_not_exist_fails_no_turn(citizen: Citizen, actions: FakeActionServer) -> None:
    actions.answer = {"events": [], "responses": [{"response": "utter_nothing"}, {"text": "da"}]}
    assert await citizen.texts("was kostet ein reisepass") == ["da"]


async def test_an_unexpected_error_says_nothing_of_it(
    citizen: Citizen, actions: FakeActionServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_arguments: Any, **_options: Any) -> None:
        raise KeyError("meine geheime frage")

    monkeypatch.setattr("bot.nlu.turns._understanding", fail)
    status, answer = await citizen.send("meine geheime frage")
    assert (status, answer) == (500, {"error": {"code": "internal", "message": "The turn failed."}})
    assert "KeyError" in caplog.text
    assert "geheime" not in caplog.text


async def test_turns_of_one_conversation_wait_for_each_other(client: TestClient, actions: FakeActionServer) -> None:
    actions.delay = 0.15
    started = time.monotonic()
    await asyncio.gather(*(Citizen(client).send("was kostet ein reisepass") for _ in range(3)))
    assert time.monotonic() - started > 0.45


async def test_conversations_do_not_wait_for_each_other(client: TestClient, actions: FakeActionServer) -> None:
    actions.delay = 0.3
    started = time.monotonic()
    await asyncio.gather(*(Citizen(client, f"c-{number}").send("was kostet das") for number in range(5)))
    assert time.monotonic() - started < 1.2


async def test_locks_are_dropped_when_nobody_needs_them() -> None:
    locks = ConversationLocks()

    async def hold(conversation: str) -> None:
        async with locks.hold(conversation):
            await asyncio.sleep(0.01)

    waiting = [asyncio.create_task(hold(conversation)) for conversation in ("a", "a", "b")]
    await asyncio.sleep(0)
    assert len(locks) == 2
    waiting[1].cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert len(locks) == 0


async def test_state_and_cost_do_not_grow_with_the_conversation(citizen: Citizen) -> None:
    sizes, times = [], []
    for number in range(200):
        started = time.perf_counter()
        status, answer = await citizen.send(
            ("was kostet ein reisepass", "hallo", "kann ich mit karte zahlen")[number % 3]
        )
        times.append(time.perf_counter() - started)
        assert status == 200
        sizes.append(len(json.dumps(answer["state"])))
    assert max(sizes) < 2_000
    assert max(sizes[3:]) == max(sizes[-3:])
    assert median(times[-60:]) < 3 * median(times[3:63])  # generous: other processes run too
