"""Requests at the desk: lists, one of them, taking, giving back, passing on, answering; and what is refused."""

import asyncio
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any

import pytest
from aiohttp import ClientResponse
from sqlalchemy import Engine, delete

from bot.conversations import queries, request_lists
from bot.conversations.canned_replies import add_reply
from bot.conversations.models import Conversation
from bot.conversations.records import StoredMessage
from bot.conversations.requests import NewRequest, StoredRequest, answer_request, read_request, take_request
from bot.staff.audit import read_entries
from bot.web.desk import requests_count, requests_view
from bot.web.desk.requests_routes import REQUEST_ROUTES
from tests.catalogue.records import service
from tests.conversations.desk import AT, Desk
from tests.web.desk_pages.conftest import AddColleague, Colleague
from tests.web.test_services import put_services

ACTIONS = [route.path.rpartition("/")[2] for route in REQUEST_ROUTES if route.method == "POST"]
SCRIPTS = ('<script>alert("1")</script>', '"><svg onload=alert(1)>', "{{ 7 * 7 }}")
LIST = "/desk/requests"


def path_of(request: object) -> str:
    return f"{LIST}/{request.id if isinstance(request, StoredRequest) else request}"


async def act(person: Colleague, request: object, action: str, **fields: str) -> ClientResponse:
    return await person.browser.post(f"{path_of(request)}/{action}", fields, at="/desk")


@pytest.fixture
def ask(desk: Desk) -> Any:
    """Makes a request that is due in two hours."""

    def make(*said: str, **values: Any) -> StoredRequest:
        conversation = desk.begin(*said)
        new = {
            "conversation_id": conversation.id,
            "team_id": desk.team,
            "reason": "failed_twice",
            "language": "de",
            "service_id": None,
            "shown_from": 1,
            "what": "Die Laterne vor dem Haus ist aus",
            "reach": "abends am Telefon",
            "email": "",
            "due_at": datetime.now(UTC) + timedelta(hours=2),
            "at": datetime.now(UTC),
        }
        with desk.engine.begin() as connection:
            return take_request(connection, NewRequest(**(new | values)))[0]

    return make


def stored(desk: Desk, request: StoredRequest) -> StoredRequest:
    with desk.engine.connect() as connection:
        return read_request(connection, request.id)


def deeds(engine: Engine, request: StoredRequest) -> list[tuple[str, str]]:
    """Who did what with it, as the audit log has it."""
    with engine.connect() as connection:
        entries = list(read_entries(connection))
    return [(entry.name, entry.action) for entry in entries if entry.object == f"request {request.id}"]


async def test_open_requests_are_listed_by_what_is_due_and_overdue_ones_say_so(
    desk: Desk, anna: Colleague, ask: Any
) -> None:
    later = ask(due_at=datetime.now(UTC) + timedelta(days=3))
    late, soon = ask(due_at=datetime.now(UTC) - timedelta(hours=1)), ask()
    foreign = ask(team_id=desk.add_team("bauamt"))
    page = await anna.page(LIST)
    places = [page.index(f'id="open-{request.id}"') for request in (late, soon, later)]
    assert places == sorted(places)
    assert foreign.reference not in page
    rows = page.split("<tr")
    assert ["überfällig" in row for row in rows if 'id="open-' in row] == [True, False, False]
    assert "(3, 1 überfällig)" in " ".join(page.replace('<strong class="alarm">', "").replace("</strong>", "").split())
    assert "Laterne" not in page


async def test_bar_on_top_tells_how_many_are_open_and_overdue(desk: Desk, anna: Colleague, ask: Any) -> None:
    ask(due_at=datetime.now(UTC) - timedelta(hours=1))
    ask(team_id=desk.add_team("bauamt"))
    soon, answered = ask(), ask()
    for request in (soon, answered):
        await act(anna, request, "take")
    assert ">Anliegen (3, 1 überfällig)</a>" in await anna.page("/desk")
    await act(anna, answered, "answer", text="Wird repariert")
    assert ">Anliegen (2, 1 überfällig)</a>" in await anna.page("/staff")


async def test_numbers_in_the_bar_are_counted_anew_after_a_while(
    anna: Colleague, ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ">Anliegen</a>" in await anna.page("/desk")
    ask()
    monkeypatch.setattr(requests_count, "REFRESH_SECONDS", 0)
    async with asyncio.timeout(5):
        while ">Anliegen (1)</a>" not in await anna.page("/desk"):
            pass


async def test_lists_of_mine_and_of_answered_ones(desk: Desk, anna: Colleague, berta: Colleague, ask: Any) -> None:
    mine, other, answered = ask(), ask(), ask()
    await act(anna, mine, "take")
    await act(berta, other, "take")
    await act(anna, answered, "take")
    await act(anna, answered, "answer", text="Wird repariert")
    for shown, listed in (
        ("mine", [mine]),
        ("answered", [answered]),
        ("open", [mine, other]),
        ("x'; --", [mine, other]),
    ):
        page = await anna.page(f"{LIST}?show={shown}")
        found = {request.id for request in (mine, other, answered) if f'id="open-{request.id}"' in page}
        assert found == {request.id for request in listed}, shown


async def test_lists_go_page_by_page(anna: Colleague, ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests_view, "PAGE", 2)
    monkeypatch.setattr(request_lists, "PAGE", 2)
    requests = [ask(due_at=datetime.now(UTC) + timedelta(hours=hours)) for hours in range(1, 6)]
    path, seen = f"{LIST}?show=open", []
    for _ in range(3):
        page = await anna.page(path)
        seen += [request.id for request in requests if f'id="open-{request.id}"' in page]
        path = page.partition('id="next"')[2].partition('href="')[2].partition('"')[0]
    assert path == ""
    assert seen == [request.id for request in requests]


@pytest.mark.parametrize("after", ["x", "-1", "999999", "9" * 40, "1 OR 1=1", ""])
async def test_page_behind_nothing_is_the_first(anna: Colleague, ask: Any, after: str) -> None:
    request = ask()
    assert f'id="open-{request.id}"' in await anna.page(f"{LIST}?show=open&after={after}")


async def test_request_shows_what_was_written_and_how_the_answer_gets_there(anna: Colleague, ask: Any) -> None:
    request = ask("Was kostet das?", email="a.berger@mail.example")
    page = await anna.page(path_of(request))
    for part in (request.reference, "Die Laterne vor dem Haus ist aus", "abends am Telefon", "a.berger@mail.example"):
        assert part in page
    assert "Was kostet das?" in page
    assert "zweimal nicht verstanden" in page


async def test_conversation_is_shown_only_with_consent_and_not_what_came_later(
    desk: Desk, anna: Colleague, ask: Any
) -> None:
    shown, hidden = ask("Vorher gesagt"), ask("Vorher gesagt", shown_from=2)
    for request in (shown, hidden):
        later = datetime.now(UTC) + timedelta(minutes=1)
        message = StoredMessage(number=2, role="citizen", language="de", text="Danach gesagt", at=later)
        with desk.engine.begin() as connection:
            queries.add_message(connection, desk.read(request.conversation_id or ""), message)
    page = await anna.page(path_of(shown))
    assert "Vorher gesagt" in page
    assert "Danach gesagt" not in page
    page = await anna.page(path_of(hidden))
    assert "gesagt" not in page
    assert "ist nicht freigegeben" in page


async def test_request_whose_conversation_is_gone_can_still_be_answered(desk: Desk, anna: Colleague, ask: Any) -> None:
    request = ask()
    with desk.engine.begin() as connection:
        connection.execute(delete(Conversation))  # as retention does
    assert "nach Ablauf der Frist gelöscht" in await anna.page(path_of(request))
    await act(anna, request, "take")
    assert (await act(anna, request, "answer", text="Wird repariert")).status == 303
    assert stored(desk, request).answer == "Wird repariert"


async def test_of_simultaneous_takers_one_wins_and_the_others_are_told_who_has_it(
    desk: Desk, add_colleague: AddColleague, ask: Any
) -> None:
    request = ask()
    people = [await add_colleague(f"person-{number}") for number in range(6)]
    tokens = [await person.browser.csrf("/desk") for person in people]
    sent = (
        person.browser.send("POST", f"{path_of(request)}/take", data={"csrf": token})
        for person, token in zip(people, tokens, strict=True)
    )
    responses = await asyncio.gather(*sent)
    assert sorted(response.status for response in responses) == [303] + [409] * 5
    [winner] = [person for person, response in zip(people, responses, strict=True) if response.status == 303]
    for response in responses:
        if response.status == 409:
            assert f"Dieses Anliegen hat schon Person person-{people.index(winner)}." in await response.text()
    assert stored(desk, request).assignee_id == winner.id
    assert [what for _, what in deeds(desk.engine, request)].count("claimed") == 1


async def test_answer_is_read_in_the_chat_and_cannot_be_given_twice(desk: Desk, anna: Colleague, ask: Any) -> None:
    request = ask()
    await act(anna, request, "take")
    response = await act(anna, request, "answer", text=" Guten Tag,\r\nsie brennt wieder. ")
    assert response.headers["Location"] == f"{path_of(request)}?done=request_answered"
    answered = stored(desk, request)
    assert (answered.state, answered.answer, answered.answered_by) == (
        "answered",
        "Guten Tag,\nsie brennt wieder.",
        anna.id,
    )
    with desk.engine.connect() as connection:
        last = queries.list_messages(connection, request.conversation_id or "")[-1]
    assert (last.role, last.staff_id) == ("caseworker", anna.id)
    assert last.text.endswith("sie brennt wieder.")
    assert (await act(anna, request, "answer", text=" Guten Tag,\r\nsie brennt wieder. ")).status == 303  # second click
    again = await act(anna, request, "answer", text="Etwas anderes")
    assert again.status == 409
    assert "schon beantwortet" in await again.text()
    with desk.engine.connect() as connection:
        assert len(queries.list_messages(connection, request.conversation_id or "")) == 2
    page = await anna.page(path_of(request))
    assert "sie brennt wieder." in page
    assert 'id="text"' not in page


async def test_who_has_not_taken_it_cannot_answer_and_keeps_the_text(
    desk: Desk, anna: Colleague, berta: Colleague, ask: Any
) -> None:
    request = ask()
    response = await act(anna, request, "answer", text="Zu früh")
    assert response.status == 409
    assert "Übernehmen Sie es zuerst" in await response.text()
    await act(anna, request, "take")
    response = await act(berta, request, "answer", text="Von der Falschen")
    assert response.status == 409
    assert "Dieses Anliegen hat schon Person anna." in await response.text()
    assert stored(desk, request).state == "open"
    assert 'id="text"' not in await berta.page(path_of(request))


async def test_lead_answers_for_colleagues(desk: Desk, anna: Colleague, add_colleague: AddColleague, ask: Any) -> None:
    lead, request = await add_colleague("leitung", "lead"), ask()
    await act(anna, request, "take")
    assert "als Teamleitung" in await lead.page(path_of(request))
    assert (await act(lead, request, "answer", text="Von der Leitung")).status == 303
    assert stored(desk, request).answered_by == lead.id


@pytest.mark.parametrize("text", ["", " \r\n ", "x" * 2_001])
async def test_answer_that_cannot_be_sent_is_refused(desk: Desk, anna: Colleague, ask: Any, text: str) -> None:
    request = ask()
    await act(anna, request, "take")
    assert (await act(anna, request, "answer", text=text)).status in {409, 422}
    assert stored(desk, request).state == "open"


async def test_request_is_given_back_with_a_note(desk: Desk, anna: Colleague, berta: Colleague, ask: Any) -> None:
    request = ask()
    await act(anna, request, "take")
    response = await act(anna, request, "release", note="Bitte den Bauhof fragen")
    assert response.headers["Location"] == f"{LIST}?done=request_released"
    assert stored(desk, request).assignee_id is None
    assert "Bitte den Bauhof fragen" in await berta.page(path_of(request))


async def test_request_goes_to_another_team_with_a_note(
    desk: Desk, anna: Colleague, add_colleague: AddColleague, ask: Any
) -> None:
    other = desk.add_team("bauamt")
    carl, request = await add_colleague("carl", teams=(other,)), ask()
    await act(anna, request, "take")
    for team in ("999", "x", "", "1 OR 1=1"):
        assert (await act(anna, request, "team", team=team)).status == 422
    assert (await act(anna, request, "team", team=str(other), note="Ist eure Laterne")).status == 303
    assert (stored(desk, request).team_id, stored(desk, request).assignee_id) == (other, None)
    assert "Ist eure Laterne" in await carl.page(path_of(request))
    assert await anna.status(path_of(request)) == 404


async def test_note_is_not_for_the_citizen(desk: Desk, anna: Colleague, ask: Any) -> None:
    request = ask()
    await act(anna, request, "take")
    await act(anna, request, "release", note="Unfreundlich")
    with desk.engine.connect() as connection:
        said = queries.list_messages(connection, request.conversation_id or "")
    assert all("Unfreundlich" not in message.text for message in said)


async def test_prepared_reply_is_put_into_the_field(desk: Desk, anna: Colleague, ask: Any) -> None:
    with desk.engine.begin() as connection:
        texts = {"de": "Viele Grüße\n{caseworker}, {team}"}
        reply = add_reply(connection, team_id=desk.team, name="Gruß", texts=texts, by=(1, AT))
    request = ask()
    await act(anna, request, "take")
    response = await act(anna, request, "draft", text="Sie brennt.", reply=str(reply))
    assert "Sie brennt.\n\nViele Grüße\nPerson anna, Bürgerservice</textarea>" in await response.text()
    assert stored(desk, request).state == "open"
    full = await act(anna, request, "draft", text="x" * 1_990, reply=str(reply))
    assert full.status == 409
    assert "x" * 1_990 in await full.text()


async def test_prepared_reply_names_the_service_in_the_citizens_language(
    desk: Desk, anna: Colleague, ask: Any, database_url: str
) -> None:
    address = "https://www.town.example/passport"
    put_services(database_url, service("pass", "Reisepass", en="Passport", url=address), service("hund", "Hundesteuer"))
    with desk.engine.begin() as connection:
        texts = {"de": "Es geht um {service}. {service_url}", "en": "This is about: {service}. {service_url}"}
        add_reply(connection, team_id=desk.team, name="Gruß", texts=texts, by=(1, AT))
    for values, filled in (
        ({"service_id": "pass", "language": "en"}, f"This is about: Passport. {address}"),
        ({"service_id": "hund"}, "Es geht um Hundesteuer."),
        ({}, "Es geht um {service}."),
    ):
        request = ask(**values)
        await act(anna, request, "take")
        assert f'data-insert="{filled}"' in await anna.page(f"/desk/requests/{request.id}")


async def test_reading_and_every_deed_are_recorded(desk: Desk, anna: Colleague, berta: Colleague, ask: Any) -> None:
    request, other = ask(), desk.add_team("bauamt")
    await anna.page(path_of(request))
    await act(anna, request, "take")
    await act(anna, request, "release")
    await act(berta, request, "take")
    await act(berta, request, "answer", text="Geheimes Wort")
    assert deeds(desk.engine, request) == [
        ("anna", "read"),
        ("anna", "claimed"),
        ("anna", "released"),
        ("berta", "claimed"),
        ("berta", "answered"),
    ]
    moved = ask()
    await act(anna, moved, "take")
    await act(anna, moved, "team", team=str(other))
    assert [what for _, what in deeds(desk.engine, moved)] == ["claimed", "transferred"]
    with desk.engine.connect() as connection:
        log = str(list(read_entries(connection)))
    assert "Geheimes" not in log
    assert "Laterne" not in log


async def test_page_that_refreshes_itself_is_recorded_for_others_than_the_assignee(
    desk: Desk, anna: Colleague, berta: Colleague, ask: Any
) -> None:
    request = ask()
    await act(anna, request, "take")
    for person in (anna, berta):
        await person.browser.get(path_of(request), headers={"X-Desk-Refresh": "1"})
    assert deeds(desk.engine, request)[1:] == [("berta", "read")]


@pytest.mark.parametrize("action", ["", *ACTIONS])
@pytest.mark.parametrize("wanted", ["foreign", "999999", "0", "-1", "x", "1 OR 1=1", "9" * 40])
async def test_other_teams_request_and_forged_ids_are_not_found(
    desk: Desk, anna: Colleague, ask: Any, action: str, wanted: str
) -> None:
    foreign = ask(what="Nicht für Anna", team_id=desk.add_team("bauamt"))
    fields = {"text": "x", "note": "x", "team": str(desk.team), "reply": "1"}
    target = foreign.id if wanted == "foreign" else wanted
    response = await (act(anna, target, action, **fields) if action else anna.browser.get(path_of(target)))
    assert response.status == 404
    assert "Nicht für Anna" not in await response.text()
    assert stored(desk, foreign) == foreign
    assert deeds(desk.engine, foreign) == []


@pytest.mark.parametrize("role", ["editor", "admin", "auditor"])
async def test_other_roles_see_nothing(add_colleague: AddColleague, ask: Any, role: str) -> None:
    request, person = ask(), await add_colleague("andere", role)
    for path in (LIST, path_of(request)):
        assert await person.status(path) == 403
    token = await person.browser.csrf("/staff")
    for action in ACTIONS:
        response = await person.browser.send("POST", f"{path_of(request)}/{action}", data={"csrf": token})
        assert response.status == 403, action


@pytest.mark.parametrize("action", ACTIONS)
async def test_form_without_our_token_does_nothing(desk: Desk, anna: Colleague, ask: Any, action: str) -> None:
    request = ask()
    data = {"csrf": "0" * 64, "text": "x", "note": "x", "team": "1"}
    assert (await anna.browser.send("POST", f"{path_of(request)}/{action}", data=data)).status == 403
    assert stored(desk, request) == request


@pytest.mark.parametrize("script", SCRIPTS)
async def test_what_people_write_is_text_and_nothing_else(desk: Desk, anna: Colleague, ask: Any, script: str) -> None:
    request = ask(script, what=script, reach=script)
    await act(anna, request, "take")
    await act(anna, request, "release", note=script)
    await act(anna, request, "take")
    written = await (await act(anna, request, "draft", text=script, reply="1")).text()
    with desk.engine.begin() as connection:
        answer_request(connection, request.id, desk.deed(anna.id), answer=script)
    page = await (await anna.browser.get(path_of(request))).text()
    shown = escape(script, quote=True).replace("&quot;", "&#34;")
    for text, count in ((written, 5), (page, 5)):
        assert text.count(shown) >= count
        assert "<" not in script or script not in text


async def test_pages_are_english_on_wish(anna: Colleague, ask: Any) -> None:
    request = ask(due_at=datetime.now(UTC) - timedelta(hours=1))
    await anna.browser.post("/staff/language", {"language": "en", "next": LIST}, at="/desk")
    assert "overdue" in await anna.page(LIST)
    assert f"Request {request.reference}" in await anna.page(path_of(request))


async def test_request_that_was_erased_is_gone(desk: Desk, anna: Colleague, ask: Any) -> None:
    request = ask()
    with desk.engine.begin() as connection:
        queries.delete_conversation(connection, request.conversation_id or "")
    assert await anna.status(path_of(request)) == 404
    assert (await act(anna, request, "take")).status == 404
