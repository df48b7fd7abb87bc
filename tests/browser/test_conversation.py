import pytest
from playwright.async_api import BrowserContext, expect

from tests.browser.chat import Chat
from tests.browser.script import XSS
from tests.browser.server import FakeServer


async def test_question_is_answered_with_a_service_card(chat: Chat) -> None:
    await chat.start()
    answer = await chat.ask("Was kostet ein Personalausweis?")
    heading = answer.get_by_role("heading", name="Personalausweis")
    await expect(heading.get_by_role("link")).to_have_attribute(
        "href", "https://www.auenfurt.example/leistungen/personalausweis"
    )
    await expect(answer.get_by_role("heading", name="Gebühren")).to_be_visible()
    await expect(answer.get_by_role("listitem").first).to_have_text("ab 24 Jahren: 37,00 €")
    await expect(answer.get_by_role("link", name="Bürgerbüro")).to_be_visible()
    await expect(answer).to_contain_text("Do: 08:00–12:30 Uhr und 14:00–18:00 Uhr")
    online = answer.get_by_role("link", name="Online erledigen")
    await expect(online).to_have_attribute("href", "https://www.auenfurt.example/online/personalausweis")
    await expect(answer).to_contain_text("Stand: 15. September 2026")


async def test_text_repeats_nothing_that_the_card_shows(chat: Chat) -> None:
    await chat.start()
    answer = await chat.ask("Was kostet ein Personalausweis?")
    assert (await answer.inner_text()).count("37,00 €") == 1
    assert (await answer.inner_text()).count("Gebühren") == 1
    assert (await answer.inner_text()).count("Stand:") == 1


async def test_missing_facet_is_said_honestly(chat: Chat) -> None:
    await chat.start()
    answer = await chat.ask("Was fehlt?")
    await expect(answer.locator(".missing")).to_have_text("Dazu ist bei mir keine Frist verzeichnet.")


async def test_several_offices_fold_away(chat: Chat) -> None:
    await chat.start()
    answer = await chat.ask("Ausweis mit zwei Ämtern")
    await expect(answer.get_by_text("Standesamt")).to_be_hidden()
    await answer.locator("summary").press("Enter")
    await expect(answer.get_by_text("Standesamt")).to_be_visible()


async def test_choice_is_taken_with_the_keyboard_alone(chat: Chat) -> None:
    keyboard = chat.page.keyboard
    await chat.launcher.focus()
    await keyboard.press("Enter")
    for _ in range(9):
        if await chat.button("accept").evaluate("(node) => node.matches(':focus')"):
            break
        await keyboard.press("Tab")
    await keyboard.press("Enter")
    await keyboard.type("Mein Auto")
    await keyboard.press("Enter")
    await expect(chat.button("Fahrzeug abmelden")).to_be_visible()
    for _ in ("unhelpful", "helpful", "Wunschkennzeichen reservieren", "Fahrzeug abmelden"):
        await keyboard.press("Shift+Tab")
    await keyboard.press("Enter")
    await expect(chat.questions.last).to_contain_text("Fahrzeug abmelden")
    await expect(chat.answers.last).to_contain_text("Antwort zu Fahrzeug abmelden.")
    await expect(chat.button("Fahrzeug abmelden")).to_be_focused()


async def test_services_to_choose_from_are_shown_once(chat: Chat) -> None:
    await chat.start()
    answer = await chat.ask("Mein Auto")
    assert (await answer.inner_text()).count("Fahrzeug ummelden") == 1


async def test_double_click_on_a_choice_sends_it_once(chat: Chat, server: FakeServer) -> None:
    await chat.start()
    await chat.ask("Mein Auto")
    await chat.button("Fahrzeug abmelden").dblclick()
    await expect(chat.answers).to_have_count(2)
    await chat.page.wait_for_timeout(200)
    assert [message["text"] for message in server.only.messages].count("Fahrzeug abmelden") == 1


async def test_own_message_is_shown_as_the_server_keeps_it(chat: Chat) -> None:
    await chat.start()
    await chat.ask("Mein Konto ist DE89370400440532013000")
    await expect(chat.questions.last).to_contain_text("Mein Konto ist [IBAN]")
    await expect(chat.questions).to_have_count(1)


async def test_history_survives_a_reload(chat: Chat) -> None:
    await chat.start()
    await chat.ask("Was kostet ein Personalausweis?")
    await chat.page.reload()
    await expect(chat.messages).to_have_count(2)
    await expect(chat.answers.get_by_role("heading", name="Personalausweis")).to_be_visible()
    await chat.ask("Mein Auto")
    await expect(chat.messages).to_have_count(4)


async def test_history_survives_navigation(chat: Chat, server: FakeServer) -> None:
    await chat.start()
    await chat.ask("Mein Auto")
    await chat.page.goto(server.page("/andere-seite"))
    await expect(chat.dialog).to_be_visible()
    await expect(chat.messages).to_have_count(2)


async def test_reload_does_not_take_the_focus_from_the_page(chat: Chat) -> None:
    await chat.start()
    await chat.page.reload()
    await expect(chat.dialog).to_be_visible()
    assert await chat.focused() == "body"


async def test_second_tab_shows_new_messages_at_once(chat: Chat, context: BrowserContext, server: FakeServer) -> None:
    await chat.start()
    await chat.ask("Mein Auto")
    second = await Chat.at(context, server.origin)
    await expect(second.messages).to_have_count(2)
    await second.ask("Was kostet ein Personalausweis?")
    await expect(chat.messages).to_have_count(4)
    await expect(chat.answers.last).to_contain_text("37,00 €")


async def test_second_tab_joins_a_conversation_that_begins(
    chat: Chat, context: BrowserContext, server: FakeServer
) -> None:
    second = await Chat.at(context, server.origin)
    await chat.start()
    await chat.ask("Mein Auto")
    await second.open()
    await expect(second.messages).to_have_count(2)
    await second.ask("Was kostet ein Personalausweis?")
    await expect(chat.messages).to_have_count(4)
    assert len(server.conversations) == 1


async def test_closed_panel_reports_a_new_message(chat: Chat, server: FakeServer) -> None:
    await chat.start()
    await chat.ask("Mein Auto")
    await chat.button("close").click()
    message = server.only.add("caseworker", text="Guten Tag, hier ist das Bürgerbüro.")
    await server.only.send({"type": "message", "message": message})
    await expect(chat.launcher).to_have_text("1 neue Nachricht")
    await chat.open()
    await expect(chat.messages.last).to_contain_text("Stadtverwaltung")
    await chat.button("close").click()
    await expect(chat.launcher).to_have_text("Frage stellen")


async def test_who_answers_is_said(chat: Chat, server: FakeServer) -> None:
    await chat.start()
    await chat.ask("Mein Auto")
    await server.only.send({"type": "state", "state": "human"})
    await expect(chat.state).to_have_text("Sie schreiben jetzt mit einem Menschen aus der Stadtverwaltung.")
    await server.only.send({"type": "state", "state": "bot"})
    await expect(chat.state).to_be_empty()


async def test_typing_is_shown_only_for_slow_answers(chat: Chat) -> None:
    await chat.start()
    typing = chat.page.locator(".typing")
    await chat.send("Bitte langsam")
    await expect(typing).to_have_text("Der Assistent schreibt …")
    await expect(chat.answers).to_have_count(1)
    await expect(typing).to_be_empty()


@pytest.mark.parametrize("text", ["", "   \n "])
async def test_empty_question_is_refused_with_words(chat: Chat, server: FakeServer, text: str) -> None:
    await chat.start()
    await chat.send(text)
    await expect(chat.page.get_by_role("alert")).to_have_text("Bitte schreiben Sie erst Ihre Frage.")
    await expect(chat.input).to_have_attribute("aria-invalid", "true")
    await chat.input.press_sequentially("Auto")
    await expect(chat.page.get_by_role("alert")).to_be_empty()
    assert server.conversations == {}


async def test_counter_counts_characters_near_the_limit(chat: Chat, server: FakeServer) -> None:
    await chat.start()
    counter, announcer = chat.page.locator(".counter"), chat.page.locator(".announcer")
    await chat.input.fill("a" * 700)
    await expect(counter).to_be_empty()
    await chat.input.fill("😀" * 950)
    await expect(counter).to_have_text("Noch 50 Zeichen")
    await expect(announcer).to_have_text("Noch 50 Zeichen")
    await chat.send("a" * 1003)
    await expect(counter).to_have_text("3 Zeichen zu viel")
    await expect(chat.page.get_by_role("alert")).to_contain_text("Die Nachricht ist zu lang.")
    assert server.conversations == {}
    await chat.send("a" * 1000)
    await expect(chat.answers).to_have_count(1)


async def test_shift_enter_begins_a_new_line(chat: Chat) -> None:
    await chat.start()
    await chat.input.press_sequentially("Erste Zeile")
    await chat.input.press("Shift+Enter")
    await chat.input.press_sequentially("Zweite Zeile")
    assert await chat.questions.count() == 0
    await chat.input.press("Enter")
    assert "Erste Zeile\nZweite Zeile" in await chat.questions.last.inner_text()


async def test_refused_message_says_why_and_can_be_sent_again(chat: Chat, server: FakeServer) -> None:
    await chat.start()
    await chat.ask("Mein Auto")
    await chat.send("zu viele")
    await expect(chat.questions.last).to_contain_text("Nicht gesendet. Das waren viele Nachrichten in kurzer Zeit.")
    await expect(chat.page.locator(".announcer")).to_contain_text("Bitte warten Sie eine Minute.")
    await chat.button("retry").click()
    await expect(chat.input).to_be_focused()
    await expect(chat.questions.last).to_contain_text("Nicht gesendet.")
    await chat.button("discard").click()
    await expect(chat.questions).to_have_count(1)
    assert len(server.only.messages) == 2


async def test_markup_in_any_text_stays_text(chat: Chat) -> None:
    await chat.start()
    answer = await chat.ask(f"xss {XSS}")
    await answer.locator("summary").click()
    assert (await chat.questions.last.inner_text()).count("<script>") == 1
    assert (await answer.inner_text()).count("<script>") >= 4
    assert await chat.log.locator("img, script").count() == 0
    assert await answer.locator("a").count() == 0
    await chat.page.reload()
    await expect(chat.messages).to_have_count(2)
    assert await chat.page.evaluate("window.hacked") is None


async def test_numbers_and_addresses_in_answers_are_links(chat: Chat) -> None:
    await chat.start()
    answer = await chat.ask("Irgendetwas, Telefon 0511 1234567")
    await expect(answer.get_by_role("link")).to_have_attribute("href", "tel:059994000")
    assert await chat.questions.last.locator("a").count() == 0


async def test_emergency_numbers_are_links_in_a_crisis_only(chat: Chat) -> None:
    await chat.start()
    answer = await chat.ask("Notfall")
    hrefs = await answer.locator("a").evaluate_all("(links) => links.map((link) => link.getAttribute('href'))")
    assert hrefs == ["tel:112", "tel:110", "tel:08001110111"]
