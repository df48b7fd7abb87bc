import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.web.conftest import Citizen, StartWeb, Web
from tests.web.worker import SERVICE_CARD, FakeWorker, said


async def test_message_is_answered_with_one_message_of_the_contract(citizen: Citizen) -> None:
    [answer] = await citizen.say("Was kostet ein Personalausweis?")
    at = datetime.fromisoformat(answer.pop("at"))
    assert answer == {
        "id": "00000002",
        "role": "bot",
        "language": "de",
        "outcome": "unknown",
        "text": "Antwort auf: Was kostet ein Personalausweis?",
        "feedback": None,
    }
    assert at.tzinfo is not None
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=1)


async def test_history_holds_both_sides_in_order(citizen: Citizen) -> None:
    await citizen.say("Eins")
    await citizen.say("Zwei")
    history = await citizen.history()
    assert [(message["role"], message["text"]) for message in history] == [
        ("citizen", "Eins"),
        ("bot", "Antwort auf: Eins"),
        ("citizen", "Zwei"),
        ("bot", "Antwort auf: Zwei"),
    ]
    assert [message["id"] for message in history] == sorted({message["id"] for message in history})
    assert [message["outcome"] for message in history] == [None, "unknown", None, "unknown"]


async def test_history_after_a_message_holds_only_newer_ones(citizen: Citizen) -> None:
    await citizen.say("Eins")
    [answer] = await citizen.say("Zwei")
    first, second, *rest = await citizen.history()
    assert await citizen.history(after=second["id"]) == rest
    assert await citizen.history(after=answer["id"]) == []
    assert first["id"] < second["id"] < answer["id"]


async def test_history_is_the_same_as_what_was_answered(citizen: Citizen, worker: FakeWorker) -> None:
    worker.answer = lambda _: said("37 Euro.", custom={"outcome": "service", "card": SERVICE_CARD, "choices": CHOICES})
    answers = await citizen.say("Was kostet der Perso?")
    assert (await citizen.history())[1:] == answers


CHOICES = [
    {"title": "Gebühren", "intent": "choose_service", "entities": {"service": "personalausweis", "facet": "fees"}},
    {
        "title": "Unterlagen",
        "intent": "choose_service",
        "entities": {"service": "personalausweis", "facet": "documents"},
    },
]


async def test_card_choices_outcome_and_language_come_from_the_action(citizen: Citizen, worker: FakeWorker) -> None:
    worker.answer = lambda _: {
        **said("Gebühren:"),
        "outputs": [
            {"text": "Gebühren:", "response": "utter_answer_fees", "custom": None},
            {
                "text": "37 Euro.",
                "response": None,
                "custom": {"outcome": "service", "card": SERVICE_CARD, "choices": CHOICES, "language": "en"},
            },
        ],
    }
    [answer] = await citizen.say("Was kostet der Perso?")
    assert answer["text"] == "Gebühren:\n\n37 Euro."
    assert answer["card"] == SERVICE_CARD
    assert answer["outcome"] == "service"
    assert answer["language"] == "en"
    assert [choice["title"] for choice in answer["choices"]] == ["Gebühren", "Unterlagen"]
    assert all(re.fullmatch(r"[\w-]{22}", choice["choice"]) for choice in answer["choices"])
    assert "choose_service" not in str(answer)


async def test_outcome_is_that_of_the_reply_where_no_action_names_one(citizen: Citizen, worker: FakeWorker) -> None:
    worker.answer = lambda _: said("Hallo.", response="utter_greet")
    [answer] = await citizen.say("Hallo")
    assert answer["outcome"] == "greet"


@pytest.mark.parametrize("source", ["https://www.115.de", None])
async def test_frequent_question_carries_source_and_date(
    citizen: Citizen, worker: FakeWorker, source: str | None
) -> None:
    card = {"kind": "faq", "valid_as_of": "2026-11-22", "source": source}
    line = {"text": "Stand: 22.11.2026", "response": "utter_source", "custom": {"card": card}}
    answered = said("Mit Karte.", response="utter_faq/payment_methods")
    worker.answer = lambda _: answered | {"outputs": [*answered["outputs"], line]}
    (answer,) = await citizen.say("Kann ich mit Karte zahlen?")
    assert (answer["outcome"], answer["card"]) == ("faq", card)
    assert answer["text"] == "Mit Karte.\n\nStand: 22.11.2026"
    assert (await citizen.history())[-1]["card"] == card


async def test_pressed_choice_reaches_the_worker_as_what_it_means(citizen: Citizen, worker: FakeWorker) -> None:
    worker.answer = lambda _: said("37 Euro.", custom={"outcome": "service", "choices": CHOICES})
    [answer] = await citizen.say("Personalausweis")
    response = await citizen.post({"choice": answer["choices"][1]["choice"]})
    assert response.status == 200
    assert worker.turns[-1]["text"] is None
    assert worker.turns[-1]["choice"] == {
        "intent": "choose_service",
        "entities": {"service": "personalausweis", "facet": "documents"},
    }
    pressed = (await citizen.history())[2]
    assert (pressed["role"], pressed["text"]) == ("citizen", "Unterlagen")


async def test_choice_of_another_conversation_is_refused(web: Web, citizen: Citizen, worker: FakeWorker) -> None:
    worker.answer = lambda _: said("37 Euro.", custom={"choices": CHOICES})
    [answer] = await citizen.say("Personalausweis")
    other = await web.begin()
    response = await other.post({"choice": answer["choices"][0]["choice"]})
    assert response.status == 422
    assert (await response.json())["error"]["code"] == "unknown_choice"
    assert (await response.json())["error"]["field"] == "choice"
    assert await other.history() == []


async def test_dialogue_state_goes_back_to_the_worker_with_the_next_turn(citizen: Citizen, worker: FakeWorker) -> None:
    await citizen.say("Eins")
    await citizen.say("Zwei")
    assert [turn["state"] for turn in worker.turns] == [None, {"turns": 1}]
    assert worker.turns[0]["conversation"] == citizen.id


async def test_language_is_recognised_and_reaches_the_worker(citizen: Citizen, worker: FakeWorker) -> None:
    await citizen.say("How much is a new passport and where do I have to go?")
    await citizen.say("Passport")
    assert [turn["language"] for turn in worker.turns] == ["en", "en"]
    assert (await citizen.history())[0]["language"] == "en"


async def test_language_asked_for_is_kept_whatever_the_words_look_like(citizen: Citizen, worker: FakeWorker) -> None:
    worker.answer = lambda _: said("English it is.", custom={"set_language": "en", "outcome": "language_switch"})
    [answer] = await citizen.say("Auf Englisch bitte")
    assert (answer["language"], answer["outcome"]) == ("en", "language_switch")
    worker.answer = lambda _: said("Here you are.")
    [answer] = await citizen.say("Was kostet ein neuer Reisepass und was muss ich mitbringen?")
    assert worker.turns[-1]["language"] == "en"
    assert answer["language"] == "en"


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("  Reisepass \n", "Reisepass"),
        ("Reise\u200bpass", "Reisepass"),
        ("Reise\x00pass\x1b[31m", "Reisepass[31m"),
        ("\ufeffeins\nzwei\t", "eins\nzwei"),
        ("\u202eabc\u2066", "abc"),
        ("🙂🙏🏽", "🙂🙏🏽"),
        ("Как дела", "Как дела"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("/restart", "/restart"),
        ("/intent{}", "/intent{}"),
    ],
)
async def test_text_is_stored_without_what_cannot_be_seen(citizen: Citizen, sent: str, stored: str) -> None:
    await citizen.say(sent)
    assert (await citizen.history())[0]["text"] == stored


@pytest.mark.parametrize("text", ["", " ", "\n\t ", "\u200b\u200d", "\x00", "\u2800", "\u00a0\u3164"])
async def test_text_with_nothing_to_see_is_refused(citizen: Citizen, text: str) -> None:
    response = await citizen.post({"text": text})
    assert response.status == 422
    assert (await response.json())["error"] == {
        "code": "invalid",
        "message": "text must hold something visible",
        "field": "text",
    }
    assert await citizen.history() == []


async def test_longest_text_is_taken_and_one_character_more_is_not(citizen: Citizen) -> None:
    assert (await citizen.post({"text": "🙂" * 1000})).status == 200
    response = await citizen.post({"text": "a" * 1001})
    assert response.status == 422
    assert (await response.json())["error"] == {
        "code": "too_long",
        "message": "text is longer than 1000 characters",
        "field": "text",
    }


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": 1}, "text"),
        ({"text": None}, "text"),
        ({"text": ["a"]}, "text"),
        ({"choice": "abc"}, "choice"),
        ({"choice": 7}, "choice"),
        ({"text": "a", "choice": "a" * 22}, "choice"),
        ({"text": "a", "language": "de"}, "language"),
    ],
)
async def test_wrong_field_is_named(citizen: Citizen, body: Any, field: str) -> None:
    response = await citizen.post(body)
    assert response.status == 422
    error = (await response.json())["error"]
    assert (error["code"], error["field"]) == ("invalid", field)


@pytest.mark.parametrize("body", [[], "text", 3, None])
async def test_body_that_is_no_object_is_refused(citizen: Citizen, body: Any) -> None:
    response = await citizen.post(body)
    assert response.status == 422
    assert (await response.json())["error"]["code"] == "invalid"


@pytest.mark.parametrize(
    "body",
    [b"{", b"", b'{"text": "\xff"}', b'{"text": "\\ud83d"}', b"[" * 15_000, b'{"text": "a"} x', b"{'text': 'a'}"],
)
async def test_broken_json_is_refused(web: Web, citizen: Citizen, body: bytes) -> None:
    headers = citizen.headers | {"Content-Type": "application/json", "Content-Length": str(len(body))}
    response = await web.session.post(f"{citizen.path}/messages", data=body, headers=headers)
    expected = (400, "invalid_json") if body else (422, "invalid")
    assert (response.status, (await response.json())["error"]["code"]) == expected


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
async def test_other_content_type_is_refused(web: Web, citizen: Citizen, content_type: str) -> None:
    headers = citizen.headers | {"Content-Type": content_type}
    response = await web.session.post(f"{citizen.path}/messages", data=b'{"text": "a"}', headers=headers)
    assert response.status == 415
    assert (await response.json())["error"]["code"] == "unsupported_media_type"


async def test_body_that_is_too_large_is_refused(citizen: Citizen) -> None:
    response = await citizen.post({"text": "ä" * 10_000})
    assert response.status == 413
    assert (await response.json())["error"]["code"] == "too_large"


@pytest.mark.parametrize("after", ["", "2", "abc", "-0000001", "０００００００1", "000000001", "00000001\n"])
async def test_after_that_is_no_message_id_is_refused(web: Web, citizen: Citizen, after: str) -> None:
    response = await web.session.get(f"{citizen.path}/messages", params={"after": after}, headers=citizen.headers)
    assert response.status == 422
    assert (await response.json())["error"]["field"] == "after"


async def test_too_many_messages_in_a_minute_are_refused_and_not_kept(start_web: StartWeb) -> None:
    web = await start_web(messages_per_minute=2)
    citizen = await web.begin()
    await citizen.say("Eins")
    await citizen.say("Zwei")
    response = await citizen.post({"text": "Drei"})
    assert response.status == 429
    assert 1 <= int(response.headers["Retry-After"]) <= 30
    assert (await response.json())["error"]["code"] == "too_many_requests"
    assert len(await citizen.history()) == 4
    assert (await (await web.begin()).post({"text": "Eins"})).status == 200


async def test_erased_conversation_is_gone(web: Web, citizen: Citizen) -> None:
    await citizen.say("Eins")
    assert (await citizen.erase()).status == 204
    for response in (
        await citizen.post({"text": "Zwei"}),
        await citizen.erase(),
        await web.session.get(f"{citizen.path}/messages", headers=citizen.headers),
    ):
        assert response.status == 404
        assert (await response.json())["error"]["code"] == "not_found"
