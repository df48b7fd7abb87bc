"""Away from the desk and back; and what keeps a session alive."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, update

from bot.conversations import claims
from bot.conversations.presence import find_seen, is_present, list_present, note_presence, report_presence
from bot.conversations.waiting import list_places
from bot.errors import ColleagueAbsentError
from bot.staff.sessions import SESSION
from bot.web.desk import socket as desk_socket
from bot.web.protocol.closing import CLOSE_UNAUTHORIZED
from tests.conversations.desk import AT, Desk
from tests.web.conftest import Socket
from tests.web.desk_pages.conftest import AddColleague, Colleague

REFRESH = {"X-Desk-Refresh": "1"}
MINUTE = timedelta(minutes=1)


async def say(person: Colleague, status: str) -> int:
    return (await person.browser.post("/desk/presence", {"status": status}, at="/desk")).status


def present(engine: Engine, desk: Desk) -> frozenset[int]:
    with engine.connect() as connection:
        return list_present(connection, desk.team, since=datetime.now(UTC) - MINUTE)


def last_seen(engine: Engine) -> datetime:
    with engine.connect() as connection:
        return connection.execute(SESSION.select()).one().seen_at


def seen_ago(engine: Engine, amount: timedelta) -> datetime:
    """Let the only session have been used last so long ago."""
    moment = datetime.now(UTC) - amount
    with engine.begin() as connection:
        connection.execute(update(SESSION).values(seen_at=moment))
    return moment


async def test_who_is_away_is_not_there_until_they_say_so(desk: Desk, anna: Colleague, engine: Engine) -> None:
    page = await anna.page()
    assert "Ich bin kurz weg" in page
    assert present(engine, desk) == {anna.id}
    assert await say(anna, "away") == 303
    assert present(engine, desk) == frozenset()
    page = await anna.page()  # opening a page is not coming back
    assert "als abwesend gemeldet" in page
    assert present(engine, desk) == frozenset()
    assert await say(anna, "available") == 303
    assert present(engine, desk) == {anna.id}
    assert "Ich bin kurz weg" in await anna.page()


async def test_conversation_says_that_one_is_away(desk: Desk, anna: Colleague, berta: Colleague) -> None:
    waiting = desk.wait()
    await say(anna, "away")
    path = f"/desk/conversations/{waiting.id}"
    assert "als abwesend gemeldet" in await anna.page(path)
    assert "als abwesend gemeldet" not in await berta.page(path)
    await say(anna, "available")
    assert "als abwesend gemeldet" not in await anna.page(path)


async def test_socket_of_an_away_desk_is_no_sign_of_life(desk: Desk, anna: Colleague, engine: Engine) -> None:
    await say(anna, "away")
    with engine.connect() as connection:
        before = find_seen(connection, anna.id)
    headers = {"Origin": anna.browser.origin}
    socket = Socket(await anna.browser.session.ws_connect(f"{anna.browser.origin}/desk/socket", headers=headers))
    assert await socket.receive() == {"type": "ready"}
    desk.wait()  # what is told of it comes later than the first sign of life
    assert (await socket.receive())["type"] == "changed"
    with engine.connect() as connection:
        assert find_seen(connection, anna.id) == before
    await socket.raw.close()


def test_signing_in_again_is_coming_back(desk: Desk) -> None:
    anna = desk.add_caseworker(seen_at=None)
    with desk.engine.begin() as connection:
        report_presence(connection, anna, status="away", at=AT)
        note_presence(connection, anna, signed_in_at=AT - MINUTE, at=AT + MINUTE)
        assert list_present(connection, desk.team, since=AT) == frozenset()
        note_presence(connection, anna, signed_in_at=AT + MINUTE, at=AT + 2 * MINUTE)
        assert list_present(connection, desk.team, since=AT + 2 * MINUTE) == {anna}


async def test_colleagues_see_who_is_there_and_who_is_away(
    anna: Colleague, berta: Colleague, add_colleague: AddColleague, desk: Desk, engine: Engine
) -> None:
    stranger = await add_colleague("fremd", teams=(desk.add_team("bauamt"),))
    assert "Aus Ihrem Team ist gerade sonst niemand da." in await anna.page()
    await berta.page()
    await stranger.page()
    page = await anna.page()
    assert '<li class="available">Person berta</li>' in page
    assert "Person fremd" not in page
    await say(berta, "away")
    assert "Person berta" in (page := await anna.page())
    assert "abwesend seit" in page
    with engine.begin() as connection:
        report_presence(connection, berta.id, status="away", at=datetime.now(UTC) - timedelta(hours=13))
    assert "Person berta" not in await anna.page()


def test_nothing_is_given_to_who_is_away_and_their_work_can_be_taken_over(desk: Desk) -> None:
    anna, ben = desk.add_caseworker(), desk.add_caseworker()
    waiting = desk.wait()
    with desk.engine.begin() as connection:
        report_presence(connection, anna, status="away", at=AT + MINUTE)
        assert not is_present(connection, anna, since=AT, teams=[desk.team])
        claims.claim(connection, waiting.id, desk.deed(ben))
    with desk.engine.begin() as connection, pytest.raises(ColleagueAbsentError):
        claims.transfer_to_colleague(connection, waiting.id, desk.deed(ben), colleague_id=anna, seen_since=AT)
    with desk.engine.begin() as connection:
        report_presence(connection, ben, status="away", at=AT + 2 * MINUTE)
        for minute in range(3, 20):  # the page is still open
            note_presence(connection, ben, signed_in_at=AT, at=AT + minute * MINUTE)
        taken = claims.take_over(connection, waiting.id, desk.deed(anna, minutes=20), absent_since=AT + 10 * MINUTE)
    assert taken.assignee_id == anna


def test_estimated_waits_count_only_who_is_not_away(desk: Desk) -> None:
    people = [desk.add_caseworker() for _ in range(2)]
    for _ in range(5):
        handled = desk.wait()
        with desk.engine.begin() as connection:
            claims.claim(connection, handled.id, desk.deed(people[0]))
            connection.execute(
                claims.HANDOFF.update()
                .where(claims.HANDOFF.c.id == handled.id)
                .values(state="closed", closed_at=AT + 11 * MINUTE)
            )
    waiting = [desk.wait() for _ in range(3)]
    now = AT + 20 * MINUTE

    def minutes() -> list[int | None]:
        with desk.engine.connect() as connection:
            places = list_places(connection, desk.team, at=now, seen_since=AT)
        return [places[one.conversation_id].minutes for one in waiting]

    assert minutes() == [1, 1, 5]
    with desk.engine.begin() as connection:
        report_presence(connection, people[1], status="away", at=AT)
    assert minutes() == [1, 10, 20]


async def test_unknown_status_is_refused(anna: Colleague) -> None:
    for status in ("", "dead", "<script>"):
        assert await say(anna, status) == 422


async def test_refreshes_and_sockets_do_not_keep_a_session_alive(anna: Colleague, engine: Engine) -> None:
    moment = seen_ago(engine, 20 * MINUTE)
    assert (await anna.browser.get("/desk", headers=REFRESH)).status == 200
    headers = {"Origin": anna.browser.origin}
    socket = await anna.browser.session.ws_connect(f"{anna.browser.origin}/desk/socket", headers=headers)
    await socket.close()
    assert last_seen(engine) == moment
    assert (await anna.browser.get("/desk")).status == 200
    assert last_seen(engine) > moment


async def test_typing_keeps_a_session_alive(anna: Colleague, engine: Engine) -> None:
    token = await anna.browser.csrf("/desk")
    moment = seen_ago(engine, 20 * MINUTE)
    response = await anna.browser.send("POST", "/desk/activity", headers={"X-CSRF-Token": token})
    assert response.status == 204
    assert last_seen(engine) > moment


async def test_open_desk_ends_when_nobody_works_at_it(
    anna: Colleague, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_socket, "SESSION_SECONDS", 0.05)
    headers = {"Origin": anna.browser.origin}
    socket = Socket(await anna.browser.session.ws_connect(f"{anna.browser.origin}/desk/socket", headers=headers))
    assert await socket.receive() == {"type": "ready"}
    seen_ago(engine, 31 * MINUTE)
    assert await socket.close_code() == CLOSE_UNAUTHORIZED
    token = await anna.browser.csrf("/staff/login")
    response = await anna.browser.send("POST", "/desk/activity", headers={"X-CSRF-Token": token})
    assert response.status == 401
    response = await anna.browser.get("/desk", headers=REFRESH)
    assert response.headers["Location"] == "/staff/login?next=%2Fdesk"
