"""A citizen asks for a human in the widget, with the real web process and caseworkers in its database."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, BrowserContext, expect

from bot.conversations import requests
from bot.conversations.request_lists import list_open
from bot.database import open_engine
from bot.settings import Settings
from bot.web.app import make_app
from bot.web.chat.handoff_texts import say
from bot.web.keys import DESK_MOVES
from tests.browser.chat import Chat
from tests.browser.conftest import Watch
from tests.browser.test_accessibility import violations
from tests.web.desk import Desk
from tests.web.worker import FakeWorker

SCREENSHOTS = Path(__file__).parent / "screenshots"


@pytest_asyncio.fixture(loop_scope="session")
async def web(database_url: str) -> AsyncIterator[TestServer]:
    worker = FakeWorker()
    await worker.start()
    server = TestServer(make_app(Settings(database_url=database_url, worker_url=worker.url)))
    await server.start_server()
    yield server
    await server.close()
    await worker.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def desk(database_url: str) -> AsyncIterator[Desk]:
    engine = open_engine(database_url)
    yield Desk(engine)
    engine.dispose()


@pytest_asyncio.fixture(loop_scope="session")
async def context(chromium: Browser, web: TestServer) -> AsyncIterator[BrowserContext]:
    watch = Watch([str(web.make_url("")).rstrip("/")])
    context = await chromium.new_context(viewport={"width": 1280, "height": 900}, locale="de-DE")
    context.set_default_timeout(5_000)
    context.on("page", watch.add)
    yield context
    await context.close()
    assert watch.problems == []


async def opened(context: BrowserContext, web: TestServer) -> Chat:
    chat = await Chat.at(context, str(web.make_url("/")))
    await chat.start()
    return chat


async def no_violations(chat: Chat) -> None:
    assert await violations(chat.page) == []


async def take(chat: Chat, name: str) -> None:
    await chat.page.screenshot(path=SCREENSHOTS / f"de-1280-{name}.png")


async def test_from_the_wish_to_the_end_of_the_conversation(
    context: BrowserContext, web: TestServer, desk: Desk
) -> None:
    moves: Any = web.app[DESK_MOVES]
    anna = desk.add_caseworker()
    desk.enter(anna)
    chat = await opened(context, web)
    await chat.button("Mit einem Menschen sprechen").click()
    await expect(chat.messages.last).to_contain_text(say("offer_open", "de"))
    await no_violations(chat)
    await take(chat, "offer")
    await chat.button(say("accept", "de")).click()
    await expect(chat.state).to_contain_text("Warteschlange, Platz 1.")
    await expect(chat.button("Mit einem Menschen sprechen")).to_be_hidden()
    await no_violations(chat)
    await take(chat, "waiting")
    await chat.page.reload()  # what stands in the queue is not in the browser
    await expect(chat.state).to_contain_text("Warteschlange, Platz 1.")
    [waiting] = desk.queue()
    await moves.claim(waiting.id, desk.deed(anna))
    await expect(chat.state).to_contain_text("Sie schreiben jetzt mit einem Menschen")
    moves.type(waiting)
    await expect(chat.page.locator(".typing")).to_have_text("Die Stadtverwaltung schreibt …")
    await moves.write(waiting.id, desk.deed(anna), text="Guten Tag, wie kann ich helfen?", key="1")
    await expect(chat.log.locator(".caseworker").last).to_contain_text("wie kann ich helfen")
    await chat.send("Meine Frage")
    await expect(chat.questions.last).to_contain_text("Meine Frage")
    await take(chat, "human")
    await moves.close(waiting.id, desk.deed(anna), outcome="solved")
    await expect(chat.answers.last).to_contain_text(say("closed", "de"))
    await expect(chat.answers.last.get_by_role("button", name="Hilfreich", exact=True)).to_be_visible()
    await expect(chat.state).to_be_empty()
    await expect(chat.button("Mit einem Menschen sprechen")).to_be_visible()


async def test_leaving_the_queue_with_the_keyboard_keeps_the_focus(
    context: BrowserContext, web: TestServer, desk: Desk
) -> None:
    desk.enter(desk.add_caseworker())
    chat = await opened(context, web)
    await chat.button("Mit einem Menschen sprechen").press("Enter")
    await chat.button(say("accept", "de")).press("Enter")
    leave = chat.page.locator(".exit")
    await expect(leave).to_have_text("Warteschlange verlassen")
    await leave.press("Enter")
    await expect(chat.messages.last).to_contain_text(say("left", "de"))
    await expect(leave).to_be_hidden()
    await expect(chat.input).to_be_focused()
    assert desk.queue() == []


async def test_request_is_written_and_its_answer_read_on_another_device(
    chromium: Browser, context: BrowserContext, web: TestServer, desk: Desk
) -> None:
    ben = desk.add_caseworker()
    chat = await opened(context, web)
    await chat.button("Mit einem Menschen sprechen").click()
    await chat.button(say("write_request", "de")).click()
    form = chat.log.locator("form.written")
    await form.get_by_role("button", name="Anliegen abschicken").click()
    await expect(form.get_by_role("alert")).to_have_text("Bitte schreiben Sie, worum es geht.")
    await expect(form.get_by_label("Worum geht es?")).to_be_focused()
    await form.get_by_label("Worum geht es?").fill("Die Laterne ist aus")
    await form.get_by_label("E-Mail-Adresse").fill("niemand")
    await form.get_by_role("button", name="Anliegen abschicken").click()
    await expect(form.get_by_label("E-Mail-Adresse")).to_be_focused()
    await form.get_by_label("E-Mail-Adresse").fill("")
    await form.get_by_role("button", name="Anliegen abschicken").click()
    await expect(form.get_by_role("alert")).to_contain_text("Ohne Ihr Einverständnis")
    await no_violations(chat)
    await take(chat, "request")
    await form.get_by_label("Ich bin einverstanden").check()
    await form.get_by_role("button", name="Anliegen abschicken").click()
    taken = chat.log.locator(".taken")
    await expect(taken).to_be_focused()
    reference, code = await taken.locator("strong").all_inner_texts()
    await no_violations(chat)
    await take(chat, "taken")
    await chat.page.reload()
    await expect(chat.messages.last).to_contain_text(reference)
    await expect(form).to_have_count(0)
    with desk.engine.begin() as connection:
        [stored] = list_open(connection, frozenset({desk.team}))
        requests.assign_request(connection, stored.id, desk.deed(ben))
    moves: Any = web.app[DESK_MOVES]
    await moves.answer_request(stored.id, desk.deed(ben), answer="Sie wird <b>morgen</b> repariert.")
    await expect(chat.log.locator(".caseworker")).to_contain_text("Sie wird <b>morgen</b> repariert.")

    other_device = await chromium.new_context(locale="de-DE")
    other = await Chat.at(other_device, str(web.make_url("/")))
    await other.open()
    await other.choose_option("Antwort auf ein Anliegen lesen")
    lookup = other.page.locator(".looking form")
    await lookup.get_by_label("Referenz").fill(reference.lower())
    await lookup.get_by_label("Code").fill("0000")
    await lookup.get_by_role("button", name="Lesen").click()
    await expect(lookup.get_by_role("alert")).to_contain_text("gibt es kein Anliegen")
    await lookup.get_by_label("Code").fill(code.replace("-", " "))
    await lookup.get_by_role("button", name="Lesen").click()
    await expect(lookup.get_by_role("status")).to_contain_text("Sie wird <b>morgen</b> repariert.")
    await no_violations(other)
    await take(other, "lookup")
    await lookup.get_by_role("button", name="Zurück zum Chat").click()
    await expect(lookup).to_be_hidden()
    await other_device.close()


async def test_town_without_a_desk_says_so(context: BrowserContext, web: TestServer) -> None:
    chat = await opened(context, web)
    await chat.button("English").click()
    await chat.button("Talk to a person").click()
    await expect(chat.messages.last).to_contain_text("You can call us on 115.")
