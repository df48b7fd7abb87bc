"""What is erased is nowhere any more: a conversation that went through everything, and each of its words looked for."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from bot.__main__ import main
from bot.catalogue.models import MissedWordRow
from bot.conversations.handoffs import list_queue
from bot.conversations.presence import report_presence
from bot.conversations.request_lists import list_open
from bot.conversations.requests import assign_request
from bot.staff.audit import SYSTEM, verify
from bot.staff.people import set_languages
from bot.web.chat.rendering import message_number
from bot.web.jobs.retention import Retention
from bot.web.keys import DESK_MOVES, STORE
from tests.conversations.desk import Desk
from tests.web.conftest import Citizen, ReadLog, Web
from tests.web.desk_pages.conftest import Colleague
from tests.web.test_handoff import enter_queue
from tests.web.traces import words_in_files, words_in_tables
from tests.web.worker import SERVICE_CARD, FakeWorker, Turn, said

# Each stands in one place, so that what is left behind names it.
QUESTION, ANSWER, COMMENT, UNKNOWN, ENGLISH = (
    "Quarzzwieback",
    "Laternenwels",
    "Grobschnuppe",
    "Wolkenschaufel",
    "Larchbucket",
)
PERSONAL, WAITING, CHAT, ORIGINAL = "Talerdistel", "Warteerbse", "Kellerlibelle", "DE02120300000000202051"
WRITTEN, NOTE, HANDED, RIGHT, CLOSING = (
    "Stempelkissenfee",
    "Notizgeranie",
    "Rueckgabefink",
    "Richtigmarder",
    "Schlussmurmel",
)
REASON = "Klapperstieglitz"
WHAT, REACH, MAIL, REPLY = "Anfragekauz", "Turmfalkenweg", "laubfrosch", "Antwortzeisig"
SAID = (
    QUESTION,
    ANSWER,
    COMMENT,
    UNKNOWN,
    ENGLISH,
    PERSONAL,
    WAITING,
    CHAT,
    WRITTEN,
    NOTE,
    HANDED,
    RIGHT,
    REASON,
    CLOSING,
)
ASKED_FOR = (WHAT, REACH, MAIL, REPLY)
HIDDEN = ("DE89370400440532013000", "0532 0130 00", ORIGINAL, "2020 51")  # never stored as it is
WORDS = (*SAID, *ASKED_FOR)
OF_CONVERSATION = {"conversation", "message", "feedback", "handoff", "request", "wrong_answer"}


def answer(turn: Turn) -> Turn:
    """Puts the citizen's words into answer, understanding and dialogue state, as far as the worker could."""
    text = turn["text"] or ""
    if UNKNOWN in text:
        return said("Das weiß ich nicht.", response="utter_unknown")
    known = {"intent": "ask_fees", "confidence": 0.9, "language": "de", "entities": {"what": text}}
    output = said(f"{ANSWER} zu {text}", custom={"outcome": "service", "card": SERVICE_CARD})
    return output | {"understanding": known, "state": {"version": 2, "slots": {"question": text}}}


@dataclass
class Story:
    """A conversation that goes through everything."""

    web: Web
    citizen: Citizen
    anna: Colleague
    desk: Desk
    handoff: int = field(init=False)

    async def tell(self) -> None:
        """All of it, in order."""
        await self.ask()
        await self.talk()
        await self.request()

    async def ask(self) -> None:
        citizen = self.citizen
        [first] = await citizen.say(f"Was kostet der {QUESTION}?", key="k1")
        assert (await citizen.rate(first["id"], helpful=False, comment=f"{COMMENT} statt Auskunft")).status == 200
        await citizen.say(f"{UNKNOWN}")
        await self.choose("en")
        await citizen.say(f"And how much is the {ENGLISH}?")
        await self.choose("de")
        await citizen.say(f"Meine IBAN ist DE89 3704 0044 0532 0130 00, {PERSONAL}")

    async def choose(self, language: str) -> None:
        path, headers = f"{self.citizen.path}/language", self.citizen.headers
        response = await self.citizen.session.put(path, json={"language": language}, headers=headers)
        assert response.status == 204

    async def talk(self) -> None:
        with self.desk.engine.begin() as connection:
            set_languages(connection, self.anna.id, ["de"])
            report_presence(connection, self.anna.id, status="available", at=datetime.now(UTC))
        await enter_queue(self.citizen)
        assert (await self.citizen.post({"text": f"Es geht um die {WAITING}"})).status in {200, 202}
        with self.desk.engine.connect() as connection:
            [waiting] = list_queue(connection, self.desk.team)
        self.handoff = waiting.id
        for action, note in (("claim", ""), ("release", HANDED), ("claim", "")):
            assert (await self.anna.do(self.handoff, action, note=note)).status == 303
        iban = " ".join(ORIGINAL[start : start + 4] for start in range(0, len(ORIGINAL), 4))
        assert (await self.citizen.post({"text": f"Meine IBAN ist {iban}, {CHAT}"})).status == 202
        assert words_in_tables(self.desk.engine, [self.citizen.id])["message_original"]  # encrypted
        assert (await self.anna.write(self.handoff, f"Guten Tag, hier ist die {WRITTEN}")).status == 303
        assert (await self.anna.do(self.handoff, "notes", note=NOTE)).status == 303
        [written] = [message["id"] for message in await self.citizen.history() if CHAT in message["text"]]
        number = str(message_number(written))
        shown = await self.anna.do(self.handoff, "reveal", number=number, reason="other", words=REASON)
        assert (shown.status, CHAT in await shown.text()) == (200, True)
        assert (await self.anna.do(self.handoff, "wrong", number="2", right=RIGHT)).status == 303
        assert (await self.anna.do(self.handoff, "close", outcome="solved")).status == 303
        *_, closing = await self.citizen.history()
        assert (await self.citizen.rate(closing["id"], helpful=True, comment=CLOSING)).status == 200
        found = await self.anna.browser.get("/desk/history", params={"words": QUESTION})
        assert f"/desk/conversations/{self.handoff}" in await found.text()

    async def request(self) -> None:
        form = {"what": f"Der {WHAT} fehlt", "reach": f"{REACH} 7", "email": f"{MAIL}@muster.example", "consent": True}
        headers = self.citizen.headers | {"Idempotency-Key": "r1"}
        response = await self.citizen.session.post(f"{self.citizen.path}/requests", json=form, headers=headers)
        assert response.status == 201, await response.text()
        deed = replace(self.desk.deed(self.anna.id), at=datetime.now(UTC))
        with self.desk.engine.begin() as connection:
            [stored] = list_open(connection, frozenset({self.desk.team}))
            assign_request(connection, stored.id, deed)
        await self.web.server.app[DESK_MOVES].answer_request(stored.id, deed, answer=f"Der {REPLY} kommt morgen.")


@pytest.fixture
async def story(web: Web, worker: FakeWorker, anna: Colleague, desk: Desk) -> Story:
    worker.answer = answer
    told = Story(web, await web.begin(language="de"), anna, desk)
    await told.tell()
    everywhere = words_in_tables(desk.engine, (*WORDS, *HIDDEN))
    assert set().union(*everywhere.values()) == set(WORDS)  # the search finds each of them, and nothing that is hidden
    assert words_in_tables(desk.engine, [told.citizen.id]).keys() >= OF_CONVERSATION
    return told


def nowhere(engine: Engine, folder: Path, words: tuple[str, ...]) -> None:
    """Fails with the tables and files in which one of the words is."""
    assert words_in_tables(engine, words) == {}
    assert words_in_files(folder, words) == {}


async def test_what_a_citizen_erases_is_nowhere(story: Story, engine: Engine, tmp_path: Path, logged: ReadLog) -> None:
    assert (await story.citizen.erase()).status == 204
    nowhere(engine, tmp_path, (*WORDS, *HIDDEN, story.citizen.token))
    assert words_in_tables(engine, [story.citizen.id]) == {}
    assert not [word for word in (*WORDS, *HIDDEN, story.citizen.id) if word.lower() in logged().lower()]


async def test_what_an_operator_erases_is_nowhere_and_the_deed_is_recorded(
    story: Story, engine: Engine, tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STADTLOTSE_DATABASE_URL", database_url)
    assert main(["erase", story.citizen.id]) == 0
    nowhere(engine, tmp_path, (*WORDS, *HIDDEN))
    assert set(words_in_tables(engine, [story.citizen.id])) == {"audit"}
    with engine.connect() as connection:
        assert verify(connection).broken_at is None


async def test_after_its_time_a_conversation_is_nowhere_but_its_request_stays_for_its_own(
    story: Story, engine: Engine, tmp_path: Path
) -> None:
    settings = story.web.settings

    async def run(days: int) -> None:
        at = datetime.now(UTC) + timedelta(days=days)
        job = Retention(store=story.web.server.app[STORE], settings=settings, who=SYSTEM, clock=lambda: at)
        assert await job.run(str(days)) is not None

    await run(settings.conversation_days + 1)
    nowhere(engine, tmp_path, (*SAID, *HIDDEN))
    assert set().union(*words_in_tables(engine, WORDS).values()) == set(ASKED_FOR)
    assert set(words_in_tables(engine, WORDS)) == {"request"}
    await run(settings.request_days + 1)
    nowhere(engine, tmp_path, WORDS)


async def test_words_of_others_are_still_counted(story: Story, engine: Engine) -> None:
    other = await story.web.begin(language="de")
    await other.say(f"Noch eine {UNKNOWN}")
    assert (await story.citizen.erase()).status == 204
    with engine.connect() as connection:
        rows = connection.execute(select(MissedWordRow.__table__.c.word, MissedWordRow.__table__.c.count)).all()
    assert (UNKNOWN.lower(), 1) in {tuple(row) for row in rows}
    assert words_in_tables(engine, [UNKNOWN])["message"] == {UNKNOWN}
