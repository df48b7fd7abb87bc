"""In which language a conversation goes on: recognised, switched, kept to a wish."""

import pytest

from tests.web.conftest import Citizen, Web
from tests.web.worker import FakeWorker, Turn, said

SENTENCES = {"de": "Ich brauche jetzt doch einen neuen Ausweis", "en": "where do I have to go for that"}
MORE = {"de": "Wie lange dauert das denn bei Ihnen", "en": "and how long does it take"}


async def languages(citizen: Citizen, *texts: str) -> list[str]:
    """The language of each answer."""
    return [(await citizen.say(text))[0]["language"] for text in texts]


async def switch_to(citizen: Citizen, worker: FakeWorker, language: str) -> None:
    """As the action does it when it is asked for a language."""
    custom = {"outcome": "language_switch", "language": language, "set_language": language}
    before, worker.answer = worker.answer, lambda _: said("…", custom=custom)
    await citizen.say("English, bitte")
    worker.answer = before


async def test_a_german_service_name_does_not_switch_an_english_conversation(web: Web) -> None:
    citizen = await web.begin(language="en")
    assert await languages(citizen, "I need help", "Anmeldung", "Bürgerbüro Nordstadt", "danke") == ["en"] * 4


async def test_a_sentence_switches_at_once_and_back(citizen: Citizen) -> None:
    assert await languages(citizen, SENTENCES["de"], SENTENCES["en"], "Reisepass", MORE["de"]) == [
        "de", "en", "en", "de",
    ]  # fmt: skip


async def test_the_first_message_needs_less_than_a_later_one(web: Web) -> None:
    assert await languages(await web.begin(language="de"), "dog tax") == ["en"]
    assert await languages(await web.begin(language="de"), SENTENCES["de"], "dog tax") == ["de", "de"]


async def test_another_language_leaves_the_language_as_it_is(web: Web) -> None:
    citizen = await web.begin(language="en")
    assert await languages(citizen, "nerede kayıt olabilirim", "грошей немає") == ["en", "en"]


@pytest.mark.parametrize(("wished", "other"), [("en", "de"), ("de", "en")])
async def test_a_wish_holds_against_one_message_but_not_against_two(
    citizen: Citizen, worker: FakeWorker, wished: str, other: str
) -> None:
    await switch_to(citizen, worker, wished)
    written = [SENTENCES[other], SENTENCES[wished], SENTENCES[other], MORE[other], SENTENCES[wished]]
    assert await languages(citizen, *written) == [wished, wished, wished, other, wished]


async def test_a_button_between_two_messages_does_not_count(citizen: Citizen, worker: FakeWorker) -> None:
    await switch_to(citizen, worker, "en")

    def offer(_turn: Turn) -> Turn:
        return said("…", custom={"choices": [{"title": "Gebühren", "intent": "choose_service"}]})

    worker.answer = offer
    [message] = await citizen.say(SENTENCES["de"])
    await citizen.post({"choice": message["choices"][0]["choice"]})
    assert await languages(citizen, MORE["de"]) == ["de"]


async def test_the_language_button_is_a_wish(citizen: Citizen) -> None:
    assert await languages(citizen, SENTENCES["de"]) == ["de"]
    response = await citizen.session.put(f"{citizen.path}/language", json={"language": "en"}, headers=citizen.headers)
    assert (response.status, await response.text()) == (204, "")
    assert await languages(citizen, MORE["de"], "Reisepass") == ["en", "en"]


@pytest.mark.parametrize("body", [{}, {"language": "fr"}, {"language": None}, {"language": ["en"]}, []])
async def test_a_language_we_do_not_speak_is_refused(citizen: Citizen, body: object) -> None:
    response = await citizen.session.put(f"{citizen.path}/language", json=body, headers=citizen.headers)
    assert response.status == 422
    assert (await response.json())["error"]["code"] == "invalid"


async def test_the_language_of_somebody_elses_conversation_stays(web: Web, citizen: Citizen) -> None:
    stranger = await web.begin(language="de")
    url = f"{citizen.path}/language"
    for headers, status in ((stranger.headers, 401), ({}, 401)):
        response = await citizen.session.put(url, json={"language": "en"}, headers=headers)
        assert response.status == status
    assert await languages(citizen, "Reisepass") == ["de"]
