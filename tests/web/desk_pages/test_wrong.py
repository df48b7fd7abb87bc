"""Answers of the bot that are marked as wrong at the desk, and the list of them that editors read."""

from collections.abc import Callable
from dataclasses import replace
from html import escape

import pytest
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from bot.catalogue.importers import sync
from bot.catalogue.importers.record import Reading, Source, Town
from bot.conversations import queries
from bot.conversations.handoffs import HANDOFF, StoredHandoff
from bot.conversations.wrong_answers import Correction, find_marks, mark_wrong
from bot.language import LANGUAGES
from bot.phrases import load_phrases
from bot.staff.audit import read_entries
from tests.catalogue.records import CITIZENS_OFFICE, PASSPORT
from tests.conversations.desk import AT, Desk
from tests.web.desk_pages.conftest import AddColleague, Colleague, Stored
from tests.web.desk_pages.test_conversation import SCRIPTS, answer, path_of

LIST = "/staff/wrong-answers"
IBAN = "DE02120300000000202051"


@pytest.fixture
def catalogue(engine: Engine) -> None:
    reading = Reading(
        town=Town(name="Auenfurt"), services=(PASSPORT,), offices=(CITIZENS_OFFICE,), rejected=(), notes=()
    )
    with Session(engine) as session:
        sync.apply(session, reading, Source(kind="town", name="Auenfurt"))


Answered = Callable[..., StoredHandoff]


@pytest.fixture
def answered(desk: Desk, engine: Engine) -> Answered:
    """A conversation that waits, in which the bot answered with message 2."""

    def make(**options: object) -> StoredHandoff:
        waiting = desk.wait("Was kostet ein Pass?", **options)
        with engine.begin() as connection:
            said = replace(answer(), reply_to=1)
            queries.add_message(connection, desk.read(waiting.conversation_id), said)
        return waiting

    return make


def marks(engine: Engine, waiting: StoredHandoff) -> dict[int, Correction]:
    with engine.connect() as connection:
        return find_marks(connection, waiting.conversation_id)


async def test_answer_is_marked_with_words_and_taken_back(
    anna: Colleague, berta: Colleague, answered: Answered, stored: Stored, engine: Engine
) -> None:
    waiting = answered()
    assert "Antwort war falsch" in await anna.page(path_of(waiting.id))
    response = await anna.do(waiting.id, "wrong", number="2", right="Der Reisepass kostet 70 €.\r\nNicht 37 €.")
    assert response.headers["Location"] == f"{path_of(waiting.id)}?done=marked_wrong"
    [mark] = marks(engine, waiting).values()
    assert (mark.right, mark.right_service_id) == ("Der Reisepass kostet 70 €.\nNicht 37 €.", None)
    assert mark.staff_id == anna.id
    page = await berta.page(path_of(waiting.id))
    assert "Als falsch vermerkt" in page
    assert "von Person anna" in page
    assert "Der Reisepass kostet 70 €." in page
    assert "Antwort war falsch" not in page
    response = await berta.do(waiting.id, "unmark", number="2")
    assert response.headers["Location"].endswith("done=unmarked")
    assert marks(engine, waiting) == {}
    assert stored.deeds(waiting.id).count(("anna", "changed")) == 1
    assert stored.deeds(waiting.id).count(("berta", "changed")) == 1
    await berta.do(waiting.id, "unmark", number="2")
    assert stored.deeds(waiting.id).count(("berta", "changed")) == 1, "there was nothing to take back"


@pytest.mark.usefixtures("catalogue")
async def test_right_service_is_searched_and_chosen_without_scripts(
    anna: Colleague, answered: Answered, engine: Engine
) -> None:
    waiting = answered()
    response = await anna.do(waiting.id, "wrong", number="2", right="Es ging um den Pass.", query="Reisepass")
    page = await response.text()
    assert response.status == 200
    assert '<option value="reisepass">Reisepass</option>' in page
    assert "Es ging um den Pass." in page
    assert marks(engine, waiting) == {}
    fields = {"number": "2", "right": "Es ging um den Pass.", "query": "Reisepass"}
    assert (await anna.do(waiting.id, "wrong", **fields, service="erfunden")).status == 422
    assert marks(engine, waiting) == {}
    assert (await anna.do(waiting.id, "wrong", **fields, service="reisepass")).status == 303
    assert marks(engine, waiting)[2].right_service_id == "reisepass"
    assert "Leistung: Reisepass" in await anna.page(path_of(waiting.id))
    assert (await anna.do(waiting.id, "wrong", **fields, service="none")).status == 303
    assert marks(engine, waiting)[2].right_service_id is None


@pytest.mark.usefixtures("catalogue")
async def test_search_that_finds_nothing_says_so(anna: Colleague, answered: Answered) -> None:
    response = await anna.do(answered().id, "wrong", number="2", right="x", query="xyzzyqqq")
    assert "Dazu ist keine Leistung verzeichnet." in await response.text()


async def test_without_a_catalogue_words_are_enough(anna: Colleague, answered: Answered, engine: Engine) -> None:
    waiting = answered()
    fields = {"number": "2", "right": "Etwas anderes", "query": "Pass"}
    assert "Der Katalog ist gerade nicht zu erreichen." in await (await anna.do(waiting.id, "wrong", **fields)).text()
    assert (await anna.do(waiting.id, "wrong", **fields, service="none")).status == 303
    assert len(marks(engine, waiting)) == 1


async def test_ended_conversations_can_be_marked_too(anna: Colleague, answered: Answered, engine: Engine) -> None:
    waiting = answered()
    await anna.do(waiting.id, "claim")
    await anna.do(waiting.id, "close", outcome="solved")
    assert (await anna.do(waiting.id, "wrong", number="2", right="Anders")).status == 303
    assert len(marks(engine, waiting)) == 1


async def test_only_shown_answers_of_the_bot_are_marked(anna: Colleague, answered: Answered, engine: Engine) -> None:
    waiting = answered()
    for number in ("1", "99"):
        assert (await anna.do(waiting.id, "wrong", number=number, right="x")).status == 404
    for number in ("", "x", "-1", "2 OR 1=1"):
        assert (await anna.do(waiting.id, "wrong", number=number, right="x")).status == 422
    with engine.begin() as connection:
        connection.execute(update(HANDOFF).values(shown_from=3))
    assert (await anna.do(waiting.id, "wrong", number="2", right="x")).status == 404
    assert marks(engine, waiting) == {}


@pytest.mark.parametrize("right", ["", " \r\n", "x" * 1_001])
async def test_what_was_right_has_to_be_said(anna: Colleague, answered: Answered, engine: Engine, right: str) -> None:
    waiting = answered()
    assert (await anna.do(waiting.id, "wrong", number="2", right=right)).status in {409, 422}
    assert marks(engine, waiting) == {}


async def test_personal_data_is_hidden_in_what_was_right(anna: Colleague, answered: Answered, engine: Engine) -> None:
    waiting = answered()
    await anna.do(waiting.id, "wrong", number="2", right=f"Es ging um {IBAN}")
    assert marks(engine, waiting)[2].right == "Es ging um [IBAN]"


@pytest.mark.parametrize("script", SCRIPTS)
async def test_what_people_write_is_text_and_nothing_else(
    anna: Colleague, add_colleague: AddColleague, answered: Answered, script: str
) -> None:
    waiting = answered()
    chosen = await anna.do(waiting.id, "wrong", number="2", right=script, query=script)
    await anna.do(waiting.id, "wrong", number="2", right=script)
    editor = await add_colleague("redaktion", "editor")
    pages = [
        await chosen.text(),
        await (await anna.browser.get(path_of(waiting.id))).text(),
        await (await editor.browser.get(LIST)).text(),
    ]
    for page in pages:
        assert script not in page or "<" not in script
        assert str(escape(script, quote=True)).replace("&quot;", "&#34;") in page


# --- the list ----------------------------------------------------------------------------------------------------
async def test_editors_read_question_answer_and_what_was_right(
    anna: Colleague, add_colleague: AddColleague, answered: Answered, engine: Engine
) -> None:
    editor = await add_colleague("redaktion", "editor", teams=())
    assert "Hier ist noch nichts vermerkt." in await editor.page(LIST)
    await anna.do(answered().id, "wrong", number="2", right="Der Reisepass kostet 70 €.")
    page = await editor.page(LIST)
    for words in (
        "Person anna",
        "Was kostet ein Pass?",
        "Der Personalausweis kostet 37,00 €.",
        "ask_fees",
        "92 % sicher",
        "Der Reisepass kostet 70 €.",
    ):
        assert words in page
    assert "Falsche Antworten" in await editor.page("/staff")
    with engine.connect() as connection:
        read = [entry for entry in read_entries(connection) if entry.object == "wrong_answers"]
    assert [(entry.name, entry.action) for entry in read] == [("redaktion", "read")] * 2


async def test_leads_read_those_of_their_teams(
    desk: Desk, anna: Colleague, add_colleague: AddColleague, answered: Answered
) -> None:
    lead = await add_colleague("leitung", "lead")
    foreign = await add_colleague("fremd", "lead", teams=(desk.add_team("bauamt"),))
    await anna.do(answered().id, "wrong", number="2", right="Der Reisepass kostet 70 €.")
    assert "Der Reisepass kostet 70 €." in await lead.page(LIST)
    assert "Der Reisepass kostet 70 €." not in await foreign.page(LIST)


@pytest.mark.parametrize("role", ["caseworker", "admin", "auditor"])
async def test_others_do_not_read_it(add_colleague: AddColleague, role: str) -> None:
    assert await (await add_colleague("andere", role)).status(LIST) == 403


async def test_list_goes_page_by_page_without_gap_or_repetition(
    desk: Desk, add_colleague: AddColleague, answered: Answered, engine: Engine
) -> None:
    for number in range(53):
        waiting = answered()
        with engine.begin() as connection:
            correction = Correction(right=f"Nummer-{number:02}.", right_service_id=None, staff_id=1, at=AT)
            mark_wrong(connection, waiting.conversation_id, 2, correction)
    editor = await add_colleague("redaktion", "editor")
    path, seen, pages = LIST, [], 0
    while path:
        page = await editor.page(path)
        seen += [number for number in range(53) if f"Nummer-{number:02}." in page]
        pages += 1
        _, _, rest = page.partition('<a id="older" href="')
        path = rest.partition('"')[0]
    assert pages == 3
    assert sorted(seen) == list(range(53))


@pytest.mark.parametrize(
    "before",
    [
        "x",
        "2026-05-04",
        "2026-05-04T09:00:00,a,1",
        "2026-05-04T09:00:00+00:00,a,x",
        f"2026-05-04T09:00:00Z,{'a' * 99},1",
        "' OR 1=1,,",
    ],
)
async def test_place_that_is_none_is_refused(add_colleague: AddColleague, before: str) -> None:
    editor = await add_colleague("redaktion", "editor")
    assert (await editor.browser.get(LIST, params={"before": before})).status == 422


@pytest.mark.parametrize("topic", ["desk_wrong", "desk_hidden"])
def test_both_languages_have_the_same_sentences(topic: str) -> None:
    first, *others = (set(load_phrases(topic, language)) for language in LANGUAGES)
    assert all(other == first for other in others)
