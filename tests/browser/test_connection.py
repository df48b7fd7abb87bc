import asyncio

from playwright.async_api import BrowserContext, expect

from tests.browser.chat import Chat
from tests.browser.server import FakeServer

BACK = 8_000  # ms: several attempts with a growing delay


async def test_dead_socket_is_replaced_and_nothing_is_missed(chat: Chat, server: FakeServer) -> None:
    await chat.start()
    await chat.ask("Mein Auto")
    await server.close_sockets()
    server.only.add("caseworker", text="Das haben Sie verpasst.")
    await expect(chat.messages.last).to_contain_text("Das haben Sie verpasst.", timeout=BACK)
    await chat.ask("Was kostet ein Personalausweis?")
    await expect(chat.messages).to_have_count(5)


async def test_message_whose_acknowledgement_is_lost_arrives_once(chat: Chat, server: FakeServer) -> None:
    await chat.start()
    await chat.ask("Mein Auto")
    server.drop_before_ack = 1
    await chat.send("Was kostet ein Personalausweis?")
    await expect(chat.answers).to_have_count(2, timeout=BACK)
    await expect(chat.page.locator(".waiting")).to_have_count(0, timeout=BACK)
    await expect(chat.questions).to_have_count(2)
    assert len(server.only.messages) == 4


async def test_message_written_offline_is_sent_once_when_the_network_is_back(chat: Chat, server: FakeServer) -> None:
    await chat.start()
    await chat.ask("Mein Auto")
    await chat.page.context.set_offline(True)
    await expect(chat.state).to_contain_text("Keine Verbindung.", timeout=2_500)
    await chat.send("Was kostet ein Personalausweis?")
    await expect(chat.questions.last).to_contain_text("Wird gesendet …")
    await chat.page.context.set_offline(False)
    await expect(chat.answers).to_have_count(2, timeout=BACK)
    await expect(chat.state).to_have_text("Die Verbindung ist wieder da.")
    assert len(server.only.messages) == 4
    await expect(chat.questions).to_have_count(2)


async def test_network_that_goes_before_there_is_a_conversation_is_not_mentioned(chat: Chat) -> None:
    await chat.start()
    await chat.page.context.set_offline(True)
    await asyncio.sleep(2)
    await expect(chat.state).to_be_empty()


async def test_first_message_waits_for_the_server(chat: Chat, server: FakeServer) -> None:
    await chat.start()
    server.down = True
    await chat.send("Mein Auto")
    await expect(chat.state).to_contain_text("Keine Verbindung.", timeout=2_500)
    server.down = False
    await expect(chat.answers).to_have_count(1, timeout=BACK)
    assert len(server.conversations) == 1


async def test_without_a_socket_rest_does_the_same(chat: Chat, server: FakeServer) -> None:
    server.sockets_allowed = False
    await chat.start()
    await chat.ask("Mein Auto")
    await chat.button("Fahrzeug abmelden").click()
    await expect(chat.answers).to_have_count(2)
    await expect(chat.questions).to_have_count(2)
    await expect(chat.page.locator(".waiting")).to_have_count(0)
    await chat.send("zu viele")
    await expect(chat.questions.last).to_contain_text("Nicht gesendet. Das waren viele Nachrichten")
    await chat.button("discard").click()
    server.only.add("caseworker", text="Ohne Nachfrage gesagt.")
    await expect(chat.messages.last).to_contain_text("Ohne Nachfrage gesagt.")
    assert [message["role"] for message in server.only.messages] == ["citizen", "bot", "citizen", "bot", "caseworker"]
    await expect(chat.messages).to_have_count(5)


async def test_without_a_socket_history_survives_a_reload(chat: Chat, server: FakeServer) -> None:
    server.sockets_allowed = False
    await chat.start()
    await chat.ask("Mein Auto")
    await chat.page.reload()
    await expect(chat.messages).to_have_count(2)


async def test_idle_socket_is_opened_again_only_when_somebody_writes(chat: Chat, server: FakeServer) -> None:
    await chat.start()
    await chat.ask("Mein Auto")
    await server.close_sockets(code=4408)
    await asyncio.sleep(1.5)
    assert server.only.sockets == []
    await expect(chat.state).to_be_empty()
    await chat.ask("Was kostet ein Personalausweis?")
    assert len(server.only.sockets) == 1


async def test_conversation_deleted_elsewhere_ends_and_a_new_one_begins(chat: Chat, server: FakeServer) -> None:
    await chat.start()
    await chat.ask("Mein Auto")
    (gone,) = server.conversations
    server.conversations.clear()
    await chat.page.reload()
    await expect(chat.state).to_contain_text("Die bisherige Unterhaltung ist gelöscht.")
    await expect(chat.messages).to_have_count(0)
    assert gone not in "".join(await chat.stored())
    await chat.button("accept").click()  # a new conversation, so the notice comes first
    await chat.ask("Was kostet ein Personalausweis?")
    assert len(server.only.messages) == 2


async def test_message_to_a_deleted_conversation_begins_a_new_one(chat: Chat, server: FakeServer) -> None:
    await chat.start()
    await chat.ask("Mein Auto")
    await server.close_sockets(code=4408)
    server.conversations.clear()
    await chat.send("Was kostet ein Personalausweis?")
    await expect(chat.answers).to_contain_text("37,00 €", timeout=BACK)
    await expect(chat.questions).to_have_count(1)
    assert len(server.only.messages) == 2


async def test_two_tabs_begin_one_conversation(chat: Chat, context: BrowserContext, server: FakeServer) -> None:
    await chat.start()
    second = await Chat.at(context, server.origin)
    await second.page.reload()
    await asyncio.gather(chat.send("Mein Auto"), second.send("Was kostet ein Personalausweis?"))
    await expect(chat.messages).to_have_count(4)
    await expect(second.messages).to_have_count(4)
    assert len(server.conversations) == 1


async def test_own_hello_being_late_does_not_lose_the_conversation(chat: Chat, server: FakeServer) -> None:
    await chat.start()
    await chat.ask("Mein Auto")
    await server.close_sockets(code=4401)
    await chat.ask("Was kostet ein Personalausweis?")
    assert len(server.only.messages) == 4
