"""Fifty caseworkers claim the same conversation at the same moment, each in a browser session of their own."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from html import unescape

from aiohttp import ClientSession, TCPConnector
from sqlalchemy import Engine

from bot.conversations.handoffs import list_events, read_handoff
from bot.phrases import load_phrases
from bot.staff.audit import read_entries
from bot.staff.people import NewStaff, add_staff
from bot.staff.sessions import open_session
from bot.staff.teams import set_teams
from tests.conversations.desk import Desk
from tests.web.desk_pages.conftest import desk  # noqa: F401 - a fixture
from tests.web.test_several import real_process
from tests.web.worker import FakeWorker

CASEWORKERS = 50
CSRF = re.compile(r'name="csrf" value="([0-9a-f]+)"')


@asynccontextmanager
async def processes(database_url: str, worker: FakeWorker) -> AsyncIterator[list[str]]:
    """The origins of two web processes on PostgreSQL; an SQLite file belongs to one."""
    async with real_process(database_url, worker) as (_first, origin):
        if database_url.startswith("sqlite"):
            yield [origin]
            return
        async with real_process(database_url, worker) as (_second, other):
            yield [origin, other]


def hire(desk: Desk, number: int) -> str:  # noqa: F811
    """Somebody of the team who is signed in; returns the token of the session."""
    now = datetime.now(UTC)
    with desk.engine.begin() as connection:
        new = NewStaff(name=f"w{number}", display_name=f"Person {number}", roles=["caseworker"], languages=("de",))
        staff_id = add_staff(connection, new, at=now)
        set_teams(connection, staff_id, [desk.team])
        return open_session(connection, staff_id, complete=True, browser="", at=now)


async def claim(
    session: ClientSession, origin: str, token: str, handoff: int, start: asyncio.Barrier
) -> tuple[int, str]:
    """(status, page or where it leads) of a claim that waits for all others to be ready."""
    headers = {"Cookie": f"stadtlotse-session={token}"}
    async with session.get(f"{origin}/desk", headers=headers) as response:
        [csrf, *_] = CSRF.findall(await response.text())
    await start.wait()
    url = f"{origin}/desk/conversations/{handoff}/claim"
    async with session.post(url, data={"csrf": csrf}, headers=headers, allow_redirects=False) as response:
        return response.status, response.headers.get("Location") or unescape(await response.text())


async def test_one_of_fifty_simultaneous_claims_wins_and_the_others_are_told_who_has_it(
    desk: Desk,  # noqa: F811
    database_url: str,
    engine: Engine,
    worker: FakeWorker,
) -> None:
    tokens = [hire(desk, number) for number in range(CASEWORKERS)]
    handoff = desk.wait("Ich brauche Hilfe", at=datetime.now(UTC))
    start = asyncio.Barrier(CASEWORKERS)
    connector = TCPConnector(limit=0)
    async with processes(database_url, worker) as origins, ClientSession(connector=connector) as session:
        results = await asyncio.gather(
            *(
                claim(session, origins[number % len(origins)], token, handoff.id, start)
                for number, token in enumerate(tokens)
            )
        )
    winners = [number for number, (status, _) in enumerate(results) if status == 303]
    assert len(winners) == 1
    assert results[winners[0]][1].startswith(f"/desk/conversations/{handoff.id}")
    for number, (status, page) in enumerate(results):
        if number not in winners:
            assert status == 409
            assert load_phrases("desk", "de")["problem_taken"].format(name=f"Person {winners[0]}") in page
    with engine.connect() as connection:
        stored = read_handoff(connection, handoff.id)
        events = list_events(connection, handoff.id)
        recorded = [entry.name for entry in read_entries(connection) if entry.action == "claimed"]
    assert (stored.state, [event.staff_id for event in events]) == ("active", [stored.assignee_id])
    assert recorded == [f"w{winners[0]}"]
