"""Typing both ways, in real browsers: the widget of a citizen and the desk."""

import json
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from bot.web.chat.handoff_texts import say
from tests.browser.chat import Chat
from tests.browser.conftest import Watch
from tests.browser.test_accessibility import WIDE, violations
from tests.browser.test_desk import SCREENSHOTS, desk, opened, origin, worker  # noqa: F401 - fixtures

LINE = "Die Bürgerin oder der Bürger schreibt …"
FOLLOWS = "Object.hasOwn(document.querySelector('stadtlotse-chat'), 'typing')"  # the module is there
SECRET = "Noch nicht gesendet"


def record(page: Page) -> list[str]:
    """Everything that leaves the page from now on."""
    sent: list[str] = []

    def note_request(request: Any) -> None:
        sent.append(f"{request.method} {request.url} {request.post_data or ''}")

    page.on("request", note_request)
    page.on("websocket", lambda socket: socket.on("framesent", lambda data: sent.append(str(data))))
    return sent


async def ask_for_a_human(chat: Chat) -> None:
    await chat.start()
    await chat.ask("Was kostet das?")
    await chat.button("Mit einem Menschen sprechen").click()
    await chat.button(say("accept", "de")).click()
    await expect(chat.state).to_contain_text("Warteschlange, Platz 1.")


def flags(sent: list[str]) -> int:
    return sum(1 for frame in sent if frame.startswith("{") and json.loads(frame).get("type") == "typing")


@pytest.mark.usefixtures("desk")
async def test_each_side_sees_that_the_other_types_and_nothing_of_it(
    chromium: Browser,
    origin: str,  # noqa: F811
) -> None:
    watch = Watch([origin])
    context = await chromium.new_context(viewport=WIDE, locale="de-DE")
    context.set_default_timeout(10_000)
    context.on("page", watch.add)
    async with opened(chromium, origin) as page:
        chat = Chat(await context.new_page())
        sent = record(chat.page)
        await chat.page.goto(origin)
        await ask_for_a_human(chat)
        await chat.input.press_sequentially("Hallo")
        assert flags(sent) == 0  # nobody has the conversation yet
        async with page.expect_websocket() as opening:
            await page.get_by_role("button", name="übernehmen").click()
        await (await opening.value).wait_for_event("framereceived")  # from now on the desk is told
        await chat.page.wait_for_function(FOLLOWS)
        typing, line = page.locator("#typing"), chat.page.locator(".typing")

        await chat.input.press_sequentially(f" {SECRET}", delay=20)
        await expect(typing).to_have_text(LINE)
        await expect(typing).to_have_attribute("aria-hidden", "true")
        await expect(page.locator("#live-said")).to_have_text(LINE)
        assert await violations(page) == []
        assert flags(sent) == 1
        assert not any(SECRET.split(maxsplit=1)[0] in frame for frame in sent)
        await page.screenshot(path=SCREENSHOTS / "desk-de-1280-typing.png")
        await expect(typing).to_be_empty(timeout=10_000)  # it ends by itself

        desk_sent = record(page)
        await page.get_by_label("Antwort").press_sequentially(SECRET, delay=20)
        await expect(line).to_have_text("Die Stadtverwaltung schreibt …")
        assert await violations(chat.page) == []
        assert len([request for request in desk_sent if "/typing" in request]) == 1
        assert not any(SECRET in request for request in desk_sent)
        await chat.page.screenshot(path=SCREENSHOTS / "de-1280-caseworker-types.png")
        await expect(line).to_be_empty(timeout=10_000)
        await page.get_by_label("Antwort").press("End")
        await page.keyboard.type(" und weiter")
        await expect(line).to_have_text("Die Stadtverwaltung schreibt …")
        await expect(line).to_have_attribute("aria-live", "off")  # said once, then only seen
        await page.locator("#send").click()
        await expect(chat.messages.last).to_contain_text("und weiter")
        await expect(line).to_be_empty()

        await chat.input.press("End")
        await chat.page.keyboard.type(".")
        await expect(typing).to_have_text(LINE)
        await chat.input.press("Enter")
        await expect(page.locator(".messages .citizen").last).to_contain_text(f"Hallo {SECRET}.")
        await expect(typing).to_be_empty()
    await context.close()
    assert watch.problems == []
