"""The catalogue beside a conversation: search, entries in the citizen's language, facets put into the answer."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.catalogue.importers import sync
from bot.catalogue.importers.record import Reading, ServiceRecord, Source, Town
from bot.catalogue.queries import load_catalogue
from bot.catalogue.switches import SwitchedOff, switch_off
from bot.conversations.store import Store
from bot.facets import FACETS
from bot.web.desk.catalogue_entry import facet_text, open_entry
from bot.web.desk.catalogue_source import CatalogueSource
from tests.catalogue.records import CITIZENS_OFFICE, PASSPORT, service
from tests.conversations.desk import AT, Desk
from tests.web.desk_pages.conftest import AddColleague, Colleague, Stored

DATED = replace(PASSPORT, source_date=date(2026, 9, 15), url="https://www.auenfurt.example/reisepass")
DOG = service("hund", "Hund anmelden", summary="Wer einen Hund hält, meldet ihn an. <b>Bald</b>.")


def fill(engine: Engine, *services: ServiceRecord) -> None:
    reading = Reading(town=Town(name="Auenfurt"), services=services, offices=(CITIZENS_OFFICE,), rejected=(), notes=())
    with Session(engine) as session:
        sync.apply(session, reading, Source(kind="town", name="Auenfurt"))


@pytest.fixture
def catalogue(engine: Engine) -> None:
    fill(engine, DATED, DOG)


async def claimed(desk: Desk, person: Colleague, **options: object) -> int:
    waiting = desk.wait(**options)
    await person.do(waiting.id, "claim")
    return waiting.id


def part(handoff_id: int, query: str = "") -> str:
    return f"/desk/conversations/{handoff_id}/catalogue?{query}"


@pytest.mark.usefixtures("catalogue")
async def test_services_are_found_by_words_of_both_languages(desk: Desk, anna: Colleague) -> None:
    handoff_id = await claimed(desk, anna)
    for words in ("Reisepass", "passport", "reisepas"):
        page = await anna.page(part(handoff_id, f"q={words}"))
        assert 'data-service="reisepass"' in page, words
    assert "Dazu ist keine Leistung zu finden." in await anna.page(part(handoff_id, "q=xyzzyqqq"))
    page = await anna.page(f"/desk/conversations/{handoff_id}?q=Hund&service=hund")
    assert 'aria-current="true">Hund anmelden' in page
    assert "<h3" in page.split('id="catalogue-part"')[1]


@pytest.mark.usefixtures("catalogue")
async def test_entry_is_in_the_citizens_language_and_german_is_marked(desk: Desk, anna: Colleague) -> None:
    german, english = await claimed(desk, anna), await claimed(desk, anna, language="en")
    page = await anna.page(part(german, "service=reisepass"))
    assert '<h3 id="catalogue-entry" tabindex="-1" lang="de">Reisepass' in page
    assert "„Reisepass“ – Gebühren:" in page
    assert "Quelle: Leistungsverzeichnis Auenfurt, Stand: 15.09.2026" in page
    page = await anna.page(part(english, "service=reisepass"))
    assert 'lang="en">Passport' in page
    assert "Source: service directory of Auenfurt, as of 15 September 2026" in page
    page = await anna.page(part(english, "service=hund"))
    assert "The town has this information only in German:\nWer einen Hund hält" in page
    assert '<p class="said" lang="de">Wer einen Hund hält' in page


@pytest.mark.usefixtures("catalogue")
async def test_what_the_bot_understood_is_open(desk: Desk, anna: Colleague) -> None:
    handoff_id = await claimed(desk, anna, service_id="hund")
    await anna.page(part(handoff_id))  # the catalogue is read now
    assert 'id="catalogue-entry"' in await anna.page(f"/desk/conversations/{handoff_id}")
    gone = await claimed(desk, anna, service_id="gibt-es-nicht")
    assert "Diese Leistung steht nicht mehr im Katalog." in await anna.page(f"/desk/conversations/{gone}")


@pytest.mark.usefixtures("catalogue")
async def test_page_does_not_wait_for_the_catalogue(desk: Desk, anna: Colleague) -> None:
    handoff_id = await claimed(desk, anna, service_id="hund")
    page = await anna.page(f"/desk/conversations/{handoff_id}")
    assert "Der Katalog wird geladen" in page or 'id="catalogue-entry"' in page
    assert 'id="catalogue-entry"' in await anna.page(part(handoff_id, "service=hund"))


@pytest.mark.usefixtures("catalogue")
async def test_facet_is_put_below_what_was_written_and_not_sent(desk: Desk, anna: Colleague, stored: Stored) -> None:
    handoff_id = await claimed(desk, anna)
    response = await anna.do(handoff_id, "draft", text="Guten Tag", facet="find/hund")
    text = await response.text()
    assert "Guten Tag\n\n„Hund anmelden“ – Beschreibung:\nWer einen Hund hält" in text
    assert "&lt;b&gt;Bald&lt;/b&gt;" in text
    assert "<b>Bald" not in text
    assert "Quelle: Leistungsverzeichnis Auenfurt</textarea>" in text
    assert len(stored.messages(stored.handoff(handoff_id))) == 1
    for forged in ("find/", "nothing/hund", "hund", "find/" + "x" * 300):
        assert (await anna.do(handoff_id, "draft", text="Guten Tag", facet=forged)).status == 422
    response = await anna.do(handoff_id, "draft", text="Guten Tag", facet="find/gibt-es-nicht")
    assert "Guten Tag</textarea>" in await response.text()


@pytest.mark.usefixtures("catalogue")
async def test_text_that_does_not_fit_is_refused_and_what_was_written_stays(desk: Desk, anna: Colleague) -> None:
    handoff_id = await claimed(desk, anna)
    written = "x" * 1_990
    response = await anna.do(handoff_id, "draft", text=written, facet="find/hund")
    assert response.status == 409
    assert f"{written}</textarea>" in await response.text()


async def test_without_a_catalogue_the_desk_says_so(desk: Desk, anna: Colleague) -> None:
    handoff_id = await claimed(desk, anna)
    assert "Der Katalog ist gerade nicht zu erreichen." in await anna.page(part(handoff_id, "q=Hund"))


@pytest.mark.usefixtures("catalogue")
async def test_bad_addresses_and_other_teams_are_refused(
    desk: Desk, anna: Colleague, add_colleague: AddColleague
) -> None:
    handoff_id = await claimed(desk, anna)
    stranger = await add_colleague("clara", teams=(desk.add_team("bauamt"),))
    assert await stranger.status(part(handoff_id, "q=Hund")) == 404
    editor = await add_colleague("redaktion", "editor")
    assert await editor.status(part(handoff_id, "q=Hund")) == 403
    assert await anna.status(part(handoff_id, "q=" + "x" * 201)) == 422
    assert await anna.status(part(handoff_id, "q=%00")) == 422
    for query in ("q='; DROP TABLE service; --", "q=%25_%25", "service=../../etc", 'q="><script>alert(1)</script>'):
        assert await anna.status(part(handoff_id, query)) == 200, query
    page = (await anna.browser.get(part(handoff_id, "q=<script>alert(1)</script>"))).text()
    assert "<script>alert" not in await page


@pytest.mark.usefixtures("catalogue")
async def test_only_who_may_answer_can_insert(desk: Desk, anna: Colleague, add_colleague: AddColleague) -> None:
    handoff_id = await claimed(desk, anna)
    berta = await add_colleague("berta")
    assert "data-facet-text" in await anna.page(part(handoff_id, "service=hund"))
    assert "data-facet-text" not in await berta.page(part(handoff_id, "service=hund"))


@pytest.mark.usefixtures("catalogue")
def test_switched_off_service_has_its_reason_once(engine: Engine) -> None:
    with Session(engine) as session:
        off = SwitchedOff(service_id="hund", facet=None, reasons={"de": "Wird überarbeitet."}, at=datetime.now(UTC))
        switch_off(session, off)
        catalogue = load_catalogue(session)
    entry = open_entry(catalogue, "hund", "de")
    assert [facet.switched_off for facet in entry.facets] == [True]
    assert entry.facets[0].text == "„Hund anmelden“ – Beschreibung:\nWird überarbeitet."


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_facet_is_either_told_or_named_as_missing(engine: Engine, language: str) -> None:
    with Session(engine) as session:
        catalogue = load_catalogue(session)
    entry = open_entry(catalogue, "reisepass", language)
    told = [facet.facet for facet in entry.facets]
    assert sorted([*told, *entry.missing]) == sorted(FACETS)
    for facet in entry.facets:
        assert facet.text == facet_text(catalogue, "reisepass", facet.facet, language)
    assert all(facet_text(catalogue, "reisepass", facet, language) == "" for facet in entry.missing)


async def test_import_reaches_the_desk(database_url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.desk.catalogue_source.CHECK_SECONDS", 0.0)
    store = Store(database_url)
    source = CatalogueSource(store, models=Path("models"), now=lambda: AT)
    assert await source.current() is None  # nothing imported yet
    fill(engine, DOG)
    snapshot = await source.current()
    assert snapshot is not None
    assert set(snapshot.catalogue.services) == {"hund"}
    fill(engine, DOG, DATED)
    assert await source.current() is snapshot  # the old one serves on
    await source.close()
    newer = source.ready()
    assert newer is not None
    assert set(newer.catalogue.services) == {"hund", "reisepass"}
    await source.close()
    await store.close()
