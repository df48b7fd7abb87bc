"""The widget with the real web process, so that both keep to the same contract; the worker is made by hand."""

from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, BrowserContext, expect

from bot.settings import Settings
from bot.web.app import make_app
from tests.browser import script
from tests.browser.chat import Chat
from tests.browser.conftest import Watch
from tests.web.worker import FakeWorker, Turn


def answer(turn: Turn) -> dict[str, Any]:
    """The script's answers in the shape of the worker."""
    asked = turn["text"] or turn["choice"]["entities"]["title"]
    said = script.answer(asked, turn["language"])
    choices = [
        {"title": choice["title"], "intent": "choose_service", "entities": {"title": choice["title"]}}
        for choice in said.get("choices", [])
    ]
    custom = {"outcome": said["outcome"], "language": turn["language"], "card": said.get("card"), "choices": choices}
    return {
        "outputs": [{"text": said["text"], "response": None, "custom": custom}],
        "understanding": {"intent": "ask_fees", "confidence": 0.9, "language": turn["language"], "entities": {}},
        "state": {},
    }


@pytest_asyncio.fixture(loop_scope="session")
async def worker() -> AsyncIterator[FakeWorker]:
    fake = FakeWorker()
    fake.answer = answer
    await fake.start()
    yield fake
    await fake.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def origin(database_url: str, worker: FakeWorker) -> AsyncIterator[str]:
    server = TestServer(make_app(Settings(database_url=database_url, worker_url=worker.url)))
    await server.start_server()
    yield str(server.make_url("")).rstrip("/")
    await server.close()


@pytest_asyncio.fixture(loop_scope="session")
async def context(chromium: Browser, origin: str) -> AsyncIterator[BrowserContext]:
    watch = Watch([origin])
    context = await chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(5_000)
    context.on("page", watch.add)
    yield context
    await context.close()
    assert watch.problems == []


@pytest_asyncio.fixture(loop_scope="session")
async def chat(context: BrowserContext, origin: str) -> Chat:
    return await Chat.at(context, origin)


async def test_citizen_asks_chooses_reloads_and_deletes(chat: Chat) -> None:
    await chat.start()
    shown = await chat.ask("Was kostet ein Personalausweis?")
    await expect(shown.get_by_role("listitem").first).to_have_text("ab 24 Jahren: 37,00 €")
    await chat.button("Unterlagen").click()
    await expect(chat.answers.last).to_contain_text("Antwort zu Unterlagen.")
    await chat.page.reload()
    await expect(chat.messages).to_have_count(4)
    await chat.ask("Meine IBAN ist DE89 3704 0044 0532 0130 00")
    await expect(chat.questions.last).not_to_contain_text("DE89")
    await chat.erase()
    await expect(chat.messages).to_have_count(0)
    await expect(chat.state).to_have_text("Ihre Unterhaltung ist gelöscht.")


async def test_two_tabs_share_a_conversation(chat: Chat, context: BrowserContext, origin: str) -> None:
    await chat.start()
    await chat.ask("Mein Auto")
    second = await Chat.at(context, origin)
    await expect(second.messages).to_have_count(2)
    await second.ask("Was kostet ein Personalausweis?")
    await expect(chat.messages).to_have_count(4)
    await second.erase()
    await expect(chat.messages).to_have_count(0)
    await expect(chat.button("accept")).to_be_visible()


async def test_feedback_is_kept_without_personal_data(chat: Chat) -> None:
    await chat.start()
    await chat.ask("Was kostet ein Personalausweis?")
    await chat.button("unhelpful").click()
    comment = chat.page.get_by_role("textbox", name=chat.words["comment"])
    await comment.fill("Meine IBAN ist DE89 3704 0044 0532 0130 00")
    await comment.press("Enter")
    await expect(chat.log.locator("q")).to_have_text("Meine IBAN ist [IBAN]")
    await chat.page.reload()
    await expect(chat.log.locator("q")).to_have_text("Meine IBAN ist [IBAN]")
    await chat.button("unhelpful").click()
    await expect(chat.log.locator("q")).to_have_count(0)
    await chat.page.reload()
    await expect(chat.button("unhelpful")).to_have_attribute("aria-pressed", "false")


async def test_rest_serves_where_no_socket_opens(chat: Chat) -> None:
    await chat.page.add_init_script(
        "window.WebSocket = class { constructor() { setTimeout(() => this.onclose({ code: 1006 })) } close() {} }"
    )
    await chat.page.reload()
    await chat.start()
    await chat.ask("Mein Auto")
    await chat.button("Fahrzeug abmelden").click()
    await expect(chat.answers).to_have_count(2)
    await expect(chat.questions).to_have_count(2)


async def test_worker_that_is_down_gives_a_sentence(chat: Chat, worker: FakeWorker) -> None:
    await chat.start()
    await worker.stop()
    await chat.send("Mein Auto")
    await expect(chat.log.locator(".system")).to_contain_text("Ich kann gerade nicht nachsehen")
    await expect(chat.log.locator(".system .speaker")).to_contain_text("Hinweis")


async def test_too_many_messages_are_refused_kindly(chat: Chat) -> None:
    await chat.start()
    for number in range(20):
        await chat.send(f"Frage {number}")
    await expect(chat.answers).to_have_count(20)
    await chat.send("Eine zu viel")
    await expect(chat.questions.last).to_contain_text("Nicht gesendet. Das waren viele Nachrichten in kurzer Zeit.")
