from playwright.async_api import expect

from tests.browser.chat import Chat
from tests.browser.server import FakeServer


async def test_assistant_introduces_itself_as_a_program(chat: Chat) -> None:
    await chat.open()
    await expect(chat.log).to_contain_text("Ich bin ein Computerprogramm")
    await expect(chat.log).to_contain_text("Leistungen von Auenfurt")


async def test_notice_comes_before_the_first_message(chat: Chat) -> None:
    await chat.open()
    notice = chat.page.get_by_role("region", name="Bevor Sie schreiben")
    await expect(notice).to_contain_text("wird gespeichert")
    await expect(notice).to_contain_text("keine persönlichen Daten")
    await expect(notice.get_by_role("link", name="Datenschutzerklärung")).to_have_attribute("href", "#datenschutz")
    await expect(chat.input).to_be_hidden()


async def test_privacy_link_on_a_phone_shows_the_page(new_context, server: FakeServer) -> None:
    chat = await Chat.at(await new_context(viewport={"width": 360, "height": 740}), server.origin)
    await chat.open()
    await chat.page.get_by_role("link", name="Datenschutzerklärung").click()
    await expect(chat.dialog).to_be_hidden()
    await expect(chat.page.get_by_role("heading", name="Datenschutz im Chat")).to_be_in_viewport()


async def test_nothing_is_sent_or_created_before_the_first_message(chat: Chat, server: FakeServer) -> None:
    await chat.start()
    assert server.conversations == {}
    assert not [path for _, path in server.requests if path.startswith("/api")]


async def test_accepted_notice_is_not_shown_again(chat: Chat) -> None:
    await chat.start()
    await chat.page.reload()
    await expect(chat.input).to_be_visible()
    await expect(chat.button("accept")).to_be_hidden()


async def test_retention_of_the_town_is_named(context, server: FakeServer) -> None:
    chat = await Chat.at(context, server.page("/frist", attributes='data-retention-days="30"'))
    await chat.open()
    await expect(chat.dialog).to_contain_text("Nach 30 Tagen wird sie gelöscht.")
    await expect(chat.page.get_by_role("link", name="Datenschutzerklärung")).to_be_hidden()
