import json
import re

from playwright.async_api import BrowserContext, expect

from tests.browser.chat import Chat
from tests.browser.server import FakeServer


async def test_browser_keeps_no_word_of_the_conversation(chat: Chat, server: FakeServer) -> None:
    await chat.start()
    await chat.ask("Was kostet ein Personalausweis?")
    key, value = await chat.stored()
    assert key == f"stadtlotse {server.origin}"
    assert json.loads(value) == {"id": server.only.id, "token": server.only.token, "open": True, "accepted": True}
    assert await chat.page.evaluate("sessionStorage.length") == 0
    assert await chat.page.context.cookies() == []


async def test_conversation_is_deleted_on_the_server_and_here(chat: Chat, server: FakeServer) -> None:
    await chat.start()
    await chat.ask("Mein Auto")
    await chat.erase()
    await expect(chat.state).to_have_text("Ihre Unterhaltung ist gelöscht.")
    await expect(chat.messages).to_have_count(0)
    assert server.conversations == {}
    assert json.loads((await chat.stored())[1]) == {"id": None, "token": None, "open": True, "accepted": False}
    assert await chat.focused() == "notice"
    await chat.page.reload()
    await expect(chat.button("accept")).to_be_visible()


async def test_new_conversation_begins_after_deleting(chat: Chat, server: FakeServer) -> None:
    await chat.start()
    await chat.ask("Mein Auto")
    await chat.erase()
    await chat.button("accept").click()
    await chat.ask("Was kostet ein Personalausweis?")
    assert len(server.only.messages) == 2


async def test_deleting_is_confirmed_first(chat: Chat, server: FakeServer) -> None:
    await chat.start()
    await chat.ask("Mein Auto")
    await chat.choose_option("erase")
    await expect(chat.button("keep")).to_be_focused()
    await chat.page.keyboard.press("Escape")
    await expect(chat.button("confirm")).to_be_hidden()
    await expect(chat.dialog).to_be_visible()
    await expect(chat.messages).to_have_count(2)
    assert len(server.conversations) == 1


async def test_failed_deletion_is_admitted(chat: Chat, server: FakeServer) -> None:
    await chat.start()
    await chat.ask("Mein Auto")
    server.erase_fails = True
    await chat.erase()
    await expect(chat.state).to_contain_text("Das Löschen ist nicht gelungen.")
    await expect(chat.messages).to_have_count(2)
    await chat.ask("Was kostet ein Personalausweis?")
    assert len(server.only.messages) == 4


async def test_other_tab_forgets_the_deleted_conversation_too(
    chat: Chat, context: BrowserContext, server: FakeServer
) -> None:
    await chat.start()
    await chat.ask("Mein Auto")
    second = await Chat.at(context, server.origin)
    await expect(second.messages).to_have_count(2)
    await chat.erase()
    await expect(second.messages).to_have_count(0)
    await expect(second.button("accept")).to_be_visible()


async def test_conversation_is_downloaded_as_text(chat: Chat) -> None:
    await chat.start()
    await chat.ask("Was kostet ein Personalausweis?")
    async with chat.page.expect_download() as event:
        await chat.choose_option("download")
    download = await event.value
    assert download.suggested_filename.startswith("Unterhaltung-20")
    assert download.suggested_filename.endswith(".txt")
    text = (await download.path()).read_text(encoding="utf-8")
    assert "Was kostet ein Personalausweis?" in text
    assert "Gebühren für „Personalausweis“:\n- ab 24 Jahren: 37,00 €" in text
    assert "https://www.auenfurt.example/leistungen/personalausweis" in text
    assert "Bürgerbüro, Am Markt 1, 29990 Auenfurt" in text
    assert re.findall("Stand: .*", text) == ["Stand: 15.09.2026"]
    assert text.index("Sie (") < text.index("Assistent (")


async def test_options_about_what_was_said_appear_with_the_first_message(chat: Chat) -> None:
    await chat.start()
    said = chat.page.locator(".options .said")
    await chat.page.locator(".options summary").click()
    # The answer to a request can be read on another device, where nothing was said yet.
    assert [await option.is_visible() for option in await chat.page.locator(".options button").all()].count(True) == 1
    await chat.page.keyboard.press("Escape")
    await chat.ask("Mein Auto")
    await chat.page.locator(".options summary").click()
    await expect(said).to_have_count(2)
    for option in await said.all():
        await expect(option).to_be_visible()
