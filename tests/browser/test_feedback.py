from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Locator, expect

from tests.browser.chat import Chat
from tests.browser.server import FakeServer

ASKED = {"de": "Was kostet ein Personalausweis?", "en": "How much is an identity card?"}


def button(answer: Locator, chat: Chat, name: str) -> Locator:
    return answer.get_by_role("button", name=chat.words[name], exact=True)


def comment(answer: Locator, chat: Chat) -> Locator:
    return answer.get_by_role("textbox", name=chat.words["comment"])


def announcer(chat: Chat) -> Locator:
    return chat.page.locator(".announcer")


async def expect_pressed(answer: Locator, chat: Chat, pressed: str | None) -> None:
    for name in ("helpful", "unhelpful"):
        await expect(button(answer, chat, name)).to_have_attribute("aria-pressed", str(name == pressed).lower())


def kept(server: FakeServer) -> list[Any]:
    """The feedback on each answer, as the server has it."""
    return [message.get("feedback") for message in server.only.messages if message["role"] == "bot"]


@pytest_asyncio.fixture(loop_scope="session")
async def answer(chat: Chat) -> Locator:
    await chat.start()
    return await chat.ask(ASKED["de"])


@pytest.mark.parametrize("language", ASKED)
async def test_citizen_says_what_was_not_helpful(context: BrowserContext, server: FakeServer, language: str) -> None:
    page = server.page(f"/{language}", language=language)
    chat = await Chat.at(context, page, language=language)
    await chat.start()
    answer = await chat.ask(ASKED[language])
    await expect(answer.get_by_role("group", name=chat.words["rating"])).to_be_visible()
    await expect_pressed(answer, chat, None)
    await button(answer, chat, "unhelpful").click()
    await expect_pressed(answer, chat, "unhelpful")
    await expect(announcer(chat)).to_have_text(chat.words["comment"])
    await comment(answer, chat).fill("Und mit 23?")
    await button(answer, chat, "send").click()
    await expect(comment(answer, chat)).to_be_hidden()
    await expect(announcer(chat)).to_have_text(chat.words["thanks"])
    await expect(answer.locator("q")).to_have_text("Und mit 23?")
    assert kept(server) == [{"helpful": False, "comment": "Und mit 23?"}]


async def test_keyboard_is_enough_and_the_focus_is_never_lost(chat: Chat, server: FakeServer, answer: Locator) -> None:
    keyboard = chat.page.keyboard
    await button(answer, chat, "helpful").focus()
    await keyboard.press("Tab")
    await expect(button(answer, chat, "unhelpful")).to_be_focused()
    await keyboard.press("Space")
    await expect(comment(answer, chat)).to_be_visible()
    await expect(button(answer, chat, "unhelpful")).to_be_focused()
    await keyboard.press("Tab")
    await expect(comment(answer, chat)).to_be_focused()
    await keyboard.type("Die Adresse")
    await keyboard.press("Shift+Enter")
    await keyboard.type("fehlt.")
    await keyboard.press("Enter")
    await expect(button(answer, chat, "unhelpful")).to_be_focused()
    assert kept(server) == [{"helpful": False, "comment": "Die Adresse\nfehlt."}]
    async with chat.page.expect_response("**/feedback"):
        await keyboard.press("Enter")
    await expect_pressed(answer, chat, None)
    assert kept(server) == [None]
    await expect(button(answer, chat, "unhelpful")).to_be_focused()
    await keyboard.press("Shift+Tab")
    await keyboard.press("Enter")
    for _ in range(4):  # past the other button, the field and "send"
        await expect(comment(answer, chat)).to_be_visible()
        await keyboard.press("Tab")
    await expect(button(answer, chat, "skip")).to_be_focused()
    await keyboard.press("Enter")
    await expect(button(answer, chat, "helpful")).to_be_focused()
    assert kept(server) == [{"helpful": True}]


async def test_comment_may_stay_empty(chat: Chat, server: FakeServer, answer: Locator) -> None:
    await button(answer, chat, "helpful").click()
    await button(answer, chat, "send").click()
    await expect(comment(answer, chat)).to_be_hidden()
    await button(answer, chat, "unhelpful").click()
    await button(answer, chat, "skip").click()
    await expect(comment(answer, chat)).to_be_hidden()
    assert kept(server) == [{"helpful": False}]


async def test_comment_is_kept_when_the_mind_is_changed_and_can_be_emptied(
    chat: Chat, server: FakeServer, answer: Locator
) -> None:
    await button(answer, chat, "unhelpful").click()
    await comment(answer, chat).fill("Die Adresse fehlt.")
    await comment(answer, chat).press("Enter")
    await button(answer, chat, "helpful").click()
    await expect(comment(answer, chat)).to_have_value("Die Adresse fehlt.")
    assert kept(server) == [{"helpful": True, "comment": "Die Adresse fehlt."}]
    await comment(answer, chat).fill("")
    await comment(answer, chat).press("Enter")
    await expect(answer.locator("q")).to_have_count(0)
    assert kept(server) == [{"helpful": True}]


async def test_comment_is_shown_without_the_personal_data_that_was_taken_out(chat: Chat, answer: Locator) -> None:
    await button(answer, chat, "unhelpful").click()
    await comment(answer, chat).fill("Meine IBAN ist DE89370400440532013000")
    await comment(answer, chat).press("Enter")
    await expect(answer.locator("q")).to_have_text("Meine IBAN ist [IBAN]")


async def test_feedback_is_there_after_a_reload_and_can_be_taken_back(
    chat: Chat, server: FakeServer, answer: Locator
) -> None:
    await button(answer, chat, "unhelpful").click()
    await comment(answer, chat).fill("<b>Die Adresse fehlt.</b>")
    await comment(answer, chat).press("Enter")
    await expect(answer.locator("q")).to_be_visible()
    await chat.page.reload()
    answer = chat.answers.last
    await expect_pressed(answer, chat, "unhelpful")
    await expect(answer.locator("q")).to_have_text("<b>Die Adresse fehlt.</b>")
    await expect(comment(answer, chat)).to_be_hidden()
    async with chat.page.expect_response("**/feedback"):
        await button(answer, chat, "unhelpful").click()
    await expect_pressed(answer, chat, None)
    await expect(answer.locator("q")).to_have_count(0)
    assert kept(server) == [None]


async def test_second_tab_sees_it(chat: Chat, context: BrowserContext, server: FakeServer, answer: Locator) -> None:
    second = await Chat.at(context, server.origin)
    await expect(second.messages).to_have_count(2)
    await button(answer, chat, "unhelpful").click()
    await expect_pressed(second.answers.last, second, "unhelpful")
    await expect(comment(second.answers.last, second)).to_be_hidden()
    await button(second.answers.last, second, "unhelpful").click()
    await expect_pressed(answer, chat, None)
    await expect(comment(answer, chat)).to_be_hidden()


async def test_feedback_can_be_given_where_no_socket_opens(context: BrowserContext, server: FakeServer) -> None:
    server.sockets_allowed = False
    chat = await Chat.at(context, server.origin)
    await chat.start()
    answer = await chat.ask(ASKED["de"])
    await button(answer, chat, "helpful").click()
    await expect(comment(answer, chat)).to_be_visible()
    assert kept(server) == [{"helpful": True}]


async def test_refusal_is_explained_and_changes_nothing(chat: Chat, server: FakeServer, answer: Locator) -> None:
    server.rating_refused = "too_many_requests"
    await button(answer, chat, "helpful").click()
    words = "Das waren viele Nachrichten in kurzer Zeit. Bitte warten Sie eine Minute."
    await expect(answer.locator(".feedback")).to_contain_text(words)
    await expect(announcer(chat)).to_have_text(words)
    await expect_pressed(answer, chat, None)
    await expect(comment(answer, chat)).to_be_hidden()
    server.rating_refused = None
    await button(answer, chat, "helpful").click()
    await expect(comment(answer, chat)).to_be_visible()
    server.rating_refused = "invalid"
    await comment(answer, chat).fill("Gut")
    await comment(answer, chat).press("Enter")
    await expect(announcer(chat)).to_contain_text("nichts, was ich lesen kann")
    await expect(comment(answer, chat)).to_have_value("Gut")
    await expect(comment(answer, chat)).to_be_focused()


async def test_double_click_is_one(chat: Chat, server: FakeServer, answer: Locator) -> None:
    await button(answer, chat, "helpful").dblclick()
    await expect(comment(answer, chat)).to_be_visible()
    assert kept(server) == [{"helpful": True}]


async def test_emergency_and_own_messages_are_not_asked_about(chat: Chat) -> None:
    await chat.start()
    await chat.ask("Notfall")
    await expect(chat.messages).to_have_count(2)
    await expect(chat.page.locator(".feedback")).to_have_count(0)


async def test_words_follow_the_language_of_the_panel(chat: Chat, answer: Locator) -> None:
    await chat.button("English").click()
    chat.language = "en"
    await expect(button(answer, chat, "helpful")).to_be_visible()
    await expect(answer.get_by_role("group", name=chat.words["rating"])).to_be_visible()


async def test_long_chat_stays_calm(chat: Chat, answer: Locator) -> None:
    """Of older answers the buttons are seen where mouse or keyboard are, and where something was said."""
    await chat.ask("Mein Auto")
    await chat.ask("Noch etwas")
    helpful, unhelpful = button(answer, chat, "helpful"), button(answer, chat, "unhelpful")
    await expect(helpful).to_have_css("opacity", "0")
    await expect(button(chat.answers.nth(1), chat, "helpful")).to_have_css("opacity", "1")
    await helpful.focus()
    await expect(unhelpful).to_have_css("opacity", "1")
    await unhelpful.click()
    await button(answer, chat, "skip").click()
    await chat.input.focus()
    await chat.page.mouse.move(0, 0)
    await expect(helpful).to_have_css("opacity", "0")
    await expect(unhelpful).to_have_css("opacity", "1")
    await answer.hover()
    await expect(helpful).to_have_css("opacity", "1")
