"""Answers as the actions make them, in the widget: what is German says so, and long texts are folded away."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.async_api import expect
from rasa_sdk.executor import CollectingDispatcher

from actions.dialogue import answer_service, offer_services
from actions.place import Citizen
from bot.catalogue.concepts.store import concept_model
from bot.catalogue.importers import town
from bot.catalogue.importers.record import ServiceRecord, ServiceText
from bot.catalogue.naming import english_names
from bot.catalogue.queries import Catalogue
from bot.catalogue.search import SearchIndex
from bot.catalogue.snapshot import Snapshot
from bot.catalogue.validity import TOWN_TIME
from bot.facets import FACETS, Facet
from bot.language import Language
from bot.text.sentences import split_sentences
from tests.browser.chat import Chat
from tests.browser.server import FakeServer

ROOT = Path(__file__).parents[2]
AXE = AXE_FILE_PATH.read_text(encoding="utf-8")
MONDAY = datetime(2026, 11, 23, 10, 15, tzinfo=TOWN_TIME)
SHORTEST = 12  # characters; what is shorter may be a word of both languages
# The text of a message as it is shown, without what is marked as German.
UNMARKED = """async (messages) => {
    const { foreignNames, prose, renderCard, renderChoices, textBesideCard } = await import("/widget/cards.js");
    const { default: strings } = await import("/widget/strings/en.js");
    return messages.map(({ text, card, choices }) => {
        const shown = document.createElement("div");
        shown.append(...prose(textBesideCard(text, card, strings), { names: foreignNames(card) }));
        shown.append(...[renderCard(card, strings), renderChoices(choices, strings, () => {}, card)].filter(Boolean));
        for (const node of shown.querySelectorAll("[lang=de]")) node.remove();
        return shown.textContent;
    });
}"""


@cache
def german_town() -> Snapshot:
    """The demo town, its English texts and names taken away, on a Monday morning."""
    read = town.read(ROOT / "data" / "catalogue" / "auenfurt")
    assert read.town is not None
    services = {one.id: replace(one, texts={"de": one.texts["de"]}) for one in read.services}
    offices = {
        one.id: replace(one, names={"de": one.names["de"]}, hints={"de": one.hints["de"]}) for one in read.offices
    }
    catalogue = Catalogue(
        revision=1,
        town=read.town,
        services=services,
        offices=offices,
        english_names=english_names(services.values(), concept_model(ROOT / "models")),
    )
    return Snapshot(catalogue=catalogue, index=SearchIndex([]), now=lambda: MONDAY)


@cache
def replies(language: Language) -> dict[str, Any]:
    path = ROOT / "responses" / language / "answers.yml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))["responses"]  # type: ignore[no-any-return]


def message(dispatcher: CollectingDispatcher, language: Language) -> dict[str, Any]:
    """What the web process makes of what an action said."""
    texts = []
    for said in dispatcher.messages:
        if said.get("response"):
            template = replies(language)[said["response"]][0]["text"]
            texts.append(re.sub(r"\{(\w+)\}", lambda match, said=said: str(said[match[1]]), template))
    custom = next(said["custom"] for said in reversed(dispatcher.messages) if said.get("custom"))
    choices = [{"title": choice["title"], "choice": f"{n:022}"} for n, choice in enumerate(custom["choices"])]
    return {
        "text": "\n\n".join(texts),
        "outcome": custom["outcome"],
        "language": language,
        "card": custom["card"],
        "choices": choices,
    }


def answer(service: ServiceRecord, *facets: Facet, language: Language = "en") -> dict[str, Any]:
    dispatcher = CollectingDispatcher()
    answer_service(dispatcher, german_town(), service, facets, Citizen(language))
    return message(dispatcher, language)


def choice(services: Iterable[ServiceRecord]) -> dict[str, Any]:
    dispatcher = CollectingDispatcher()
    offer_services(dispatcher, german_town(), list(services), "fees", "en")
    return message(dispatcher, "en")


def german_sentences(wording: ServiceText) -> set[str]:
    texts = (wording.name, wording.summary, *wording.facets.values(), *wording.documents)
    labels = [fee.label for fee in wording.fees]
    found = {sentence.removeprefix("- ") for text in (*texts, *labels) for sentence in split_sentences(text)}
    return {sentence for sentence in found if len(sentence) >= SHORTEST}


async def show(chat: Chat, server: FakeServer, said: dict[str, Any]) -> None:
    await chat.start()
    await chat.ask("Mein Auto")
    stored = server.only.add("bot", **{key: said[key] for key in said if key != "language"})
    await server.only.send({"type": "message", "message": stored | {"language": said["language"]}})
    await expect(chat.answers).to_have_count(2)


async def test_no_german_words_are_shown_unmarked_in_english_answers(chat: Chat) -> None:
    services = list(german_town().catalogue.services.values())
    said = [answer(service, facet) for service in services for facet in FACETS]
    about = [service for service in services for _facet in FACETS]
    choices = [choice(services[start : start + 4]) for start in range(0, len(services) - 3, 4)]
    shown = await chat.page.evaluate(UNMARKED, [*said, *choices])
    names = {office.names["de"] for office in german_town().catalogue.offices.values()}
    for service, text in zip(about, shown, strict=False):
        for german in german_sentences(service.texts["de"]) | names:
            assert german not in text, (service.id, german)
    for text in shown[len(said) :]:
        assert text.startswith("Several services could fit. Which one do you mean?")
        for service in services:
            assert service.texts["de"].name not in text or service.texts["de"].name in str(
                german_town().catalogue.english_names.values()
            )


async def test_an_english_answer_from_a_german_entry_says_what_is_german(chat: Chat, server: FakeServer) -> None:
    service = german_town().catalogue.services["personalausweis"]
    await show(chat, server, answer(service, "fees", "processing_time"))
    shown = chat.answers.last
    await expect(shown.get_by_role("heading", name="Applying for an identity card")).to_be_visible()
    await expect(shown.locator("span[lang=de]").first).to_have_text("Personalausweis")
    await expect(shown.get_by_role("heading", name="Fees")).to_be_visible()
    await expect(shown).to_contain_text("Amounts in the German text: €46.00, €27.60, €6.00, €15.00, €13.00")
    await expect(shown).to_contain_text("The official text is in German:")
    await expect(shown).to_contain_text("The town has this information only in German:")
    await expect(shown.locator("div[lang=de]").first).to_contain_text("46,00\u00a0€")
    await expect(shown).to_contain_text("Monday 23 November, 10:15: open until 16:00.")
    await expect(shown).to_contain_text("Source: service directory of Auenfurt. As of 15 September 2026")
    text = await shown.inner_text()
    assert text.count("Source:") == text.count("46,00") == 1


LONG = "Eins gilt. Zwei gilt. Drei gilt.\n\nVier gilt.\n\n- Fünf\n- Sechs"


@pytest.mark.parametrize("language", ["de", "en"])
async def test_the_rest_of_a_long_text_is_folded_away(chat: Chat, server: FakeServer, language: Language) -> None:
    service = german_town().catalogue.services["personalausweis"]
    long = replace(service, texts={"de": replace(service.texts["de"], facets={"eligibility": LONG})})
    await show(chat, server, answer(long, "eligibility", language=language))
    shown = chat.answers.last
    await expect(shown.get_by_text("Drei gilt.")).to_be_visible()
    await expect(shown.get_by_text("Vier gilt.")).to_be_hidden()
    await shown.get_by_text({"de": "Mehr dazu", "en": "More about this"}[language], exact=True).press("Enter")
    await expect(shown.get_by_role("listitem").first).to_have_text("Fünf")
    text = await shown.inner_text()
    assert text.count("Eins gilt.") == text.count("Vier gilt.") == 1
    assert "https://" not in text
    await chat.page.evaluate(AXE)
    result = await chat.page.evaluate("axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] })")
    assert [violation["id"] for violation in result["violations"]] == []


async def test_what_the_answer_says_of_the_only_office_is_not_said_twice(chat: Chat, server: FakeServer) -> None:
    service = german_town().catalogue.services["personalausweis"]
    await show(chat, server, answer(service, "opening_hours", language="de"))
    text = await chat.answers.last.inner_text()
    assert text.count("Montag, 23.11., 10:15 Uhr: geöffnet bis 16:00 Uhr.") == 1
    assert text.count("Mittwoch: 08:00–12:30 Uhr") == 1
    assert text.count("Am Markt 1, 29990 Auenfurt") == 1


async def test_the_official_names_on_buttons_are_marked(chat: Chat, server: FakeServer) -> None:
    services = german_town().catalogue.services
    await show(chat, server, choice([services["personalausweis"], services["reisepass"]]))
    button = chat.answers.last.get_by_role("button").last
    await expect(button).to_have_text("Applying for a passport (Reisepass)")
    await expect(button.locator("[lang=de]")).to_have_text("Reisepass")


async def test_a_german_name_without_an_english_one_is_said_to_be_german(chat: Chat, server: FakeServer) -> None:
    snapshot = german_town()
    service = next(
        one for id_, one in snapshot.catalogue.services.items() if id_ not in snapshot.catalogue.english_names
    )
    name = service.texts["de"].name
    await show(chat, server, choice([service, snapshot.catalogue.services["reisepass"]]))
    button = chat.answers.last.get_by_role("button").first
    await expect(button).to_have_text(f"{name} (German name)")
    await expect(button.locator("[lang=de]")).to_have_text(name)
    stored = server.only.add(
        "bot", **{key: value for key, value in answer(service, "fees").items() if key != "language"}
    )
    await server.only.send({"type": "message", "message": stored | {"language": "en"}})
    await expect(chat.answers.last.get_by_role("heading", name=name)).to_have_attribute("lang", "de")
    await expect(chat.answers.last).to_contain_text("This is the German name.")


async def test_what_is_not_recorded_is_said_once(chat: Chat, server: FakeServer) -> None:
    service = german_town().catalogue.services["personalausweis"]
    bare = replace(service, texts={"de": replace(service.texts["de"], facets={})})
    await show(chat, server, answer(bare, "legal_basis", language="de"))
    text = await chat.answers.last.inner_text()
    assert "Die Rechtsgrundlage für „Personalausweis“ ist bei mir nicht verzeichnet." in text
    assert text.count("Auskunft gibt:") == 1
