"""What was not understood is there for editors: the question, masked, how often and when."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from bot.__main__ import main
from bot.conversations.unknown import list_unknown
from tests.web.conftest import Citizen, Web
from tests.web.worker import FakeWorker, Turn, said

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def not_understood(_turn: Turn) -> Turn:
    return said("Das weiß ich nicht.", response="utter_unknown")


def listed(engine: Engine, *, since: datetime = LONG_AGO, limit: int = 50) -> list[tuple[int, str, str]]:
    with engine.connect() as connection:
        return [
            (question.count, question.language, question.text)
            for question in list_unknown(connection, since=since, limit=limit)
        ]


async def test_the_most_frequent_question_stands_first(web: Web, worker: FakeWorker, engine: Engine) -> None:
    worker.answer = not_understood
    for text in ("Wo kann ich Curling spielen", "Wie alt ist die Brücke", "Wo kann ich Curling spielen"):
        await (await web.begin(language="de")).say(text)
    assert listed(engine) == [
        (2, "de", "Wo kann ich Curling spielen"),
        (1, "de", "Wie alt ist die Brücke"),
    ]
    assert listed(engine, limit=1) == [(2, "de", "Wo kann ich Curling spielen")]
    assert listed(engine, since=datetime.now(UTC) + timedelta(seconds=1)) == []


async def test_personal_data_do_not_stand_there(citizen: Citizen, worker: FakeWorker, engine: Engine) -> None:
    worker.answer = not_understood
    await citizen.say("Meine Nummer ist 0171 2345678, wo ist der Curlingplatz?")
    [(_count, _language, text)] = listed(engine)
    assert "Curlingplatz" in text
    assert "0171" not in text


@pytest.mark.parametrize("answer", [said("37 Euro", response="utter_answer_fees"), {**said(None), "outputs": []}])
async def test_what_was_answered_or_not_looked_at_does_not_stand_there(
    citizen: Citizen, worker: FakeWorker, engine: Engine, answer: Any
) -> None:
    worker.answer = lambda _: answer
    await citizen.say("Wo kann ich Curling spielen")
    assert listed(engine) == []


async def test_a_pressed_button_and_an_erased_question_do_not_stand_there(
    citizen: Citizen, worker: FakeWorker, engine: Engine
) -> None:
    worker.answer = lambda _: said(
        "Welche?", custom={"outcome": "choices", "choices": [{"title": "Auto", "intent": "choose_service"}]}
    )
    [message] = await citizen.say("Auto")
    worker.answer = not_understood
    await citizen.post({"choice": message["choices"][0]["choice"]})
    assert listed(engine) == []
    await citizen.say("Wo kann ich Curling spielen")
    assert len(listed(engine)) == 1
    await citizen.erase()
    assert listed(engine) == []


async def test_the_command_prints_them(
    citizen: Citizen,
    worker: FakeWorker,
    database_url: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worker.answer = not_understood
    await citizen.say("Wo kann ich Curling spielen")
    monkeypatch.setenv("STADTLOTSE_DATABASE_URL", database_url)
    capsys.readouterr()
    assert main(["unknown"]) == 0
    assert "1 × Wo kann ich Curling spielen (de, last on 20" in capsys.readouterr().out
    assert main(["unknown", "--json", "--days", "1"]) == 0
    assert '"count":1' in capsys.readouterr().out
    with pytest.raises(SystemExit, match="2"):
        main(["unknown", "--days", "0"])
    with pytest.raises(SystemExit):
        main(["unknown", "--limit", "viele"])
    assert "expected a number from 1 to 10000, not 'viele'" in capsys.readouterr().err
