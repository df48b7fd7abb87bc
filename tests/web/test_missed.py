"""Which words of which messages are counted, and that nothing else is."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select

from bot.catalogue.models import MissedWordRow
from bot.catalogue.validity import town_today
from tests.web.conftest import Citizen, StartWeb, Web
from tests.web.worker import FakeWorker, Turn, said

TABLE = MissedWordRow.__table__


def not_understood(_turn: Turn) -> Turn:
    return said("Das weiß ich nicht.", response="utter_unknown")


def words(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {row.word: row.count for row in connection.execute(select(TABLE))}


async def test_words_of_a_message_that_was_not_understood_are_counted_without_what_is_personal(
    citizen: Citizen, worker: FakeWorker, engine: Engine
) -> None:
    worker.answer = not_understood
    await citizen.say("Wohin mit der Schrottkarre? Meine Nummer ist 0171 2345678, erika@muster.example")
    await citizen.say("Schrottkarre!")
    counted = words(engine)
    assert counted["schrottkarre"] == 2
    assert not {"erika", "muster", "0171", "mail", "phone"} & set(counted)
    with engine.connect() as connection:
        [row, *_] = connection.execute(select(TABLE)).mappings()
        assert set(row) == {"day", "language", "word", "count"}
        assert (row["day"], row["language"]) == (town_today(), "de")


@pytest.mark.parametrize(
    "answer",
    [
        said("37 Euro", response="utter_answer_fees"),
        said("Hallo", response="utter_greet"),
        {**said(None), "outputs": []},
    ],
)
async def test_nothing_is_counted_where_the_bot_understood_or_was_not_reached(
    citizen: Citizen, worker: FakeWorker, engine: Engine, answer: Any
) -> None:
    worker.answer = lambda _: answer
    await citizen.say("Schrottkarre")
    assert words(engine) == {}


async def test_the_title_of_a_button_is_not_counted(citizen: Citizen, worker: FakeWorker, engine: Engine) -> None:
    offered = {"outcome": "choices", "choices": [{"title": "Schrottkarre", "intent": "choose_service"}]}
    worker.answer = lambda _: said("Welche?", custom=offered)
    [message] = await citizen.say("Auto")
    worker.answer = not_understood
    response = await citizen.post({"choice": message["choices"][0]["choice"]})
    assert response.status == 200
    assert words(engine) == {}


async def test_a_repeated_message_is_counted_once(citizen: Citizen, worker: FakeWorker, engine: Engine) -> None:
    worker.answer = not_understood
    for _ in range(2):
        await citizen.say("Schrottkarre", key="k1")
    assert words(engine) == {"schrottkarre": 1}


async def test_words_are_not_kept_longer_than_set(start_web: StartWeb, worker: FakeWorker, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(insert(TABLE), {"day": date(2020, 1, 1), "language": "de", "word": "alt", "count": 5})
    worker.answer = not_understood
    web = await start_web(missed_word_days=30)
    citizen = await web.begin(language="de")
    await citizen.say("Schrottkarre")
    assert words(engine) == {"schrottkarre": 1}


async def test_words_of_an_erased_conversation_count_no_more(web: Web, worker: FakeWorker, engine: Engine) -> None:
    worker.answer = not_understood
    first, second = await web.begin(language="de"), await web.begin(language="de")
    for text in ("Schrottkarre", "Rostlaube und Schrottkarre"):
        await first.say(text)
    await second.say("Rostlaube")
    worker.answer = lambda _: said("37 Euro", response="utter_answer_fees")
    await second.say("Schrottkarre")  # understood, so never counted
    assert words(engine) == {"schrottkarre": 2, "rostlaube": 2}
    await second.erase()
    assert words(engine) == {"schrottkarre": 2, "rostlaube": 1}
    await first.erase()
    assert words(engine) == {}
