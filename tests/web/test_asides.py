"""What web says beside a caseworker or a bot that is silent: emergencies, and what was hidden in a message."""

from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.conversations.handoffs import list_events, read_handoff
from bot.conversations.originals import ORIGINAL, read_original
from bot.conversations.queries import MESSAGE
from bot.encryption import Cipher
from bot.errors import InputError
from bot.language import LANGUAGES
from bot.staff.keyring import CHECK, Keyring
from bot.web.chat.asides import PAUSE
from bot.web.chat.signposts import load_signposts
from bot.web.i18n import say_masked
from bot.web.keys import TURNS
from tests.web.conftest import KEY, Citizen, ReadLog, Web
from tests.web.desk import Desk
from tests.web.test_handoff import enter_queue, leave, press, wish
from tests.web.worker import FakeWorker, said

SIGNS = {"de": "Ich will nicht mehr leben", "en": "I want to kill myself"}
IBAN = "DE02120300000000202051"
HIDDEN = f"Meine IBAN ist {IBAN}"
HIDDEN_IN = {"de": HIDDEN, "en": f"I would like to give you my IBAN, it is {IBAN}"}


async def talk(web: Web, desk: Desk, anna: int, language: str = "de") -> tuple[Citizen, int]:
    """A citizen who talks to Anna, and the handoff."""
    citizen = await web.begin(language=language)
    await press(citizen, await wish(citizen), "accept", language)
    return citizen, desk.claim(anna)


async def write(citizen: Citizen, text: str, *, key: str | None = None) -> list[dict]:
    """What comes back from a message to a caseworker."""
    response = await citizen.post({"text": text}, key=key)
    assert response.status == 202
    return (await response.json())["messages"]


def events(desk: Desk, handoff_id: int) -> list[str]:
    with desk.engine.connect() as connection:
        return [event.kind for event in list_events(connection, handoff_id)]


def is_urgent(desk: Desk, handoff_id: int) -> bool:
    with desk.engine.connect() as connection:
        return read_handoff(connection, handoff_id).urgent


@pytest.mark.parametrize("language", LANGUAGES)
async def test_emergency_is_signposted_while_a_caseworker_has_the_conversation(
    web: Web, desk: Desk, anna: int, language: str
) -> None:
    citizen, handoff_id = await talk(web, desk, anna, language)
    socket = await citizen.connect()
    await socket.send(type="hello", token=citizen.token, after=None)
    assert not is_urgent(desk, handoff_id)
    [answer] = await write(citizen, SIGNS[language])
    assert (answer["role"], answer["outcome"], answer["language"]) == ("system", "crisis", language)
    for number in ("112", "110", "116 123", "116 016"):
        assert number in answer["text"]
    assert is_urgent(desk, handoff_id)
    assert events(desk, handoff_id) == ["claim", "urgent"]
    assert (await citizen.history())[-1] == answer
    while (frame := await socket.receive_until("message"))["message"]["id"] != answer["id"]:
        pass
    assert frame["message"]["text"] == answer["text"]
    assert "feedback" not in answer


async def test_signpost_is_repeated_after_a_while_only(web: Web, desk: Desk, anna: int) -> None:
    citizen, handoff_id = await talk(web, desk, anna)
    assert len(await write(citizen, SIGNS["de"])) == 1
    assert await write(citizen, SIGNS["de"]) == []
    with desk.engine.begin() as connection:
        for row in connection.execute(select(MESSAGE).where(MESSAGE.c.outcome == "crisis")).all():
            connection.execute(
                update(MESSAGE)
                .where(MESSAGE.c.conversation_id == row.conversation_id, MESSAGE.c.number == row.number)
                .values(at=row.at - PAUSE - PAUSE)
            )
    assert len(await write(citizen, SIGNS["de"])) == 1
    assert events(desk, handoff_id).count("urgent") == 1


async def test_message_sent_twice_is_signposted_once(web: Web, desk: Desk, anna: int) -> None:
    citizen, _ = await talk(web, desk, anna)
    assert len(await write(citizen, SIGNS["de"], key="k1")) == 1
    assert await write(citizen, SIGNS["de"], key="k1") == []
    assert [message["outcome"] for message in await citizen.history()].count("crisis") == 1


@pytest.mark.parametrize("text", ["Danke, das hilft mir", "Was kostet ein Personalausweis?"])
async def test_nothing_is_said_where_there_is_nothing_to_say(web: Web, desk: Desk, anna: int, text: str) -> None:
    citizen, handoff_id = await talk(web, desk, anna)
    assert await write(citizen, text) == []
    assert not is_urgent(desk, handoff_id)


async def test_emergency_the_bot_answers_makes_who_waits_urgent(
    web: Web, desk: Desk, anna: int, worker: FakeWorker
) -> None:
    first, second = await web.begin(language="de"), await web.begin(language="de")
    await enter_queue(first)
    await enter_queue(second)
    worker.answer = lambda _: said("112", response="utter_crisis")
    [answer] = await second.say("Mir geht es so schlecht")
    assert (answer["role"], answer["outcome"]) == ("bot", "crisis")
    assert [handoff.conversation_id for handoff in desk.queue()] == [second.id, first.id]
    assert [handoff.urgent for handoff in desk.queue()] == [True, False]


async def test_emergency_is_signposted_where_the_bot_cannot_answer(
    web: Web, desk: Desk, anna: int, worker: FakeWorker
) -> None:
    await worker.stop()
    citizen = await web.begin(language="de")
    answer, signpost = await citizen.say(SIGNS["de"])
    assert (answer["role"], answer["outcome"]) == ("system", "unknown")
    assert signpost["text"] == load_signposts()["de"]
    await enter_queue(citizen)
    [waiting] = desk.queue()
    assert len(await citizen.say(SIGNS["de"])) == 1, "signposted a moment ago"
    assert is_urgent(desk, waiting.id)


def test_signposts_are_the_words_of_the_bot_and_a_missing_one_is_named(tmp_path: Path) -> None:
    assert all("112" in text for text in load_signposts().values())
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "care.yml").write_text("responses: {utter_other: [{text: x}]}")
    with pytest.raises(InputError, match="utter_crisis"):
        load_signposts(tmp_path)


# --- what was hidden ---------------------------------------------------------------------------------------------
def originals(desk: Desk) -> list:
    with desk.engine.connect() as connection:
        return list(connection.execute(select(ORIGINAL)).all())


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_is_written_to_a_caseworker_is_kept_encrypted_and_the_citizen_is_told(
    web: Web, desk: Desk, anna: int, language: str
) -> None:
    citizen, _ = await talk(web, desk, anna, language)
    [notice] = await write(citizen, HIDDEN_IN[language])
    assert notice["text"] == say_masked(["iban"], language=language, is_kept=True)
    assert ("Grund" if language == "de" else "reason") in notice["text"]
    assert all(IBAN not in message["text"] for message in await citizen.history())
    [row] = originals(desk)
    with desk.engine.connect() as connection:
        assert read_original(connection, citizen.id, row.number, cipher=Cipher([KEY])) == HIDDEN_IN[language]


async def test_bot_sees_what_is_masked_while_it_answers_who_waits(
    web: Web, desk: Desk, anna: int, worker: FakeWorker, logged: ReadLog
) -> None:
    citizen = await web.begin(language="de")
    await enter_queue(citizen)
    [answer] = await citizen.say(HIDDEN)
    assert answer["text"].startswith(say_masked(["iban"], language="de", is_kept=True))
    assert len(originals(desk)) == 1
    assert IBAN not in str(worker.turns)
    assert IBAN not in logged()


async def test_nothing_is_kept_while_the_bot_has_the_conversation(web: Web, desk: Desk, anna: int) -> None:
    citizen = await web.begin(language="de")
    [answer] = await citizen.say(HIDDEN)
    assert answer["text"].startswith(say_masked(["iban"], language="de"))
    await wish(citizen)
    await citizen.say(HIDDEN)
    assert originals(desk) == []
    await enter_queue(citizen)
    await citizen.say("Ohne etwas Persönliches")
    assert originals(desk) == []


async def test_message_sent_twice_is_kept_once(web: Web, desk: Desk, anna: int) -> None:
    citizen, _ = await talk(web, desk, anna)
    assert len(await write(citizen, HIDDEN, key="k1")) == 1
    assert await write(citizen, HIDDEN, key="k1") == []
    assert len(originals(desk)) == 1


async def test_it_is_gone_as_soon_as_the_citizen_leaves_or_erases(web: Web, desk: Desk, anna: int) -> None:
    left, _ = await talk(web, desk, anna)
    await write(left, HIDDEN)
    assert len(originals(desk)) == 1
    assert await leave(left) == 204
    assert originals(desk) == []
    erased, _ = await talk(web, desk, anna)
    await write(erased, HIDDEN)
    assert (await erased.erase()).status == 204
    assert originals(desk) == []


async def test_emergency_and_hidden_data_are_one_message(web: Web, desk: Desk, anna: int) -> None:
    citizen, _ = await talk(web, desk, anna)
    [answer] = await write(citizen, f"{SIGNS['de']}. {HIDDEN}")
    assert answer["outcome"] == "crisis"
    assert answer["text"].startswith(load_signposts()["de"])
    assert say_masked(["iban"], language="de", is_kept=True) in answer["text"]


async def test_message_arrives_also_where_the_keys_are_not_those_of_the_database(
    web: Web, desk: Desk, anna: int, logged: ReadLog
) -> None:
    citizen, _ = await talk(web, desk, anna)
    with desk.engine.begin() as connection:
        connection.execute(update(CHECK).values(token=Cipher([KEY]).encrypt("x", purpose="other")))
    object.__setattr__(web.server.app[TURNS], "keyring", Keyring(web.settings))
    [notice] = await write(citizen, HIDDEN)
    assert notice["text"] == say_masked(["iban"], language="de")
    assert originals(desk) == []
    assert "original_not_kept" in logged()
    assert IBAN not in logged()
