"""The clock of the machine jumps by an hour while web runs: a real process, whose time libfaketime tells."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from aiohttp import ClientSession
from sqlalchemy import Engine

from bot.staff.teams import set_teams
from tests.web.conftest import Citizen, Socket, open_session
from tests.web.desk import Desk
from tests.web.staff.conftest import CHEAP, Browser, Hire, hire  # noqa: F401 - a fixture
from tests.web.test_handoff import enter_queue
from tests.web.test_several import real_process
from tests.web.worker import FakeWorker

SETTINGS = {"SECOND_FACTOR": "optional", **{name.upper(): str(value) for name, value in CHEAP.items()}}
Jump = Callable[[int], None]


@pytest.fixture
def jump(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Jump:
    """Sets the clock of all processes started from here on so many seconds forward or back; also while they run."""
    libraries = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not libraries:
        pytest.skip("libfaketime is not installed here (Debian: apt-get install libfaketime)")
    offset = tmp_path / "offset"

    def set_offset(seconds: int) -> None:
        written = offset.with_suffix(".new")
        written.write_text(f"{seconds:+d}\n")
        written.replace(offset)  # at once: the file is read at any moment

    set_offset(0)
    monkeypatch.setenv("LD_PRELOAD", str(libraries[0]))
    monkeypatch.setenv("FAKETIME_TIMESTAMP_FILE", str(offset))
    monkeypatch.setenv("FAKETIME_NO_CACHE", "1")
    monkeypatch.setenv("FAKETIME_DONT_FAKE_MONOTONIC", "1")  # as with a real clock that is set
    return set_offset


@pytest.fixture
def desk(engine: Engine, hire: Hire) -> Desk:  # noqa: F811
    """A team with Anna in it."""
    made = Desk(engine)
    with engine.begin() as connection:
        set_teams(connection, hire("anna", languages=("de",)), [made.team])
    return made


async def begin(session: ClientSession, origin: str) -> Citizen:
    begun = await (await session.post(f"{origin}/api/v1/conversations", json={"language": "de"})).json()
    return Citizen(session, origin, begun["id"], begun["token"])


async def listen(socket: Socket, seen: list[str]) -> None:
    """Note the ids of all messages as they come; reading all the time also answers the server's pings."""
    async for frame in socket.raw:
        body = frame.json()
        seen += [body["message"]["id"]] if body["type"] == "message" else []


@pytest.mark.parametrize("seconds", [-3_600, 3_600], ids=["back", "forward"])
async def test_work_goes_on_when_the_clock_is_set(
    seconds: int, jump: Jump, database_url: str, desk: Desk, worker: FakeWorker
) -> None:
    async with real_process(database_url, worker, **SETTINGS) as (process, origin), open_session() as session:
        anna, other_browser = Browser(origin), Browser(origin)
        assert (await anna.sign_in("anna")).status == 303
        await anna.page("/desk")
        early, late = await begin(session, origin), await begin(session, origin)
        seen: list[str] = []
        listening = asyncio.create_task(listen(await early.enter(), seen))
        await early.say("Vorher")
        await enter_queue(early)

        jump(seconds)
        # A session that was not used for an hour is over; signing in again works at once.
        is_over = (await anna.get("/desk")).status == 303
        assert is_over == (seconds > 0)
        for browser in (anna, other_browser) if is_over else (other_browser,):
            assert (await browser.sign_in("anna")).status == 303
        await anna.page("/desk")
        await late.say("Nachher")
        await enter_queue(late)
        await early.say("Auch nachher")
        waiting = [handoff.conversation_id for handoff in desk.queue()]
        assert waiting == [early.id, late.id]
        page = await anna.page("/desk")
        first, second = (handoff.id for handoff in desk.queue())
        assert page.index(f"/desk/conversations/{first}/claim") < page.index(f"/desk/conversations/{second}/claim")

        assert (await anna.post(f"/desk/conversations/{first}/claim", at="/desk")).status == 303
        fields = {"text": "Guten Tag", "key": "a1"}
        assert (await anna.post(f"/desk/conversations/{first}/messages", fields, at="/desk")).status == 303
        fields = {"outcome": "solved", "service": ""}
        assert (await anna.post(f"/desk/conversations/{first}/close", fields, at="/desk")).status == 303
        [answer] = await early.say("Zum Schluss")
        assert answer["role"] == "bot"

        history = await early.history()
        said = [message["text"] for message in history if message["role"] in {"citizen", "caseworker"}]
        assert [text for text in said if "Menschen" not in text and "Ja," not in text] == [
            "Vorher",
            "Auch nachher",
            "Guten Tag",
            "Zum Schluss",
        ]
        async with asyncio.timeout(60):
            while len(seen) < len(history):  # the socket has outlived the jump
                assert not listening.done()
                await asyncio.sleep(0.05)
        assert seen == [message["id"] for message in history]
        listening.cancel()
        for browser in (anna, other_browser):
            await browser.session.close()
        assert process.returncode is None
