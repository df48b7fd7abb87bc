"""What was hidden in a message is shown for a reason, to those who may see it, and recorded."""

from datetime import UTC, datetime
from html import escape

import pytest
from sqlalchemy import Engine, select, update

from bot.conversations import queries
from bot.conversations.handoffs import HANDOFF, StoredHandoff, list_events
from bot.conversations.originals import ORIGINAL, delete_all_originals, keep_original
from bot.conversations.records import StoredMessage
from bot.encryption import Cipher, make_key
from bot.phrases import load_phrases
from bot.staff.audit import Entry, read_entries
from tests.conversations.desk import Desk
from tests.web.conftest import KEY, ReadLog
from tests.web.desk_pages.conftest import AddColleague, Colleague, Stored
from tests.web.desk_pages.test_conversation import SCRIPTS, path_of

IBAN = "DE02120300000000202051"
TEXT = f"Meine IBAN ist {IBAN}"
BUTTON = "Verborgene Angaben anzeigen"


def hide(desk: Desk, waiting: StoredHandoff, *, text: str = TEXT, key: str = KEY) -> str:
    """The number of a message in which something was hidden."""
    conversation = desk.read(waiting.conversation_id)
    message = StoredMessage(
        number=conversation.last_number + 1,
        role="citizen",
        language="de",
        text="Meine IBAN ist [IBAN]",
        at=datetime.now(UTC),
        masked=("iban",),
    )
    with desk.engine.begin() as connection:
        queries.add_message(connection, conversation, message)
        keep_original(connection, conversation.id, message, text=text, cipher=Cipher([key]))
    return str(message.number)


def revealed(engine: Engine) -> list[Entry]:
    with engine.connect() as connection:
        return [entry for entry in read_entries(connection) if entry.action == "revealed"]


@pytest.fixture
async def taken(desk: Desk, anna: Colleague) -> StoredHandoff:
    """A conversation that Anna has."""
    waiting = desk.wait()
    await anna.do(waiting.id, "claim")
    return waiting


async def test_assignee_sees_it_on_one_page_after_giving_a_reason(
    desk: Desk, anna: Colleague, taken: StoredHandoff, engine: Engine, logged: ReadLog
) -> None:
    number = hide(desk, taken)
    page = await anna.page(path_of(taken.id))
    assert BUTTON in page
    assert "Unkenntlich gemacht: IBAN" in page
    assert IBAN not in page
    response = await anna.do(taken.id, "reveal", number=number, reason="contact", words="Rückruf wegen der Gebühr")
    assert response.status == 200
    assert response.headers["Cache-Control"] == "no-store"
    shown = await response.text()
    assert TEXT in shown
    assert "Zurückrufen oder schreiben" in shown
    [entry] = revealed(engine)
    assert (entry.name, entry.object) == ("anna", f"handoff {taken.id}")
    assert entry.details == {
        "message": int(number),
        "kinds": ["iban"],
        "reason": "contact",
        "words": 4,
    }
    page = await anna.page(path_of(taken.id))
    assert "hat verborgene Angaben angesehen, um sich melden zu können" in page
    assert "Rückruf wegen der Gebühr" in page
    assert IBAN not in page
    assert IBAN not in logged()


async def test_lead_of_the_team_may_and_colleagues_may_not(
    desk: Desk, berta: Colleague, add_colleague: AddColleague, taken: StoredHandoff, engine: Engine
) -> None:
    lead = await add_colleague("leitung", "lead")
    other_lead = await add_colleague("fremd", "lead", teams=(desk.add_team("bauamt"),))
    number = hide(desk, taken)
    assert BUTTON not in await berta.page(path_of(taken.id))
    refused = await berta.do(taken.id, "reveal", number=number, reason="case")
    assert refused.status == 409
    assert IBAN not in await refused.text()
    assert (await other_lead.do(taken.id, "reveal", number=number, reason="case")).status == 404
    assert revealed(engine) == []
    assert BUTTON in await lead.page(path_of(taken.id))
    assert IBAN in await (await lead.do(taken.id, "reveal", number=number, reason="case")).text()
    assert [entry.name for entry in revealed(engine)] == ["leitung"]


async def test_who_waits_can_be_looked_at_by_a_lead_alone(
    desk: Desk, anna: Colleague, add_colleague: AddColleague
) -> None:
    lead = await add_colleague("leitung", "lead")
    waiting = desk.wait()
    number = hide(desk, waiting)
    assert (await anna.do(waiting.id, "reveal", number=number, reason="danger")).status == 409
    assert (await lead.do(waiting.id, "reveal", number=number, reason="danger")).status == 200


@pytest.mark.parametrize(
    "fields", [{}, {"reason": ""}, {"reason": "x"}, {"reason": "other"}, {"reason": "other", "words": " "}]
)
async def test_without_a_reason_nothing_is_shown(
    desk: Desk, anna: Colleague, taken: StoredHandoff, engine: Engine, fields: dict[str, str]
) -> None:
    number = hide(desk, taken)
    response = await anna.do(taken.id, "reveal", number=number, **fields)
    assert response.status == 409
    page = await response.text()
    assert "Bitte wählen Sie einen Grund." in page
    assert IBAN not in page
    assert revealed(engine) == []


@pytest.mark.parametrize("number", ["", "x", "-1", "1 OR 1=1", "9" * 30])
async def test_number_that_is_none_is_refused(anna: Colleague, taken: StoredHandoff, number: str) -> None:
    assert (await anna.do(taken.id, "reveal", number=number, reason="case")).status == 422


async def test_words_that_are_too_long_are_refused(desk: Desk, anna: Colleague, taken: StoredHandoff) -> None:
    number = hide(desk, taken)
    assert (await anna.do(taken.id, "reveal", number=number, reason="case", words="x" * 301)).status == 422


async def test_messages_without_anything_kept_show_nothing(
    desk: Desk, anna: Colleague, taken: StoredHandoff, engine: Engine
) -> None:
    number = hide(desk, taken)
    with engine.begin() as connection:
        delete_all_originals(connection)
    page = await anna.page(path_of(taken.id))
    assert BUTTON not in page
    assert "Unkenntlich gemacht: IBAN" in page
    for wanted in (number, "1", "99"):
        response = await anna.do(taken.id, "reveal", number=wanted, reason="case")
        assert response.status == 409
        assert "nur noch so, wie sie im Verlauf steht" in await response.text()
    assert revealed(engine) == []


async def test_what_the_citizen_did_not_agree_to_show_is_not_revealed(
    desk: Desk, anna: Colleague, engine: Engine
) -> None:
    waiting = desk.wait(shows_history=False)
    await anna.do(waiting.id, "claim")
    number = hide(desk, waiting)
    with engine.begin() as connection:
        connection.execute(update(HANDOFF).values(shown_from=int(number) + 1))
    assert (await anna.do(waiting.id, "reveal", number=number, reason="case")).status == 409
    assert revealed(engine) == []


async def test_nothing_is_left_to_see_after_the_end(
    desk: Desk, anna: Colleague, taken: StoredHandoff, engine: Engine
) -> None:
    number = hide(desk, taken)
    await anna.do(taken.id, "close", outcome="solved")
    with engine.connect() as connection:
        assert connection.execute(select(ORIGINAL)).all() == []
    assert BUTTON not in await anna.page(path_of(taken.id))
    response = await anna.do(taken.id, "reveal", number=number, reason="case")
    assert response.status == 409
    assert "Dieses Gespräch ist beendet." in await response.text()


async def test_other_key_is_said_and_nothing_recorded(
    desk: Desk, anna: Colleague, taken: StoredHandoff, engine: Engine
) -> None:
    number = hide(desk, taken, key=make_key())
    response = await anna.do(taken.id, "reveal", number=number, reason="case")
    assert response.status == 409
    assert "lässt sich nicht entschlüsseln" in await response.text()
    assert revealed(engine) == []


async def test_explanation_stays_with_the_handoff_without_personal_data_and_is_not_in_the_log(
    desk: Desk, anna: Colleague, taken: StoredHandoff, engine: Engine
) -> None:
    number = hide(desk, taken)
    await anna.do(taken.id, "reveal", number=number, reason="other", words=f"Es war {IBAN}")
    [entry] = revealed(engine)
    assert entry.details["words"] == 3
    with engine.connect() as connection:
        assert list_events(connection, taken.id)[-1].note == "Es war [IBAN]"


@pytest.mark.parametrize("script", SCRIPTS)
async def test_what_people_write_is_text_and_nothing_else(
    desk: Desk, anna: Colleague, taken: StoredHandoff, script: str
) -> None:
    number = hide(desk, taken, text=script)
    response = await anna.do(taken.id, "reveal", number=number, reason="other", words=script)
    for page in (await response.text(), await (await anna.browser.get(path_of(taken.id))).text()):
        assert script not in page or "<" not in script
        assert str(escape(script, quote=True)).replace("&quot;", "&#34;") in page
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]


async def test_every_reason_is_recorded_and_named_in_both_languages(
    desk: Desk, anna: Colleague, taken: StoredHandoff, stored: Stored, engine: Engine
) -> None:
    number = hide(desk, taken)
    for reason in ("case", "contact", "danger", "other"):
        assert (await anna.do(taken.id, "reveal", number=number, reason=reason, words="Wort")).status == 200
        for language in ("de", "en"):
            assert load_phrases("desk_hidden", language)[f"reveal_{reason}"]
    assert [entry.details["reason"] for entry in revealed(engine)] == ["case", "contact", "danger", "other"]
    assert stored.deeds(taken.id).count(("anna", "revealed")) == 4
    await anna.browser.post("/staff/language", {"language": "en", "next": "/desk"}, at="/desk")
    page = await anna.page(path_of(taken.id))
    for words in ("to find the case", "to be able to get in touch", "to prevent harm", "for another reason"):
        assert f"looked at hidden details {words}" in page
