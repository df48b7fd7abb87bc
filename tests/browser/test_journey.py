"""A citizen and two caseworkers from the first question to the feedback, each in a browser of their own."""

import asyncio
import json
import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy.orm import Session

from bot.catalogue.importers import sync
from bot.catalogue.importers.record import Source
from bot.catalogue.importers.town import read
from bot.conversations.canned_replies import add_reply
from bot.web.chat.handoff_texts import say
from tests.browser.chat import Chat
from tests.browser.conftest import Watch
from tests.browser.test_accessibility import PHONE, WIDE, violations
from tests.browser.test_desk import PEOPLE, SCREENSHOTS, opened
from tests.browser.test_desk import desk as desk  # noqa: PLC0414 - fixtures
from tests.browser.test_desk import origin as origin  # noqa: PLC0414
from tests.browser.test_desk import worker as worker  # noqa: PLC0414
from tests.conversations.desk import AT, Desk
from tests.web.worker import SERVICE_CARD, FakeWorker, Turn

TOWN = Path(__file__).parents[2] / "data/catalogue/auenfurt"
PATIENCE = 30_000  # ms; whoever first looks something up waits until the catalogue is read
NOTE = "Braucht den Ausweis bis Freitag"
NOTE_FOR_NEXT = "Bitte nach dem Express-Pass schauen"


def answer(turn: Turn) -> Turn:
    """Knows what an identity card costs, and after that what "it" is; nothing else."""
    asked, knows = turn["text"] or "", "personalausweis" in json.dumps(turn["state"])
    is_service = "Personalausweis" in asked or (knows and "es" in asked.lower().split())
    text = "Ein Personalausweis kostet 37,00 €." if is_service else "Das habe ich leider nicht verstanden."
    custom = {
        "outcome": "service" if is_service else "unknown",
        "language": "de",
        "card": SERVICE_CARD if is_service else None,
        "choices": [],
    }
    return {
        "outputs": [{"text": text, "response": None, "custom": custom}],
        "understanding": {"intent": "ask_fees", "confidence": 0.9, "language": "de", "entities": {}},
        "state": None,
    }


@pytest.fixture
def town(desk: Desk) -> None:
    """The demo town's catalogue, and a prepared reply."""
    with Session(desk.engine) as session:
        sync.apply(session, read(TOWN), Source(kind="town", name="Auenfurt"))
    with desk.engine.begin() as connection:
        texts = {"de": "Viele Grüße\n{caseworker}"}
        add_reply(connection, team_id=desk.team, name="Gruß", texts=texts, by=(1, AT))


async def look(page: Page, name: str) -> None:
    """No barrier, nothing that sticks out, and a picture, on a desktop and on a telephone."""
    for size in (PHONE, WIDE):
        await page.set_viewport_size(size)
        assert await violations(page) == [], (name, size)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, size)
        await page.screenshot(path=SCREENSHOTS / f"journey-{size['width']}-{name}.png", full_page=True)


async def claim_at_once(pages: dict[str, Page]) -> tuple[str, str]:
    """Both click at the same moment; the names of who has the conversation and who has not."""
    buttons = [page.get_by_role("button", name="übernehmen") for page in pages.values()]
    for button in buttons:
        await expect(button).to_be_visible()
    await asyncio.gather(*(button.dispatch_event("click") for button in buttons))
    for page in pages.values():
        await expect(page.locator("#text, #fault")).to_be_visible()
    got = [name for name, page in pages.items() if await page.locator("#text").count()]
    assert len(got) == 1
    return got[0], next(name for name in pages if name != got[0])


async def fail_twice(chat: Chat) -> None:
    """A question that is answered, two that are not; then the citizen wants a human."""
    await chat.start()
    await chat.ask("Was kostet ein Personalausweis?")
    await chat.ask("Geht das auch schneller?")
    await chat.ask("Express, meine ich")
    await expect(chat.messages.last).to_contain_text(say("offer_open", "de"))
    await look(chat.page, "1-offer")
    await chat.button(say("accept", "de")).click()
    await expect(chat.state).to_contain_text("Warteschlange, Platz 1.")
    await expect(chat.messages.last).to_be_in_viewport(ratio=1)  # the line about the queue took room from it
    await look(chat.page, "2-waiting")


async def talk(page: Page, chat: Chat) -> None:
    """Both type and write."""
    await page.get_by_label("Antwort", exact=True).press_sequentially("Guten Tag")
    await expect(chat.page.locator(".typing")).to_have_text("Die Stadtverwaltung schreibt …")
    await page.locator("#send").click()
    await expect(chat.messages.last).to_contain_text("Guten Tag")
    await chat.input.press_sequentially("Ich brauche es bis Freitag")
    await expect(page.locator("#typing")).to_have_text("Die Bürgerin oder der Bürger schreibt …")
    await chat.input.press("Enter")
    await expect(page.locator(".messages .citizen").last).to_contain_text("bis Freitag")


async def note(page: Page) -> None:
    await page.get_by_label("Interne Notiz").fill(NOTE)
    await page.get_by_role("button", name="Notiz speichern").click()
    await expect(page.locator("#events")).to_contain_text(NOTE)
    await expect(page.locator("#live-said")).to_have_text("Die Notiz ist gespeichert.")


async def insert_texts(page: Page, *, name: str) -> None:
    """The catalogue's fees, and below them the prepared reply."""
    field = page.get_by_label("Antwort", exact=True)
    await page.get_by_label("Leistung oder Stichwort").fill("Personalausweis")
    await page.locator("#catalogue-search").click()
    await page.locator(".hits a").first.click()
    await page.get_by_role("button", name="Gebühren einfügen").click()
    await expect(field).to_be_focused()
    await page.locator("#replies summary").click()
    await page.get_by_role("button", name="„Gruß“ einfügen").click()
    await expect(field).to_be_focused()
    await expect(field).to_have_value(
        re.compile(rf"Quelle: Leistungsverzeichnis Auenfurt, Stand: [0-9.]+\n\nViele Grüße\n{name}$")
    )
    await look(page, "6-inserted")


async def transfer(page: Page, *, to: str) -> None:
    await page.locator("#pass-to_colleague summary").click()
    await page.get_by_label("Person").select_option(label=to)
    await page.locator("#note-colleague").fill(NOTE_FOR_NEXT)
    await look(page, "8-transfer")
    await page.locator("#to-colleague").click()
    await expect(page.get_by_role("status").first).to_have_text("Das Gespräch ist weitergegeben.")
    await expect(page.locator("#colleagues")).to_contain_text(to)


async def close(page: Page) -> None:
    """Whoever got the conversation finds the notes, answers and closes it."""
    await page.get_by_role("navigation").get_by_role("link", name="Gespräche").click()
    await page.locator("#mine a").click()
    for text in (NOTE, NOTE_FOR_NEXT):
        await expect(page.locator("#events")).to_contain_text(text)
    await look(page, "9-transferred")
    await page.get_by_label("Antwort", exact=True).fill("Ich übernehme. Der Express-Pass ist Freitag da.")
    await page.locator("#send").click()
    await expect(page.locator(".messages .caseworker").last).to_contain_text("Freitag da.")
    await page.get_by_label("Wie ist es ausgegangen?").select_option("solved")
    await page.get_by_label("Worum ging es?").select_option("personalausweis")
    await page.get_by_role("button", name="Gespräch abschließen").click()
    await expect(page.get_by_role("status").first).to_contain_text("Der Assistent antwortet wieder.")
    await look(page, "10-closed")


async def rate_and_ask_on(chat: Chat) -> None:
    """The conversation helped; the bot knows what it was about."""
    await expect(chat.answers.last).to_contain_text(say("closed", "de"))
    await chat.answers.last.get_by_role("button", name="Hilfreich", exact=True).click()
    comment = chat.page.get_by_role("textbox", name=chat.words["comment"])
    await comment.fill("Das ging schnell")
    await comment.press("Enter")
    await expect(chat.log.locator("q")).to_have_text("Das ging schnell")
    await look(chat.page, "11-feedback")
    await chat.ask("Was kostet es noch mal?")
    await expect(chat.answers.last).to_contain_text("37,00 €")


async def check_notes_are_hidden(chat: Chat) -> None:
    count = await chat.messages.count()
    shown = await chat.log.inner_text()
    await chat.page.reload()
    await expect(chat.messages).to_have_count(count)
    for text in (shown, await chat.log.inner_text()):
        assert NOTE not in text
        assert NOTE_FOR_NEXT not in text


@pytest.mark.usefixtures("town")
async def test_from_the_first_question_to_the_feedback(chromium: Browser, origin: str, worker: FakeWorker) -> None:
    worker.answer = answer
    watch = Watch([origin])
    context = await chromium.new_context(viewport=WIDE, locale="de-DE")
    context.set_default_timeout(PATIENCE)
    context.on("page", watch.add)
    async with opened(chromium, origin) as sommer, opened(chromium, origin, "k.winter") as winter:
        desks = {"h.sommer": sommer, "k.winter": winter}
        for page in desks.values():
            page.set_default_timeout(PATIENCE)
        chat = await Chat.at(context, origin)
        await fail_twice(chat)
        await look(sommer, "3-queue")

        winner, loser = await claim_at_once(desks)
        page, other = desks[winner], desks[loser]
        await expect(other.locator("#fault")).to_have_text(f"Dieses Gespräch hat schon {PEOPLE[winner]}.")
        await expect(other.locator("#live-said")).to_have_text(f"Dieses Gespräch hat schon {PEOPLE[winner]}.")
        await look(other, "4-taken")
        await expect(chat.state).to_contain_text("Sie schreiben jetzt mit einem Menschen")
        for fact in ("zweimal nicht verstanden", "Personalausweis"):
            await expect(page.locator("#facts")).to_contain_text(fact)
        await look(page, "5-claimed")

        turns = len(worker.turns)
        await talk(page, chat)
        await note(page)
        await insert_texts(page, name=PEOPLE[winner])
        await page.locator("#send").click()
        await expect(chat.messages.last).to_contain_text("Quelle: Leistungsverzeichnis Auenfurt")
        await look(chat.page, "7-human")
        await transfer(page, to=PEOPLE[loser])
        await close(other)
        assert len(worker.turns) == turns  # the bot was silent
        await rate_and_ask_on(chat)
        await check_notes_are_hidden(chat)
        await other.get_by_role("navigation").get_by_role("link", name="Verlauf").click()
        await expect(other.locator("main")).to_contain_text("Personalausweis")
        await look(other, "12-history")
    await context.close()
    assert watch.problems == []
