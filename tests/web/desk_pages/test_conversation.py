"""One conversation at the desk: read, write, note, pass on, close; and what is refused."""

from datetime import UTC, datetime, timedelta
from html import escape

import pytest
from sqlalchemy import update

from bot.conversations import queries
from bot.conversations.handoffs import HANDOFF
from bot.conversations.presence import end_presence, report_presence
from bot.conversations.records import StoredMessage
from bot.web.desk.routes import DESK_ROUTES
from tests.conversations.desk import AT, Desk
from tests.web.desk_pages.conftest import AddColleague, Colleague, Stored
from tests.web.worker import SERVICE_CARD

ACTIONS = [route.path.rpartition("/")[2] for route in DESK_ROUTES if route.method == "POST"]
SCRIPTS = ('<script>alert("1")</script>', "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>', "{{ 7 * 7 }}")


def path_of(handoff_id: object) -> str:
    return f"/desk/conversations/{handoff_id}"


def answer(number: int = 2) -> StoredMessage:
    """What the bot says, with what it understood."""
    return StoredMessage(
        number=number,
        role="bot",
        language="de",
        text="Der Personalausweis kostet 37,00 €.",
        at=AT,
        outcome="service",
        card=SERVICE_CARD,
        understanding={"intent": "ask_fees", "confidence": 0.923, "language": "de", "entities": {}},
    )


async def test_history_shows_what_the_bot_understood(desk: Desk, anna: Colleague, engine) -> None:
    waiting = desk.wait("Meine IBAN ist [IBAN]")
    with engine.begin() as connection:
        queries.add_message(connection, desk.read(waiting.conversation_id), answer())
    page = await anna.page(path_of(waiting.id))
    assert "Meine IBAN ist [IBAN]" in page
    assert "Der Personalausweis kostet 37,00 €." in page
    for part in ("ask_fees", "92 % sicher", "Deutsch", "Personalausweis"):
        assert part in page.partition("Verstanden:")[2].partition("</p>")[0]


async def test_what_the_citizen_did_not_agree_to_show_is_not_shown(desk: Desk, anna: Colleague) -> None:
    waiting = desk.wait("Vorher gesagt", shows_history=False)
    page = await anna.page(path_of(waiting.id))
    assert "Vorher gesagt" not in page
    assert "soll auf Wunsch nicht zu sehen sein" in page


async def test_what_is_said_to_the_bot_afterwards_is_not_shown(desk: Desk, anna: Colleague, engine) -> None:
    waiting = desk.wait()
    await anna.do(waiting.id, "claim")
    await anna.do(waiting.id, "close", outcome="solved")
    conversation = desk.read(waiting.conversation_id)
    later = StoredMessage(
        number=conversation.last_number + 1, role="citizen", language="de", text="Etwas anderes", at=datetime.now(UTC)
    )
    with engine.begin() as connection:
        queries.add_message(connection, conversation, later)
    page = await anna.page(path_of(waiting.id))
    assert "abgeschlossen" in page
    assert "Etwas anderes" not in page


async def test_assignee_writes_and_the_message_is_stored_once(desk: Desk, anna: Colleague, stored: Stored) -> None:
    waiting = desk.wait()
    await anna.do(waiting.id, "claim")
    for _ in range(2):
        assert (await anna.write(waiting.id, "Guten Tag,\r\nwie kann ich helfen?")).status == 303
    assert (await anna.write(waiting.id, "Noch etwas?", key="b2")).status == 303
    *_, first, second = stored.messages(waiting)
    assert (first.role, first.text, first.staff_id) == ("caseworker", "Guten Tag,\nwie kann ich helfen?", anna.id)
    assert second.text == "Noch etwas?"
    assert len(stored.messages(waiting)) == 3


async def test_colleague_may_not_write_and_keeps_the_text(
    desk: Desk, anna: Colleague, berta: Colleague, stored: Stored
) -> None:
    waiting = desk.wait()
    await anna.do(waiting.id, "claim")
    response = await berta.write(waiting.id, "Ich auch")
    assert response.status == 409
    assert "Dieses Gespräch hat schon Person anna." in await response.text()
    assert len(stored.messages(waiting)) == 1
    assert 'id="text"' not in await berta.page(path_of(waiting.id))


async def test_nobody_writes_before_it_is_claimed(desk: Desk, anna: Colleague, stored: Stored) -> None:
    waiting = desk.wait()
    response = await anna.write(waiting.id, "Guten Tag")
    assert response.status == 409
    assert "Übernehmen Sie es zuerst" in await response.text()
    assert len(stored.messages(waiting)) == 1


async def test_lead_may_write_visibly(desk: Desk, anna: Colleague, add_colleague: AddColleague, stored: Stored) -> None:
    lead = await add_colleague("leitung", "lead")
    waiting = desk.wait()
    await anna.do(waiting.id, "claim")
    assert "wird vermerkt" in await lead.page(path_of(waiting.id))
    assert (await lead.write(waiting.id, "Hier ist die Leitung.")).status == 303
    assert stored.messages(waiting)[-1].staff_id == lead.id
    assert "hat als Teamleitung geschrieben" in await anna.page(path_of(waiting.id))


@pytest.mark.parametrize("text", ["", "  \r\n ", "x" * 2_001])
async def test_text_that_cannot_be_sent_is_refused(desk: Desk, anna: Colleague, stored: Stored, text: str) -> None:
    waiting = desk.wait()
    await anna.do(waiting.id, "claim")
    response = await anna.write(waiting.id, text)
    assert response.status in {409, 422}
    assert len(stored.messages(waiting)) == 1


async def test_longest_text_of_umlauts_fits(desk: Desk, anna: Colleague, stored: Stored) -> None:
    waiting = desk.wait()
    await anna.do(waiting.id, "claim")
    assert (await anna.write(waiting.id, "ä" * 2_000)).status == 303
    assert stored.messages(waiting)[-1].text == "ä" * 2_000


async def test_note_is_for_the_team_and_not_for_the_citizen(
    desk: Desk, anna: Colleague, berta: Colleague, stored: Stored
) -> None:
    waiting = desk.wait()
    assert (await berta.do(waiting.id, "notes", note="Kommt morgen wieder")).status == 303
    assert "Kommt morgen wieder" in await anna.page(path_of(waiting.id))
    assert all("morgen" not in message.text for message in stored.messages(waiting))
    assert (await berta.do(waiting.id, "notes", note=" ")).status == 409


async def test_conversation_goes_to_another_team_with_a_note(
    desk: Desk, anna: Colleague, add_colleague: AddColleague, stored: Stored
) -> None:
    other = desk.add_team("bauamt")
    carl = await add_colleague("carl", teams=(other,))
    waiting = desk.wait()
    await anna.do(waiting.id, "claim")
    response = await anna.do(waiting.id, "team", team=str(other), note="Es geht um den Carport")
    assert response.headers["Location"] == "/desk?done=transferred"
    assert (stored.handoff(waiting.id).team_id, stored.handoff(waiting.id).state) == (other, "waiting")
    assert "Es geht um den Carport" in await carl.page(path_of(waiting.id))
    assert await anna.status(path_of(waiting.id)) == 404


@pytest.mark.parametrize("team", ["999", "x", "", "-1", "1 OR 1=1"])
async def test_team_that_there_is_not_gets_nothing(desk: Desk, anna: Colleague, stored: Stored, team: str) -> None:
    waiting = desk.wait()
    await anna.do(waiting.id, "claim")
    assert (await anna.do(waiting.id, "team", team=team)).status == 422
    assert (stored.handoff(waiting.id).team_id, stored.handoff(waiting.id).assignee_id) == (desk.team, anna.id)


async def test_conversation_goes_to_a_colleague_who_is_there(
    desk: Desk, anna: Colleague, berta: Colleague, stored: Stored, engine
) -> None:
    waiting = desk.wait()
    await anna.do(waiting.id, "claim")
    with engine.begin() as connection:
        end_presence(connection, berta.id)
    absent = await anna.do(waiting.id, "colleague", colleague=str(berta.id), note="Bitte weiter")
    assert absent.status == 409
    assert "gerade nicht da" in await absent.text()
    assert stored.handoff(waiting.id).assignee_id == anna.id
    await berta.page()
    assert f'<option value="{berta.id}">Person berta' in await anna.page(path_of(waiting.id))
    assert (await anna.do(waiting.id, "colleague", colleague=str(berta.id), note="Bitte weiter")).status == 303
    assert stored.handoff(waiting.id).assignee_id == berta.id
    assert "Bitte weiter" in await berta.page(path_of(waiting.id))


async def test_released_conversation_waits_again(desk: Desk, anna: Colleague, stored: Stored) -> None:
    waiting = desk.wait()
    await anna.do(waiting.id, "claim")
    assert (await anna.do(waiting.id, "release")).status == 303
    assert stored.handoff(waiting.id).state == "waiting"


async def test_colleague_who_is_there_is_not_taken_over_from(
    desk: Desk, anna: Colleague, berta: Colleague, stored: Stored, engine
) -> None:
    waiting = desk.wait()
    await anna.do(waiting.id, "claim")
    assert (await berta.do(waiting.id, "takeover")).status == 409
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    with engine.begin() as connection:
        report_presence(connection, anna.id, status="available", at=long_ago)
        connection.execute(update(HANDOFF).values(worked_at=long_ago))
    assert (await berta.do(waiting.id, "takeover")).status == 303
    assert stored.handoff(waiting.id).assignee_id == berta.id


async def test_closed_conversation_is_the_bots_again(desk: Desk, anna: Colleague, stored: Stored) -> None:
    waiting = desk.wait()
    await anna.do(waiting.id, "claim")
    assert (await anna.do(waiting.id, "close", outcome="nothing")).status == 409
    assert (await anna.do(waiting.id, "close", outcome="solved", service="erfunden")).status == 422
    response = await anna.do(waiting.id, "close", outcome="solved")
    assert response.headers["Location"] == "/desk?done=closed"
    assert (stored.handoff(waiting.id).state, stored.handoff(waiting.id).outcome) == ("closed", "solved")
    assert desk.read(waiting.conversation_id).mode == "bot"
    for action, fields in (("messages", {"text": "Noch etwas", "key": "z9"}), ("release", {}), ("takeover", {})):
        assert (await anna.do(waiting.id, action, **fields)).status == 409, action


async def test_closing_names_the_service_that_was_talked_about(
    desk: Desk, anna: Colleague, stored: Stored, engine
) -> None:
    waiting = desk.wait()
    with engine.begin() as connection:
        queries.add_message(connection, desk.read(waiting.conversation_id), answer())
    await anna.do(waiting.id, "claim")
    assert (await anna.do(waiting.id, "close", outcome="solved", service="personalausweis")).status == 303
    assert stored.handoff(waiting.id).service_id == "personalausweis"


async def test_reading_and_every_deed_are_recorded(desk: Desk, anna: Colleague, stored: Stored) -> None:
    waiting = desk.wait()
    await anna.page(path_of(waiting.id))
    await anna.do(waiting.id, "claim")
    await anna.write(waiting.id, "Geheimes Wort")
    await anna.do(waiting.id, "notes", note="Notiz")
    await anna.do(waiting.id, "release")
    await anna.do(waiting.id, "claim")
    await anna.do(waiting.id, "close", outcome="solved")
    done = [what for who, what in stored.deeds(waiting.id) if who == "anna"]
    assert done == ["read", "claimed", "wrote", "changed", "released", "claimed", "closed"]


async def test_page_that_refreshes_itself_is_recorded_for_others_than_the_assignee(
    desk: Desk, anna: Colleague, berta: Colleague, stored: Stored
) -> None:
    waiting = desk.wait()
    await anna.do(waiting.id, "claim")
    for person in (anna, berta):
        await person.browser.get(path_of(waiting.id), headers={"X-Desk-Refresh": "1"})
    assert stored.deeds(waiting.id)[1:] == [("berta", "read")]


@pytest.mark.parametrize("action", ["", *ACTIONS])
@pytest.mark.parametrize("handoff", ["foreign", "999999", "0", "-1", "x", "1 OR 1=1", "9" * 40])
async def test_other_teams_conversation_and_forged_ids_are_not_found(
    desk: Desk, anna: Colleague, stored: Stored, action: str, handoff: str
) -> None:
    other = desk.add_team("bauamt")
    foreign = desk.wait("Nicht für Anna", team_id=other)
    wanted = foreign.id if handoff == "foreign" else handoff
    fields = {
        "text": "x",
        "key": "a1",
        "note": "x",
        "team": str(desk.team),
        "colleague": "1",
        "outcome": "solved",
        "reply": "1",
    }
    if action:
        response = await anna.do(wanted, action, **fields)  # type: ignore[arg-type]
    else:
        response = await anna.browser.get(path_of(wanted))
    assert response.status == 404
    assert "Nicht für Anna" not in await response.text()
    assert stored.handoff(foreign.id) == foreign
    assert stored.deeds(foreign.id) == []


@pytest.mark.parametrize("role", ["editor", "admin", "auditor"])
async def test_other_roles_see_nothing(desk: Desk, add_colleague: AddColleague, role: str) -> None:
    waiting = desk.wait()
    person = await add_colleague("andere", role)
    for path in ("/desk", path_of(waiting.id)):
        assert await person.status(path) == 403
    token = await person.browser.csrf("/staff")
    for action in ACTIONS:
        response = await person.browser.send("POST", f"{path_of(waiting.id)}/{action}", data={"csrf": token})
        assert response.status == 403, action


@pytest.mark.parametrize("action", ACTIONS)
async def test_form_without_our_token_does_nothing(desk: Desk, anna: Colleague, stored: Stored, action: str) -> None:
    waiting = desk.wait()
    data = {"csrf": "0" * 64, "text": "x", "key": "a", "note": "x", "outcome": "solved"}
    assert (await anna.browser.send("POST", f"{path_of(waiting.id)}/{action}", data=data)).status == 403
    assert stored.handoff(waiting.id) == waiting


@pytest.mark.parametrize("script", SCRIPTS)
async def test_what_people_write_is_text_and_nothing_else(
    desk: Desk, add_colleague: AddColleague, engine, script: str
) -> None:
    person = await add_colleague("anna")
    waiting = desk.wait(script)
    await person.do(waiting.id, "claim")
    await person.do(waiting.id, "notes", note=script)
    await person.write(waiting.id, script)
    with engine.begin() as connection:
        from bot.staff.people import set_display_name  # noqa: PLC0415

        set_display_name(connection, person.id, script)
    response = await person.browser.get(path_of(waiting.id))
    page = await response.text()
    assert script not in page or "<" not in script
    assert page.count(str(escape(script, quote=True)).replace("&quot;", "&#34;")) >= 4
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
