from playwright.async_api import BrowserContext, expect

from tests.browser.chat import Chat
from tests.browser.server import FakeServer


async def test_switch_changes_the_interface_and_keeps_the_conversation(chat: Chat, server: FakeServer) -> None:
    await chat.start()
    await chat.ask("Was kostet ein Personalausweis?")
    requests = len(server.requests)
    await chat.button("English").click()
    chat.language = "en"
    await expect(chat.input).to_be_visible()
    await expect(chat.messages).to_have_count(2)
    await expect(chat.questions.locator(".speaker")).to_contain_text("You")
    await expect(chat.answers.get_by_role("heading", name="Gebühren")).to_be_visible()
    await expect(chat.dialog).to_contain_text("Ask the town hall")
    assert [method for method, _path in server.requests[requests:]] == ["PUT"]
    assert server.only.language == "en"
    await expect(chat.button("Deutsch")).to_have_attribute("lang", "de")


async def test_new_conversation_gets_the_chosen_language(chat: Chat, server: FakeServer) -> None:
    await chat.open()
    await chat.button("English").click()
    chat.language = "en"
    await chat.button("accept").click()
    answer = await chat.ask("How much is an identity card?")
    assert server.only.language == "en"
    await expect(answer.get_by_role("heading", name="Fees")).to_be_visible()
    await expect(answer).to_contain_text("As of 15 September 2026")


async def test_choice_of_language_survives_a_reload(chat: Chat) -> None:
    await chat.open()
    await chat.button("English").click()
    await chat.page.reload()
    chat.language = "en"
    await expect(chat.button("accept")).to_be_visible()


async def test_language_follows_the_page(context: BrowserContext, server: FakeServer) -> None:
    english = await Chat.at(context, server.page("/en", language="en-GB"), language="en")
    await expect(english.launcher).to_have_text("Ask a question")
    french = await Chat.at(context, server.page("/fr", language="fr"))
    await expect(french.launcher).to_have_text("Frage stellen")


async def test_language_attribute_beats_the_page(context: BrowserContext, server: FakeServer) -> None:
    chat = await Chat.at(
        context, server.page("/gemischt", language="de", attributes='data-language="en"'), language="en"
    )
    await expect(chat.launcher).to_have_text("Ask a question")
    await chat.page.locator("stadtlotse-chat").evaluate("(chat) => chat.setAttribute('language', 'de')")
    await expect(chat.launcher).to_have_text("Frage stellen")


async def test_every_part_says_its_language(chat: Chat, server: FakeServer) -> None:
    await chat.start()
    await chat.ask("Mein Auto")
    server.only.language = "en"
    await chat.ask("How much is an identity card?")
    languages = await chat.log.locator(".bubble[lang]").evaluate_all("(nodes) => nodes.map((node) => node.lang)")
    assert languages == ["de", "de", "en", "en"]
    assert await chat.page.locator("stadtlotse-chat section").first.get_attribute("lang") == "de"
    await expect(chat.answers.last.get_by_role("heading", name="Fees")).to_be_visible()
    await expect(chat.answers.last.locator(".speaker")).to_contain_text("Assistent ")


async def test_german_text_in_an_english_answer_is_marked(chat: Chat, server: FakeServer) -> None:
    await chat.start()
    await chat.ask("Mein Auto")
    facet = {"facet": "fees", "text": "Kostenlos.", "recorded": True, "language": "de"}
    card = {
        "kind": "service",
        "service": {"id": "1", "name": "Library card", "url": None},
        "facets": [facet],
        "offices": [],
        "valid_as_of": None,
    }
    message = server.only.add("bot", text="Fees for “Library card”:\nKostenlos.", card=card) | {"language": "en"}
    await server.only.send({"type": "message", "message": message})
    await expect(chat.answers.last.locator("[lang=de]")).to_have_text("Kostenlos.")


async def test_both_languages_have_the_same_strings(chat: Chat) -> None:
    shapes = await chat.page.evaluate(
        """async () => {
            const shape = (value) => typeof value === "object" && !Array.isArray(value)
                ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shape(inner)]).sort())
                : typeof value === "function" ? value.length : typeof value;
            const modules = await Promise.all(["de", "en"].map((language) => import(`/widget/strings/${language}.js`)));
            return modules.map((module) => JSON.stringify(shape(module.default)));
        }"""
    )
    assert shapes[0] == shapes[1]
