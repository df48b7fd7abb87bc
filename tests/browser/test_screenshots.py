"""Pictures to look at, in tests/browser/screenshots/; compared with nothing, because fonts differ."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.chat import Chat
from tests.browser.server import FakeServer

DIRECTORY = Path(__file__).parent / "screenshots"
VIEWPORTS = {360: {"width": 360, "height": 740}, 1280: {"width": 1280, "height": 900}}
QUESTIONS = {
    "de": ("Was kostet ein Personalausweis?", "Ich möchte mein Auto ummelden"),
    "en": ("How much is an identity card?", "I want to register my car"),
}


@pytest.mark.parametrize("width", VIEWPORTS)
@pytest.mark.parametrize("language", QUESTIONS)
async def test_pictures_are_taken(new_context, server: FakeServer, language: str, width: int) -> None:
    chat = await Chat.at(await new_context(viewport=VIEWPORTS[width]), server.origin)

    async def take(state: str) -> None:
        await chat.page.screenshot(path=DIRECTORY / f"{language}-{width}-{state}.png")

    await take("page")
    await chat.open()
    if language == "en":
        await chat.button("English").click()
        chat.language = "en"
    await take("notice")
    await chat.button("accept").click()
    for state, question in zip(("card", "choices"), QUESTIONS[language], strict=True):
        await chat.ask(question)
        await take(state)
    await chat.answers.last.get_by_role("button", name=chat.words["unhelpful"], exact=True).click()
    await expect(chat.answers.last.get_by_role("textbox")).to_be_visible()
    await take("feedback")
    await chat.send("zu viele")
    await expect(chat.button("retry")).to_be_visible()
    await take("refused")
    await chat.choose_option("erase")
    await take("delete")
