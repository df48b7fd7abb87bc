"""The desk in a real browser: by keyboard, without scripts, read by axe-core, and beside a citizen's widget."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect

from bot.conversations import queries
from bot.conversations.canned_replies import add_reply
from bot.conversations.records import StoredMessage
from bot.database import opened_engine
from bot.settings import Settings
from bot.staff import administration
from bot.staff.administration import TeamProfile
from bot.staff.audit import COMMAND_LINE
from bot.staff.passwords import Passwords
from bot.staff.people import NewStaff
from bot.web.app import make_app
from bot.web.chat.handoff_texts import say
from tests.browser.chat import Chat
from tests.browser.conftest import Watch
from tests.browser.test_accessibility import WIDE, violations
from tests.conversations.desk import Desk
from tests.web.staff.conftest import CHEAP
from tests.web.worker import SERVICE_CARD, FakeWorker

SCREENSHOTS = Path(__file__).parent / "screenshots"
PASSWORD = "vier lila Kieselsteine"
NARROW = {"width": 768, "height": 1024}
PEOPLE = {"h.sommer": "Frau Sommer", "k.winter": "Herr Winter"}
SCRIPT = '<img src=x onerror="document.title=1">'
ANSWER = {
    "text": "Ein Personalausweis kostet ab 24 Jahren 37,00 €.",
    "outcome": "service",
    "card": SERVICE_CARD,
    "understanding": {"intent": "ask_fees", "confidence": 0.93, "language": "de", "entities": {}},
}


@pytest.fixture
def desk(database_url: str) -> Desk:
    """Two caseworkers of one team, and another team."""
    hashed = Passwords(memory=64, passes=1, lanes=1).hash(PASSWORD)
    with opened_engine(database_url) as engine:
        with engine.begin() as connection:
            names = {"de": "Bürgerservice", "en": "Citizens' services"}
            profile = TeamProfile(names=names, offices=frozenset(), fallback=True)
            team = administration.add_team(connection, COMMAND_LINE, "buergerservice", profile)
            for name, shown in PEOPLE.items():
                new = NewStaff(
                    name=name,
                    display_name=shown,
                    roles=("caseworker",),
                    languages=("de", "en"),
                    password_hash=hashed,
                )
                administration.add(connection, COMMAND_LINE, new, team_ids=[team], at=datetime.now(UTC))
        made = Desk(engine, team)
        made.add_team("bauamt")
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def worker() -> AsyncIterator[FakeWorker]:
    fake = FakeWorker()
    await fake.start()
    yield fake
    await fake.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def origin(database_url: str, desk: Desk, worker: FakeWorker) -> AsyncIterator[str]:
    settings = Settings(database_url=database_url, worker_url=worker.url, second_factor="optional", **CHEAP)
    server = TestServer(make_app(settings))
    await server.start_server()
    yield str(server.make_url("")).rstrip("/")
    await server.close()


def wait(desk: Desk, *texts: str, **options: Any) -> int:
    """A conversation that waits now, in which the bot answered."""
    waiting = desk.wait(*texts, at=datetime.now(UTC), **options)
    conversation = desk.read(waiting.conversation_id)
    answer = StoredMessage(
        number=conversation.last_number + 1, role="bot", language="de", at=datetime.now(UTC), **ANSWER
    )
    with desk.engine.begin() as connection:
        queries.add_message(connection, conversation, answer)
    return waiting.id


@asynccontextmanager
async def opened(chromium: Browser, origin: str, name: str = "h.sommer", **options: Any) -> AsyncIterator[Page]:
    """The desk of somebody, in a browser of its own in which nothing may go wrong unseen."""
    watch = Watch([origin])
    context = await chromium.new_context(**{"viewport": WIDE, "locale": "de-DE", **options})
    context.set_default_timeout(5_000)
    page = await context.new_page()
    watch.add(page)
    await page.goto(f"{origin}/desk")
    await page.locator("#name").fill(name)
    await page.locator("#password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{origin}/desk")
    yield page
    await context.close()
    assert watch.problems == []


@pytest.mark.parametrize("language", ["de", "en"])
async def test_every_page_can_be_used_by_everybody(chromium: Browser, origin: str, desk: Desk, language: str) -> None:
    urgent = wait(desk, "Ich halte das nicht mehr aus", reason="crisis")
    first = wait(desk, "Was kostet ein Personalausweis?", SCRIPT, service_id="personalausweis")
    wait(desk, "Noch eine Frage", language="en")
    async with opened(chromium, origin) as page, opened(chromium, origin, "k.winter") as other:
        if language == "en":
            await page.get_by_role("button", name="English").click()
        await other.locator(f"#claim-{urgent}").click()
        await expect(other.locator("#text")).to_be_visible()
        await page.locator(f"#claim-{first}").click()
        await page.locator("#note").fill(f"Braucht es bis Freitag. {SCRIPT}")
        await page.locator("#note").locator("xpath=ancestor::form").get_by_role("button").click()
        await page.locator("#text").fill("Guten Tag, ich schaue kurz nach.\nEinen Moment bitte.")
        await page.locator("#send").click()
        await expect(page.locator(".messages .caseworker")).to_contain_text("Einen Moment bitte.")
        for name, path in (("queue", "/desk"), ("conversation", f"/desk/conversations/{first}")):
            await page.goto(origin + path)
            for size in (WIDE, NARROW):
                await page.set_viewport_size(size)
                assert await violations(page) == [], (name, size)
                assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
                await page.screenshot(path=SCREENSHOTS / f"desk-{language}-{size['width']}-{name}.png", full_page=True)
        assert await page.title() != "1"


async def test_conversation_is_led_by_keyboard_and_without_scripts(chromium: Browser, origin: str, desk: Desk) -> None:
    handoff = wait(desk, "Ich brauche Hilfe")
    async with opened(chromium, origin, java_script_enabled=False) as page:
        await page.locator(f"#claim-{handoff}").press("Enter")
        await expect(page.get_by_role("status")).to_have_text("Sie haben das Gespräch übernommen.")
        await page.get_by_label("Antwort").fill("Guten Tag")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.locator(".messages .caseworker")).to_contain_text("Guten Tag")
        await page.get_by_label("Wie ist es ausgegangen?").select_option("solved")
        await page.get_by_role("button", name="Gespräch abschließen").press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("Das Gespräch ist abgeschlossen.")
        await expect(page.locator("#mine")).to_contain_text("Sie führen gerade kein Gespräch.")


async def test_open_pages_follow_what_others_do_and_keep_text_and_focus(
    chromium: Browser, origin: str, desk: Desk
) -> None:
    first = wait(desk, "Ich brauche Hilfe")
    async with opened(chromium, origin) as page, opened(chromium, origin, "k.winter") as other:
        await page.locator(f"#claim-{first}").focus()
        second = wait(desk, "Noch jemand")
        await expect(page.locator(f"#claim-{second}")).to_be_visible()
        await expect(page.locator("#live-said")).to_have_text("Es wartet ein neues Gespräch.")
        await expect(page.locator(f"#claim-{first}")).to_be_focused()
        await other.locator(f"#claim-{second}").click()
        await expect(page.locator("#colleagues")).to_contain_text("Herr Winter")
        await page.keyboard.press("Enter")
        await page.get_by_label("Antwort").fill("Angefangener Satz")
        await page.get_by_label("Interne Notiz").fill("Angefangene Notiz")
        await page.get_by_label("Antwort").focus()
        await page.evaluate("document.querySelector('#text').setSelectionRange(3, 5)")
        await other.goto(f"{origin}/desk/conversations/{first}")
        await other.get_by_label("Interne Notiz").fill(f"Von nebenan {SCRIPT}")
        await other.get_by_role("button", name="Notiz speichern").click()
        await expect(page.locator("#events")).to_contain_text("Von nebenan")
        await expect(page.get_by_label("Antwort")).to_have_value("Angefangener Satz")
        await expect(page.get_by_label("Interne Notiz")).to_have_value("Angefangene Notiz")
        await expect(page.get_by_label("Antwort")).to_be_focused()
        assert await page.evaluate("[text.selectionStart, text.selectionEnd]") == [3, 5]
        assert await violations(page) == []
        assert await page.title() != "1"


async def test_answer_is_sent_without_leaving_the_page(chromium: Browser, origin: str, desk: Desk) -> None:
    handoff = wait(desk, "Ich brauche Hilfe")
    async with opened(chromium, origin) as page:
        await page.locator(f"#claim-{handoff}").click()
        await page.evaluate("window.same = true")
        for text in ("Guten Tag", "Worum geht es?"):
            await page.get_by_label("Antwort").fill(text)
            await page.locator("#send").click()
            await expect(page.locator(".messages .caseworker").last).to_contain_text(text)
            await expect(page.get_by_label("Antwort")).to_have_value("")
            await expect(page.get_by_label("Antwort")).to_be_focused()
        assert await page.evaluate("window.same")
        await expect(page.locator(".messages .caseworker")).to_have_count(2)


async def test_lost_connection_is_said_and_made_good(chromium: Browser, origin: str, desk: Desk) -> None:
    handoff = wait(desk, "Ich brauche Hilfe")
    async with opened(chromium, origin) as page:
        await page.locator(f"#claim-{handoff}").click()
        await expect(page.locator("#live")).to_be_visible()
        await page.get_by_label("Antwort").fill("Ohne Netz geschrieben")
        await page.context.set_offline(True)
        await expect(page.locator("#live-state")).to_contain_text("Keine Verbindung")
        await page.locator("#send").click()
        await expect(page.locator("#live-state")).to_contain_text("Nicht gesendet.")
        await expect(page.get_by_label("Antwort")).to_have_value("Ohne Netz geschrieben")
        await page.screenshot(path=SCREENSHOTS / "desk-de-1280-offline.png")
        await page.context.set_offline(False)
        await expect(page.locator("#live-said")).to_have_text("Die Verbindung ist wieder da.")
        await expect(page.locator("#live-state")).to_be_empty()
        await page.locator("#send").click()
        await expect(page.locator(".messages .caseworker")).to_contain_text("Ohne Netz geschrieben")


async def test_sound_is_chosen_in_this_browser(chromium: Browser, origin: str) -> None:
    async with opened(chromium, origin) as page:
        sound = page.get_by_label("Ton bei neuen Gesprächen und Nachrichten")
        await expect(sound).not_to_be_checked()
        await sound.check()
        await page.reload()
        await expect(sound).to_be_checked()


async def test_citizen_asks_for_a_human_and_comes_back_to_the_assistant(
    chromium: Browser, origin: str, desk: Desk
) -> None:
    watch = Watch([origin])
    context = await chromium.new_context(viewport=WIDE, locale="de-DE")
    context.set_default_timeout(5_000)
    context.on("page", watch.add)
    async with opened(chromium, origin) as page:
        chat = await Chat.at(context, origin)
        await chat.start()
        await chat.ask("Was kostet das?")
        await chat.button("Mit einem Menschen sprechen").click()
        await chat.button(say("accept", "de")).click()
        await expect(chat.state).to_contain_text("Warteschlange, Platz 1.")
        await page.get_by_role("button", name="übernehmen").click()
        await expect(page.locator("#history")).to_contain_text("Was kostet das?")
        await expect(chat.state).to_contain_text("Sie schreiben jetzt mit einem Menschen")
        await chat.send(f"Ist da jemand? {SCRIPT}")
        await expect(page.locator(".messages .citizen").last).to_contain_text("Ist da jemand?")
        await expect(page.locator("#live-said")).to_have_text("Im Gespräch gibt es eine neue Nachricht.")
        await page.get_by_label("Antwort").fill(f"Ja, ich bin da. {SCRIPT}")
        await page.locator("#send").click()
        await expect(chat.messages.last).to_contain_text("Ja, ich bin da. <img")
        await page.screenshot(path=SCREENSHOTS / "desk-de-1280-talk.png", full_page=True)
        await page.get_by_label("Wie ist es ausgegangen?").select_option("solved")
        await page.get_by_role("button", name="Gespräch abschließen").click()
        await expect(page.locator("main > .note")).to_contain_text("Der Assistent antwortet wieder.")
        await expect(chat.messages.last).to_contain_text("Ab jetzt antwortet wieder der Assistent.")
        await chat.ask("Und was kostet ein Reisepass?")
        await expect(chat.messages.last).to_contain_text("Antwort auf: Und was kostet ein Reisepass?")
        assert {await page.title(), await chat.page.title()}.isdisjoint({"1"})
    await context.close()
    assert watch.problems == []


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
async def test_prepared_reply_is_inserted(chromium: Browser, origin: str, desk: Desk, scripts: bool) -> None:
    with desk.engine.begin() as connection:
        texts = {"de": "Viele Grüße\n{caseworker}"}
        add_reply(connection, team_id=desk.team, name="Gruß", texts=texts, by=(1, datetime.now(UTC)))
    handoff = wait(desk, "Ich brauche Hilfe")
    async with opened(chromium, origin, java_script_enabled=scripts) as page:
        await page.locator(f"#claim-{handoff}").click()
        await page.get_by_label("Antwort").fill("Ihr Ausweis ist fertig.\n\n")
        await page.locator("#replies summary").press("Enter")
        await page.get_by_role("button", name="„Gruß“ einfügen").press("Enter")
        await expect(page.get_by_label("Antwort")).to_have_value("Ihr Ausweis ist fertig.\n\nViele Grüße\nFrau Sommer")
        if scripts:
            assert await violations(page) == []
        await page.get_by_role("button", name="Senden").click()
        await expect(page.locator(".messages .caseworker")).to_contain_text("Frau Sommer")
        await expect(page.get_by_label("Antwort")).to_have_value("")
