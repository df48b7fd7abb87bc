"""The citizen's side of a handoff, over REST and sockets, with a real database and caseworkers in it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, text

from bot.conversations import claims, requests
from bot.conversations.handoff_models import HandoffRow
from bot.conversations.models import Conversation
from bot.conversations.presence import report_presence
from bot.conversations.records import StoredConversation, StoredMessage
from bot.conversations.request_lists import list_open
from bot.staff.teams import add_team
from bot.web.chat.absence import Absence
from bot.web.chat.handoff_texts import say
from bot.web.chat.hub import Said
from bot.web.chat.memory import STATE_VERSION, remember_service
from bot.web.keys import DESK_MOVES, HUB, STORE, TURNS
from tests.web.conftest import Citizen, Web
from tests.web.desk import Desk
from tests.web.worker import SERVICE_CARD, FakeWorker, Turn, said

WISH = {"wish": "human"}
ROOT = Path(__file__).parents[2]


def understood(intent: str, response: str | None = None, text: str = "Antwort") -> Turn:
    turn = said(text, response=response)
    return turn | {"understanding": turn["understanding"] | {"intent": intent}}


def titles(message: dict[str, Any]) -> list[str]:
    return [choice["title"] for choice in message.get("choices", [])]


async def press(citizen: Citizen, message: dict[str, Any], step: str, language: str = "de") -> dict[str, Any]:
    """The answer to the button for this step."""
    title = say(step, language)
    [choice] = [choice["choice"] for choice in message["choices"] if choice["title"] == title]
    response = await citizen.post({"choice": choice})
    assert response.status == 200, await response.text()
    [answer] = (await response.json())["messages"]
    return answer


async def wish(citizen: Citizen) -> dict[str, Any]:
    response = await citizen.post(WISH)
    assert response.status == 200, await response.text()
    [answer] = (await response.json())["messages"]
    return answer


async def enter_queue(citizen: Citizen, step: str = "accept") -> dict[str, Any]:
    return await press(citizen, await wish(citizen), step)


async def handoff(citizen: Citizen) -> dict[str, Any]:
    response = await citizen.session.get(f"{citizen.path}/handoff", headers=citizen.headers)
    assert response.status == 200
    return await response.json()


async def leave(citizen: Citizen) -> int:
    response = await citizen.session.delete(f"{citizen.path}/handoff", headers=citizen.headers)
    return response.status


# --- the offer ---------------------------------------------------------------------------------------------------
async def test_button_brings_an_honest_offer_without_asking_the_worker(
    citizen: Citizen, worker: FakeWorker, anna: int
) -> None:
    answer = await wish(citizen)
    assert (answer["role"], answer["outcome"]) == ("system", "handoff")
    assert answer["text"].startswith(say("offer_open", "de"))
    assert titles(answer) == [say(step, "de") for step in ("accept", "accept_without", "decline")]
    assert worker.turns == []
    [question, _] = await citizen.history()
    assert (question["role"], question["text"]) == ("citizen", say("wish", "de"))
    assert await handoff(citizen) == {"state": "bot"}  # nothing happens before the citizen agrees


async def test_offer_says_how_many_wait(web: Web, anna: int) -> None:
    for expected in ("", say("offer_queue_one", "de"), say("offer_queue", "de", count=2)):
        citizen = await web.begin(language="de")
        offer = await wish(citizen)
        assert expected in offer["text"]
        await press(citizen, offer, "accept")


async def test_town_without_a_desk_names_the_telephone(web: Web) -> None:
    citizen = await web.begin(language="en")
    answer = await wish(citizen)
    assert answer["text"] == say("no_desk", "en", phone="115")
    assert titles(answer) == []


async def test_team_without_members_is_no_desk(citizen: Citizen, desk: Desk) -> None:
    assert (await wish(citizen))["text"] == say("no_desk", "de", phone="115")


async def test_wish_in_words_is_answered_by_the_offer(citizen: Citizen, worker: FakeWorker, anna: int) -> None:
    worker.answer = lambda _: understood("request_human", "utter_request_human", "Hier ist niemand.")
    [answer] = await citizen.say("Ich will einen Menschen")
    assert answer["text"].startswith(say("offer_open", "de"))
    assert "Hier ist niemand" not in answer["text"]
    assert answer["outcome"] == "handoff"


async def test_citizen_is_told_of_hidden_personal_data_beside_the_offer(
    citizen: Citizen, worker: FakeWorker, anna: int
) -> None:
    worker.answer = lambda _: understood("request_human", "utter_request_human", "Hier ist niemand.")
    [answer] = await citizen.say("Einen Menschen bitte, meine IBAN ist DE89 3704 0044 0532 0130 00")
    notice, offer, later = answer["text"].split("\n\n")
    assert "IBAN" in notice
    assert offer.startswith(say("offer_open", "de"))
    assert later == say("offer_personal", "de")


async def test_wish_in_words_is_answered_by_the_bot_where_there_is_no_desk(
    citizen: Citizen, worker: FakeWorker
) -> None:
    worker.answer = lambda _: understood("request_human", "utter_request_human", "Hier ist niemand.")
    [answer] = await citizen.say("Ich will einen Menschen")
    assert answer["text"] == "Hier ist niemand."


async def test_second_answer_in_a_row_that_is_none_brings_the_offer(
    citizen: Citizen, worker: FakeWorker, anna: int
) -> None:
    worker.answer = lambda _: understood("nlu_fallback", "utter_unknown", "Dazu habe ich nichts gefunden.")
    [first] = await citizen.say("Blaues Gnu")
    [second] = await citizen.say("Das blaue Gnu")
    assert titles(first) == []
    assert second["text"].startswith("Dazu habe ich nichts gefunden.\n\n" + say("offer_open", "de"))
    assert second["outcome"] == "unknown"


async def test_answer_in_between_begins_the_count_anew(citizen: Citizen, worker: FakeWorker, anna: int) -> None:
    for response in ("utter_unknown", "utter_greet", "utter_unknown"):
        worker.answer = lambda _, response=response: understood("x", response)
        [answer] = await citizen.say("Hm")
    assert titles(answer) == []


@pytest.mark.parametrize("outcome", ["abuse", "complaint", "crisis"])
async def test_abuse_complaint_and_crisis_bring_the_offer_after_the_answer(
    citizen: Citizen, worker: FakeWorker, anna: int, outcome: str
) -> None:
    worker.answer = lambda _: understood(outcome, f"utter_{outcome}", "Bitte rufen Sie 112 an.")
    [answer] = await citizen.say("Text")
    assert answer["text"].startswith("Bitte rufen Sie 112 an.\n\n")
    assert answer["outcome"] == outcome
    assert say("accept", "de") in titles(answer)


async def test_who_is_in_need_is_offered_nobody_who_is_not_there(
    citizen: Citizen, worker: FakeWorker, desk: Desk
) -> None:
    desk.add_caseworker()
    worker.answer = lambda _: understood("crisis", "utter_crisis", "Bitte rufen Sie 112 an.")
    [answer] = await citizen.say("Hilfe")
    assert answer["text"] == "Bitte rufen Sie 112 an."


async def test_bots_own_button_for_a_human_is_replaced_by_the_offer(
    citizen: Citizen, worker: FakeWorker, anna: int
) -> None:
    button = {"title": "Mit einem Menschen sprechen", "intent": "request_human", "entities": {}}
    worker.answer = lambda _: said("Tut mir leid.", response="utter_complaint", custom={"choices": [button]})
    [answer] = await citizen.say("Unmöglich")
    assert titles(answer) == [say(step, "de") for step in ("accept", "accept_without", "decline")]


async def test_nobody_there_brings_the_request_and_when_the_desk_opens(citizen: Citizen, desk: Desk) -> None:
    desk.add_caseworker()
    answer = await wish(citizen)
    assert answer["text"].startswith(say("offer_closed", "de"))
    assert "115" in answer["text"]
    assert titles(answer) == [say("write_request", "de"), say("decline", "de")]


async def test_who_speaks_another_language_does_not_count_as_there(web: Web, desk: Desk) -> None:
    german = desk.add_caseworker(languages=("de",))
    desk.enter(german)
    english = await web.begin(language="en")
    assert (await wish(english))["text"].startswith(say("offer_closed", "en"))
    assert (await wish(await web.begin(language="de")))["text"].startswith(say("offer_open", "de"))


async def test_caseworker_who_was_not_seen_for_a_minute_does_not_count_as_there(citizen: Citizen, desk: Desk) -> None:
    staff_id = desk.add_caseworker()
    with desk.engine.begin() as connection:
        report_presence(connection, staff_id, status="available", at=datetime.now(UTC) - timedelta(minutes=2))
    assert (await wish(citizen))["text"].startswith(say("offer_closed", "de"))


# --- the queue ---------------------------------------------------------------------------------------------------
async def test_yes_puts_into_the_queue_and_says_the_position(citizen: Citizen, desk: Desk, anna: int) -> None:
    answer = await enter_queue(citizen)
    assert answer["text"].startswith(say("waiting", "de", position=1))
    assert titles(answer) == [say("leave", "de")]
    assert await handoff(citizen) == {"state": "waiting", "position": 1}
    [waiting] = desk.queue()
    assert (waiting.conversation_id, waiting.reason, waiting.shown_from) == (citizen.id, "button", 1)


async def test_without_consent_the_desk_sees_nothing_said_before(citizen: Citizen, desk: Desk, anna: int) -> None:
    await citizen.say("Mein Geheimnis")
    answer = await enter_queue(citizen, "accept_without")
    [waiting] = desk.queue()
    assert waiting.shown_from == int(answer["id"])


async def test_service_talked_about_goes_along(citizen: Citizen, worker: FakeWorker, desk: Desk, anna: int) -> None:
    worker.answer = lambda _: said("37 Euro", custom={"outcome": "service", "card": SERVICE_CARD})
    await citizen.say("Was kostet der Personalausweis?")
    await enter_queue(citizen)
    assert desk.queue()[0].service_id == "personalausweis"


async def test_reason_goes_along(citizen: Citizen, worker: FakeWorker, desk: Desk, anna: int) -> None:
    worker.answer = lambda _: understood("crisis", "utter_crisis", "112")
    [answer] = await citizen.say("Hilfe")
    await press(citizen, answer, "accept")
    [waiting] = desk.queue()
    assert (waiting.reason, waiting.urgent) == ("crisis", True)


async def test_bot_goes_on_answering_who_waits_and_offers_no_second_time(
    citizen: Citizen, worker: FakeWorker, anna: int
) -> None:
    await enter_queue(citizen)
    worker.answer = lambda _: understood("complaint", "utter_complaint", "Tut mir leid.")
    [answer] = await citizen.say("Das dauert")
    assert answer["text"] == "Tut mir leid."
    again = await wish(citizen)
    assert again["text"] == say("already_waiting", "de", position=1)


def absence(web: Web) -> Absence:
    app = web.server.app
    return Absence(store=app[STORE], hub=app[HUB], turns=app[TURNS].handoffs)


async def test_who_waits_is_told_once_when_everybody_has_left_and_may_write_instead(
    web: Web, citizen: Citizen, desk: Desk, anna: int
) -> None:
    await enter_queue(citizen)
    later = datetime.now(UTC) + timedelta(minutes=3)
    desk.go(anna)
    for _ in range(2):
        await absence(web).tell(at=later)
    told = (await citizen.history())[-1]
    assert told["text"].startswith(say("absent", "de", due="")[:30])
    assert (await handoff(citizen))["state"] == "waiting"  # the place is kept
    assert len([message for message in await citizen.history() if message["text"] == told["text"]]) == 1
    assert (await press(citizen, told, "write_request"))["card"]["kind"] == "request"


async def test_who_waits_for_somebody_who_is_there_is_told_nothing(
    web: Web, citizen: Citizen, desk: Desk, anna: int
) -> None:
    await enter_queue(citizen)
    before = await citizen.history()
    await absence(web).tell(at=datetime.now(UTC) + timedelta(seconds=90))
    desk.go(anna)
    await absence(web).tell(at=datetime.now(UTC))  # within the minute of grace
    desk.enter(anna)
    desk.claim(anna)
    desk.go(anna)
    await absence(web).tell(at=datetime.now(UTC) + timedelta(minutes=9))  # taken: it waits no more
    assert await citizen.history() == before


async def test_yes_too_late_makes_no_promise(citizen: Citizen, desk: Desk, anna: int) -> None:
    offer = await wish(citizen)
    desk.go(anna)
    answer = await press(citizen, offer, "accept")
    assert answer["text"].startswith(say("offer_closed", "de"))
    assert desk.queue() == []
    assert await handoff(citizen) == {"state": "bot"}


async def test_yes_twice_is_one_place(citizen: Citizen, desk: Desk, anna: int) -> None:
    offer = await wish(citizen)
    await press(citizen, offer, "accept")
    answer = await press(citizen, offer, "accept_without")
    assert answer["text"] == say("already_waiting", "de", position=1)
    assert len(desk.queue()) == 1


async def test_yes_sent_twice_with_one_key_is_answered_the_same(citizen: Citizen, desk: Desk, anna: int) -> None:
    offer = await wish(citizen)
    body = {"choice": offer["choices"][0]["choice"]}
    first = await (await citizen.post(body, key="k1")).json()
    assert await (await citizen.post(body, key="k1")).json() == first
    assert len(desk.queue()) == 1


async def test_no_changes_nothing(citizen: Citizen, desk: Desk, anna: int) -> None:
    answer = await press(citizen, await wish(citizen), "decline")
    assert answer["text"] == say("declined", "de")
    assert desk.queue() == []


async def test_leaving_by_button(citizen: Citizen, desk: Desk, anna: int) -> None:
    answer = await press(citizen, await enter_queue(citizen), "leave")
    assert answer["text"] == say("left", "de")
    assert desk.queue() == []
    assert await handoff(citizen) == {"state": "bot"}


async def test_leaving_over_the_api_once_or_twice(citizen: Citizen, desk: Desk, anna: int) -> None:
    await enter_queue(citizen)
    assert [await leave(citizen), await leave(citizen)] == [204, 204]
    assert desk.queue() == []
    history = await citizen.history()
    assert [message["text"] for message in history].count(say("left", "de")) == 1


async def test_who_left_may_come_back_and_has_a_new_place(web: Web, desk: Desk, anna: int) -> None:
    first, second = await web.begin(language="de"), await web.begin(language="de")
    await enter_queue(first)
    await enter_queue(second)
    await leave(first)
    assert await handoff(second) == {"state": "waiting", "position": 1}
    await enter_queue(first)
    assert await handoff(first) == {"state": "waiting", "position": 2}


async def test_button_of_another_conversation_opens_nothing(web: Web, citizen: Citizen, desk: Desk, anna: int) -> None:
    offer = await wish(citizen)
    other = await web.begin()
    response = await other.post({"choice": offer["choices"][0]["choice"]})
    assert response.status == 422
    assert desk.queue() == []


@pytest.mark.parametrize(
    "body", [{"wish": "robot"}, {"wish": None}, {"wish": "human", "text": "x"}, {"wish": ["human"]}]
)
async def test_wish_that_is_none_is_refused(citizen: Citizen, body: dict[str, Any]) -> None:
    assert (await citizen.post(body)).status == 422


# --- with a caseworker -------------------------------------------------------------------------------------------
async def test_bot_is_silent_while_a_human_answers_and_back_afterwards(
    citizen: Citizen, worker: FakeWorker, desk: Desk, anna: int
) -> None:
    await enter_queue(citizen)
    desk.claim(anna)
    assert await handoff(citizen) == {"state": "human"}
    assert (await citizen.post({"text": "Sind Sie da?"})).status == 202
    assert (await citizen.post(WISH)).status == 202
    assert worker.turns == []
    assert await leave(citizen) == 204
    [answer] = await citizen.say("Und jetzt?")
    assert answer["role"] == "bot"
    texts = [message["text"] for message in await citizen.history()]
    assert say("left_human", "de") in texts


async def test_leaving_by_the_old_button_ends_the_conversation_with_a_caseworker(
    citizen: Citizen, desk: Desk, anna: int
) -> None:
    waiting = await enter_queue(citizen)
    desk.claim(anna)
    answer = await press(citizen, waiting, "leave")
    assert answer["text"] == say("left_human", "de")
    assert await handoff(citizen) == {"state": "bot"}


async def test_erasing_while_waiting_empties_the_queue(citizen: Citizen, desk: Desk, anna: int) -> None:
    await enter_queue(citizen)
    assert (await citizen.erase()).status == 204
    assert desk.queue() == []


async def test_conversation_with_a_caseworker_from_claim_to_feedback(
    web: Web, citizen: Citizen, worker: FakeWorker, desk: Desk, anna: int
) -> None:
    moves = web.server.app[DESK_MOVES]
    await enter_queue(citizen)
    socket = await citizen.connect()
    await socket.send(type="hello", token=citizen.token, after=(await citizen.history())[-1]["id"])
    assert (await socket.receive())["state"] == "waiting"
    [waiting] = desk.queue()
    await moves.claim(waiting.id, desk.deed(anna))
    assert await socket.receive() == {"type": "state", "state": "human"}
    moves.type(waiting)
    assert await socket.receive() == {"type": "typing", "role": "caseworker"}
    for _ in range(2):  # a double click
        await moves.write(waiting.id, desk.deed(anna), text="Guten Tag", key="m1")
    written = await socket.receive_until("message")
    assert (written["message"]["role"], written["message"]["text"]) == ("caseworker", "Guten Tag")
    await moves.close(waiting.id, desk.deed(anna), outcome="solved", service_id="reisepass")
    closing = (await socket.receive_until("message"))["message"]
    assert closing["text"] == say("closed", "de")
    assert closing["feedback"] is None  # can be given
    assert await socket.receive_until("state") == {"type": "state", "state": "bot"}
    given = await citizen.session.put(
        f"{citizen.path}/messages/{closing['id']}/feedback", json={"helpful": True}, headers=citizen.headers
    )
    assert given.status == 200
    [answer] = await citizen.say("Was kostet er?")
    assert answer["role"] == "bot"
    assert worker.turns[-1]["state"]["slots"]["service"] == "reisepass"


async def test_released_and_transferred_conversation_waits_again(
    web: Web, citizen: Citizen, desk: Desk, anna: int
) -> None:
    moves = web.server.app[DESK_MOVES]
    await enter_queue(citizen)
    handoff_id = desk.claim(anna)
    await moves.release(handoff_id, desk.deed(anna))
    assert await handoff(citizen) == {"state": "waiting", "position": 1}
    desk.claim(anna)
    with desk.engine.begin() as connection:
        other = add_team(connection, "bauamt", names={"de": "Bauamt"})
    await moves.transfer_to_team(handoff_id, desk.deed(anna), team_id=other)
    assert await handoff(citizen) == {"state": "waiting", "position": 1}
    assert [waiting.id for waiting in desk.queue(other)] == [handoff_id]


async def test_answer_to_a_request_stands_in_the_conversation_too(web: Web, citizen: Citizen, desk: Desk) -> None:
    ben = desk.add_caseworker()
    opened = await (await take(citizen)).json()
    socket = await citizen.enter((await citizen.history())[-1]["id"])
    with desk.engine.begin() as connection:
        [stored] = list_open(connection, frozenset({desk.team}))
        requests.assign_request(connection, stored.id, desk.deed(ben))
    await web.server.app[DESK_MOVES].answer_request(stored.id, desk.deed(ben), answer="Wird repariert")
    message = (await socket.receive_until("message"))["message"]
    assert message["role"] == "caseworker"
    assert message["text"] == say("request_answered", "de", reference=opened["reference"]) + "\n\nWird repariert"


def test_bot_remembers_the_service_whatever_it_knew_before() -> None:
    known = '{"version": 2, "slots": {"postcode": "29990", "offered": ["a"], "service": "alt"}}'
    expected = {"version": STATE_VERSION, "slots": {"postcode": "29990", "service": "neu"}}
    assert json.loads(remember_service(known, "neu")) == expected
    for unreadable in (None, "", "null", "[]", "x", '{"slots": 1}'):
        assert json.loads(remember_service(unreadable, "neu"))["slots"] == {"service": "neu"}
    assert f"\nVERSION = {STATE_VERSION}\n" in (ROOT / "bot/nlu/state.py").read_text(encoding="utf-8")


# --- sockets -----------------------------------------------------------------------------------------------------
async def test_sockets_hear_of_every_move_and_place(web: Web, desk: Desk, anna: int) -> None:
    first, second = await web.begin(language="de"), await web.begin(language="de")
    await enter_queue(first)
    socket = await second.enter()
    offer = await wish(second)
    assert (await socket.receive_until("message"))["message"]["role"] == "citizen"
    await press(second, offer, "accept")
    assert await socket.receive_until("state") == {"type": "state", "state": "waiting", "position": 2}
    await leave(first)
    assert await socket.receive_until("state") == {"type": "state", "state": "waiting", "position": 1}
    await leave(second)
    assert await socket.receive_until("state") == {"type": "state", "state": "bot"}


async def test_socket_that_comes_back_learns_where_it_stands(citizen: Citizen, desk: Desk, anna: int) -> None:
    await enter_queue(citizen)
    socket = await citizen.connect()
    await socket.send(type="hello", token=citizen.token)
    assert await socket.receive() == {"type": "state", "state": "waiting", "position": 1}


async def test_message_that_is_told_late_comes_in_its_order(web: Web, citizen: Citizen, desk: Desk, anna: int) -> None:
    await enter_queue(citizen)
    handoff_id = desk.claim(anna)
    socket = await citizen.connect()
    await socket.send(type="hello", token=citizen.token, after=(await citizen.history())[-1]["id"])
    assert (await socket.receive())["state"] == "human"

    def compose(conversation: StoredConversation) -> StoredMessage:
        number = conversation.last_number + 1
        return StoredMessage(number=number, role="caseworker", language="de", text="früher", at=datetime.now(UTC))

    with desk.engine.begin() as connection:  # by another process, whose news are not here yet
        earlier = claims.write(connection, handoff_id, desk.deed(anna), compose=compose)
    await web.server.app[DESK_MOVES].write(handoff_id, desk.deed(anna), text="später", key="m2")
    web.server.app[HUB].publish(citizen.id, Said(message=earlier))
    await web.server.app[DESK_MOVES].write(handoff_id, desk.deed(anna), text="zuletzt", key="m3")
    texts = [(await socket.receive())["message"]["text"] for _ in range(3)]
    assert texts == ["früher", "später", "zuletzt"]


async def test_wish_over_a_socket_is_acknowledged_and_answered(citizen: Citizen, anna: int) -> None:
    socket = await citizen.enter()
    await socket.send(type="message", id="w1", wish="human")
    ack = await socket.receive_until("ack")
    assert (ack["id"], ack["message"]["text"]) == ("w1", say("wish", "de"))
    answer = (await socket.receive_until("message"))["message"]
    assert answer["text"].startswith(say("offer_open", "de"))


async def test_waiting_time_comes_from_real_figures(citizen: Citizen, desk: Desk, anna: int) -> None:
    now = datetime.now(UTC)
    with desk.engine.begin() as connection:
        for number in range(5):
            conversation_id = f"{number:022d}"
            connection.execute(
                insert(Conversation).values(
                    id=conversation_id,
                    token_hash="0" * 64,
                    language="de",
                    language_pinned=False,
                    mode="bot",
                    version=0,
                    last_number=0,
                    created_at=now,
                    last_at=now,
                )
            )
            handled = {
                "conversation_id": conversation_id,
                "team_id": desk.team,
                "state": "closed",
                "reason": "wish",
                "urgent": False,
                "language": "de",
                "shown_from": 1,
                "requested_at": now,
                "version": 0,
                "claimed_at": now - timedelta(minutes=8),
                "closed_at": now,
                "assignee_id": anna,
            }
            connection.execute(insert(HandoffRow).values(**handled))
    other = desk.add_caseworker()
    desk.enter(other)
    answer = await enter_queue(citizen)
    assert say("minutes_one", "de") in answer["text"]  # two are there and free
    desk.go(other)
    desk.claim(anna)


# --- requests ----------------------------------------------------------------------------------------------------
FORM = {"what": "Die Laterne vor Haus 12 ist aus", "reach": "abends, 05999 400123", "consent": True}


async def take(citizen: Citizen, *, key: str | None = None, **values: Any) -> Any:
    headers = citizen.headers | ({"Idempotency-Key": key} if key else {})
    return await citizen.session.post(f"{citizen.path}/requests", json=FORM | values, headers=headers)


async def look_up(web: Web, reference: str, code: str) -> Any:
    body = {"reference": reference, "code": code}
    return await web.request("POST", "/api/v1/requests/lookup", json=body)


async def test_concern_is_taken_once_and_its_answer_read_anywhere(web: Web, citizen: Citizen, desk: Desk) -> None:
    ben = desk.add_caseworker()
    form = await press(citizen, await wish(citizen), "write_request")
    assert form["card"] == {"kind": "request", "reason": "button"}
    response = await take(citizen)
    assert response.status == 201
    opened = await response.json()
    confirmed = (await citizen.history())[-1]
    assert confirmed["card"]["kind"] == "request_taken"
    assert opened["reference"] in confirmed["text"]
    assert opened["code"] not in str(await citizen.history())
    found = await (await look_up(web, opened["reference"].lower(), opened["code"].replace("-", " "))).json()
    assert (found["state"], found["what"], found["answer"]) == ("open", FORM["what"], None)
    with desk.engine.begin() as connection:
        [stored] = list_open(connection, frozenset({desk.team}))
        assert (stored.reach, stored.shown_from) == (FORM["reach"], int(confirmed["id"]))
        requests.assign_request(connection, stored.id, desk.deed(ben))
        requests.answer_request(connection, stored.id, desk.deed(ben), answer="Wird morgen repariert")
    found = await (await look_up(web, opened["reference"], opened["code"])).json()
    assert (found["state"], found["answer"]) == ("answered", "Wird morgen repariert")


async def test_request_without_consent_is_refused_and_leaves_nothing(citizen: Citizen, desk: Desk) -> None:
    desk.add_caseworker()
    response = await take(citizen, consent=False)
    assert response.status == 422
    assert (await response.json())["error"]["field"] == "consent"
    with desk.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM request")) == 0
    assert await citizen.history() == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"what": " "}, "what"),
        ({"what": "x" * 1001}, "what"),
        ({"reach": "x" * 201}, "reach"),
        ({"email": "nobody"}, "email"),
        ({"email": "a@b.example\nBcc: c@d.example"}, "email"),
        ({"email": "a b@c.example"}, "email"),
        ({"email": "a@b.example,c@d.example"}, "email"),
        ({"history": "yes"}, "history"),
        ({"other": 1}, "other"),
    ],
)
async def test_form_that_is_wrong_is_refused_by_field(
    citizen: Citizen, desk: Desk, values: dict[str, Any], field: str
) -> None:
    desk.add_caseworker()
    response = await take(citizen, **values)
    assert response.status == 422
    assert (await response.json())["error"]["field"] == field


async def test_request_is_refused_where_nobody_would_answer(citizen: Citizen, desk: Desk) -> None:
    response = await take(citizen)
    assert (response.status, (await response.json())["error"]["code"]) == (404, "no_desk")


async def test_repeated_request_is_one_request_with_a_code_that_works(web: Web, citizen: Citizen, desk: Desk) -> None:
    desk.add_caseworker()
    first = await (await take(citizen, key="k1")).json()
    again = await (await take(citizen, key="k1")).json()
    assert first["reference"] == again["reference"]
    assert (await look_up(web, first["reference"], again["code"])).status == 200
    assert (await look_up(web, first["reference"], first["code"])).status == 404
    assert len(await citizen.history()) == 1


async def test_fourth_open_request_of_a_conversation_is_refused(citizen: Citizen, desk: Desk) -> None:
    desk.add_caseworker()
    assert [(await take(citizen)).status for _ in range(4)] == [201, 201, 201, 429]


async def test_who_waits_and_writes_a_request_need_not_wait_any_longer(citizen: Citizen, desk: Desk, anna: int) -> None:
    await enter_queue(citizen)
    assert (await take(citizen, history=True)).status == 201
    assert desk.queue() == []
    assert await handoff(citizen) == {"state": "bot"}


async def test_guessing_codes_is_slowed_down(start_web: Any) -> None:
    web = await start_web(request_lookups_per_hour=3)
    statuses = [(await look_up(web, "7K2M-9XQ4", "0000-0000-0000-0000")).status for _ in range(4)]
    assert statuses == [404, 404, 404, 429]


async def test_nothing_a_citizen_wrote_is_logged(web: Web, desk: Desk, logged: Any) -> None:
    citizen = await web.begin(language="de")
    desk.add_caseworker()
    opened = await (await take(citizen, email="laterne@haus.example")).json()
    await look_up(web, opened["reference"], opened["code"])
    lines = logged()
    assert "/requests" in lines
    for secret in ("Laterne", "05999", "laterne@haus", opened["code"], opened["reference"]):
        assert secret not in lines
