"""The whole path: REST → web → worker → actions → catalogue, on the demo town."""

import asyncio
import time
from datetime import date

import pytest

from bot.web.client import Client
from tests.processes.running import Running


async def test_a_fee_is_answered_as_text_and_card(citizen: Client) -> None:
    (message,) = await citizen.say("Was kostet ein Personalausweis?")
    assert message["role"] == "bot"
    assert message["outcome"] == "service"
    assert message["language"] == "de"
    assert message["card"]["service"]["id"] == "personalausweis"
    assert [facet["facet"] for facet in message["card"]["facets"]] == ["fees"]
    assert "€" in message["text"]
    assert message["card"]["valid_as_of"]


async def test_an_english_question_is_answered_in_english(citizen: Client) -> None:
    (message,) = await citizen.say("Which documents do I need for a passport?")
    assert message["language"] == "en"
    assert message["card"]["service"]["name"] == "Passport"
    assert message["card"]["facets"][0]["facet"] == "documents"


async def test_follow_ups_stay_with_the_service(citizen: Client) -> None:
    await citizen.say("Ich möchte heiraten, wo melde ich die Eheschließung an?")
    (fees,) = await citizen.say("und was kostet das?")
    assert fees["card"]["facets"][0]["facet"] == "fees"
    (place,) = await citizen.say("wo muss ich da hin?")
    assert place["card"]["service"] == fees["card"]["service"]
    assert place["card"]["facets"][0]["facet"] == "location"
    (english,) = await citizen.say("do I need an appointment for that?")
    assert english["language"] == "en"
    assert english["card"]["service"]["id"] == fees["card"]["service"]["id"]


async def test_a_button_answers_its_facet(citizen: Client) -> None:
    (message,) = await citizen.say("Hundesteuer anmelden")
    choice = next(choice for choice in message["choices"] if choice["title"] == "Gebühren")
    (answer,) = await citizen.choose(choice["choice"])
    assert answer["card"]["service"] == message["card"]["service"]
    assert answer["card"]["facets"][0]["facet"] == "fees"


async def test_several_plausible_services_are_offered(citizen: Client) -> None:
    (message,) = await citizen.say("Führerschein")
    assert message["outcome"] == "choices"
    assert 2 <= len(message["card"]["services"]) <= 4
    (answer,) = await citizen.choose(message["choices"][0]["choice"])
    assert answer["card"]["service"]["id"] == message["card"]["services"][0]["id"]


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Guten Morgen", "greet"),
        ("danke schön", "thanks"),
        ("auf wiedersehen", "bye"),
        ("bist du ein roboter", "bot_challenge"),
        ("ich will mit einem menschen sprechen", "handoff"),
        ("wie wird das wetter am wochenende", "out_of_scope"),
        ("mein mann schlägt mich", "crisis"),
        ("I want to kill myself", "crisis"),
        ("the clerk was very rude to me, I want to complain", "complaint"),
        ("Kann ich im Rathaus mit Karte bezahlen?", "faq"),
    ],
)
async def test_other_messages_end_as_they_should(citizen: Client, text: str, outcome: str) -> None:
    (message,) = await citizen.say(text)
    assert message["outcome"] == outcome
    assert message["text"]


async def test_a_frequent_question_names_the_page_of_the_town_and_the_day(citizen: Client) -> None:
    (message,) = await citizen.say("Kann ich im Rathaus mit Karte bezahlen?")
    assert message["card"]["source"] == "https://www.auenfurt.example"
    day = date.fromisoformat(message["card"]["valid_as_of"])
    assert message["text"].endswith(f"Quelle: https://www.auenfurt.example, Stand: {day:%d.%m.%Y}")


async def test_the_language_is_switched_when_asked_for(citizen: Client) -> None:
    (message,) = await citizen.say("Können wir bitte Englisch sprechen?")
    assert (message["outcome"], message["language"]) == ("language_switch", "en")
    (answer,) = await citizen.say("Personalausweis")
    assert answer["language"] == "en"


@pytest.mark.parametrize(
    "text",
    [
        "/restart",
        "/request_human{}",
        '/choose_service{"service": "personalausweis"}',
        "🙂🙂🙂",
        "<script>alert(1)</script>",
        "'; DROP TABLE message; --",
        "Здравствуйте, мне нужен паспорт",
        "a" * 1000,
        "{service}",
        "utter_crisis",
    ],
)
async def test_odd_messages_get_a_polite_answer_and_nothing_is_executed(citizen: Client, text: str) -> None:
    (message,) = await citizen.say(text)
    assert message["role"] == "bot"
    assert message["text"]
    assert message["outcome"] != "handoff"


async def test_many_citizens_at_once_get_their_own_answers(auenfurt: Running) -> None:
    async def ask(text: str, service: str) -> None:
        async with Client(auenfurt.origin) as client:
            await client.start("de")
            for _turn in range(3):
                (message,) = await client.say(text)
                assert message["card"]["service"]["id"] == service

    questions = [("Personalausweis beantragen", "personalausweis"), ("Reisepass beantragen", "reisepass")]
    await asyncio.gather(*(ask(*questions[number % 2]) for number in range(8)))


async def test_the_sixtieth_turn_is_about_as_fast_as_the_first(citizen: Client) -> None:
    texts = ["Was kostet ein Reisepass?", "und wie lange dauert das?", "danke"]
    times = []
    for turn in range(60):
        started = time.perf_counter()
        await citizen.say(texts[turn % 3])
        times.append(time.perf_counter() - started)
    # Generous, since this machine may be busy; `make bench` measures.
    assert sorted(times[-12:])[6] < 3 * sorted(times[:12])[6]
