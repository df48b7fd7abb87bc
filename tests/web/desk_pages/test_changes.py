"""The desk's socket: who may open it, what it tells, and to whom."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import WSServerHandshakeError
from sqlalchemy import Engine

from bot.conversations import claims
from bot.conversations.handoffs import leave_handoff
from bot.conversations.presence import end_presence, list_present
from bot.staff.people import end_sessions
from bot.web.desk import socket as desk_socket
from bot.web.desk.changes import Mark, find_change
from bot.web.protocol.closing import CLOSE_UNAUTHORIZED
from tests.conversations.desk import AT, Desk
from tests.web.conftest import Socket
from tests.web.desk_pages.conftest import AddColleague, Colleague
from tests.web.staff.conftest import Browser

WAITS = Mark(team_id=1, state="waiting", version=0, last_number=1, last_event=0)


async def connect(person: Colleague | Browser, **headers: str) -> Socket:
    browser = person.browser if isinstance(person, Colleague) else person
    sent = {"Origin": browser.origin} | headers
    socket = Socket(await browser.session.ws_connect(f"{browser.origin}/desk/socket", headers=sent))
    assert await socket.receive() == {"type": "ready"}
    return socket


def mark(**values: object) -> Mark:
    return Mark(**{**vars(WAITS), **values})


@pytest.mark.parametrize(
    ("before", "now", "handoffs", "arrived"),
    [
        ({}, {}, set(), set()),
        ({7: WAITS}, {7: WAITS}, set(), set()),
        ({}, {7: WAITS}, {7}, {7}),
        ({}, {7: mark(team_id=2)}, set(), set()),
        ({7: WAITS}, {7: mark(state="active", version=1)}, {7}, set()),
        ({7: WAITS}, {7: mark(last_number=2)}, {7}, set()),
        ({7: WAITS}, {}, {7}, set()),
        ({7: WAITS}, {7: mark(team_id=2)}, {7}, set()),
        ({7: mark(team_id=2, state="active")}, {7: WAITS}, {7}, {7}),
    ],
)
def test_teams_hear_of_their_own(before: dict, now: dict, handoffs: set, arrived: set) -> None:
    change = find_change(before, now, teams=frozenset({1}))
    assert (change.handoffs, change.arrived) == (handoffs, arrived)


async def test_desk_is_told_ids_and_nothing_else(desk: Desk, anna: Colleague, engine: Engine) -> None:
    foreign = desk.add_team("bauamt")
    socket = await connect(anna)
    desk.wait(team_id=foreign)
    waiting = desk.wait("Ein Geheimnis")
    assert await socket.receive() == {"type": "changed", "handoffs": [waiting.id], "arrived": [waiting.id]}
    with engine.begin() as connection:
        claims.claim(connection, waiting.id, desk.deed(anna.id))
    assert await socket.receive() == {"type": "changed", "handoffs": [waiting.id], "arrived": []}
    with engine.begin() as connection:
        claims.add_note(connection, waiting.id, desk.deed(anna.id, note="Nur intern"))
    assert await socket.receive() == {"type": "changed", "handoffs": [waiting.id], "arrived": []}
    with engine.begin() as connection:
        leave_handoff(connection, waiting.conversation_id, at=AT)
    assert await socket.receive() == {"type": "changed", "handoffs": [waiting.id], "arrived": []}


async def test_open_desk_counts_as_present(desk: Desk, anna: Colleague, engine: Engine) -> None:
    with engine.begin() as connection:
        end_presence(connection, anna.id)
    socket = await connect(anna)
    async with asyncio.timeout(5):
        while True:
            with engine.connect() as connection:
                since = datetime.now(UTC) - timedelta(seconds=60)
                if list_present(connection, desk.team, since=since) == {anna.id}:
                    break
            await asyncio.sleep(0.02)
    await socket.raw.close()


async def test_socket_ends_with_the_session(anna: Colleague, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_socket, "SESSION_SECONDS", 0.05)
    socket = await connect(anna)
    with engine.begin() as connection:
        end_sessions(connection, anna.id)
    assert await socket.close_code() == CLOSE_UNAUTHORIZED


async def test_socket_is_for_our_own_pages_and_for_those_who_work_at_the_desk(
    anna: Colleague, add_colleague: AddColleague
) -> None:
    editor = await add_colleague("redaktion", "editor")
    refusals = (
        (anna, {"Origin": "https://evil.example"}, 403),
        (anna, {"Origin": "null"}, 403),
        (editor, {}, 403),
    )
    for person, headers, status in refusals:
        with pytest.raises(WSServerHandshakeError) as refused:
            await connect(person, **headers)
        assert refused.value.status == status
    assert await anna.status("/desk/socket") == 404


async def test_who_is_not_signed_in_gets_no_socket(browser: Browser) -> None:
    with pytest.raises(WSServerHandshakeError):
        await connect(browser)
