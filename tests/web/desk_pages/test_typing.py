"""That somebody is typing, both ways: a flag to those it is for, never a word, never stored."""

import asyncio

import pytest
from sqlalchemy import Engine, Table, select

from bot.conversations import claims
from bot.conversations.handoffs import StoredHandoff, Wish, request_handoff
from bot.database import Base
from tests.conversations.desk import AT, Desk
from tests.web.conftest import Citizen, Socket, StartWeb, Web
from tests.web.desk_pages.conftest import AddColleague, Colleague
from tests.web.staff.conftest import CHEAP, StartBrowser

FLAG = {"type": "typing"}


@pytest.fixture
async def citizen(web: Web) -> Citizen:
    return await web.begin(language="de")


def wait_for(desk: Desk, citizen: Citizen) -> StoredHandoff:
    """The citizen's conversation in the queue of the desk's team."""
    wish = Wish(team_id=desk.team, reason="wish", service_id=None, shows_history=True, at=AT)
    with desk.engine.begin() as connection:
        return request_handoff(connection, desk.read(citizen.id), wish)


def claim(desk: Desk, handoff: StoredHandoff, person: Colleague) -> StoredHandoff:
    with desk.engine.begin() as connection:
        return claims.claim(connection, handoff.id, desk.deed(person.id))


async def enter(citizen: Citizen) -> Socket:
    socket = await citizen.connect()
    await socket.send(type="hello", token=citizen.token)
    assert (await socket.receive())["state"] == "human"
    return socket


async def watch(person: Colleague, handoff: int | str) -> Socket:
    """The desk's socket as the page of a conversation opens it."""
    at = person.browser.origin
    path = f"{at}/desk/socket?handoff={handoff}"
    socket = Socket(await person.browser.session.ws_connect(path, headers={"Origin": at}))
    assert await socket.receive() == {"type": "ready"}
    await asyncio.sleep(0.2)  # until it listens
    return socket


async def hears(socket: Socket, *, seconds: float = 2.0) -> bool:
    """Whether the flag comes; other news do not count."""
    try:
        async with asyncio.timeout(seconds):
            return await socket.receive_until("typing") is not None
    except TimeoutError:
        return False


async def note(person: Colleague, handoff_id: int) -> int:
    return (await person.do(handoff_id, "typing")).status


def rows(engine: Engine) -> int:
    """How much is stored about conversations."""
    tables: list[Table] = [table for table in Base.metadata.sorted_tables if table.name not in {"presence"}]
    with engine.connect() as connection:
        return sum(len(connection.execute(select(table)).all()) for table in tables)


async def test_desk_hears_that_the_citizen_types(desk: Desk, anna: Colleague, citizen: Citizen) -> None:
    handoff = claim(desk, wait_for(desk, citizen), anna)
    page = await watch(anna, handoff.id)
    own, tab = await enter(citizen), await enter(citizen)
    stored = rows(desk.engine)
    await own.send(**FLAG, text="Das ist noch nicht gesendet")
    assert await page.receive_until("typing") == {"type": "typing", "handoff": handoff.id}
    await own.send(type="ping")
    assert await own.receive() == {"type": "pong"}  # and nothing before it
    assert not await hears(tab, seconds=0.2)
    assert rows(desk.engine) == stored


async def test_flags_that_come_too_often_are_not_passed_on(desk: Desk, anna: Colleague, citizen: Citizen) -> None:
    handoff = claim(desk, wait_for(desk, citizen), anna)
    page, own = await watch(anna, handoff.id), await enter(citizen)
    for _ in range(10):
        await own.send(**FLAG)
    assert [await hears(page), await hears(page)] == [True, True]
    assert not await hears(page, seconds=0.5)


async def test_without_a_caseworker_the_flag_goes_nowhere(desk: Desk, anna: Colleague, citizen: Citizen) -> None:
    socket = await citizen.enter()
    handoff = wait_for(desk, citizen)
    page = await watch(anna, handoff.id)
    await socket.send(**FLAG)
    assert not await hears(page, seconds=0.3)


async def test_other_teams_and_other_pages_hear_nothing(
    desk: Desk, anna: Colleague, add_colleague: AddColleague, citizen: Citizen
) -> None:
    handoff = claim(desk, wait_for(desk, citizen), anna)
    stranger = await add_colleague("clara", teams=(desk.add_team("bauamt"),))
    deaf = [await watch(stranger, handoff.id), await watch(anna, handoff.id + 1), await watch(anna, "")]
    page, own = await watch(anna, handoff.id), await enter(citizen)
    await own.send(**FLAG)
    assert await hears(page)
    assert [await hears(socket, seconds=0.2) for socket in deaf] == [False, False, False]


async def test_page_of_a_conversation_given_away_hears_nothing_more(
    desk: Desk, anna: Colleague, citizen: Citizen
) -> None:
    handoff = claim(desk, wait_for(desk, citizen), anna)
    page, own = await watch(anna, handoff.id), await enter(citizen)
    with desk.engine.begin() as connection:
        deed = desk.deed(anna.id)
        claims.transfer_to_team(connection, handoff.id, deed, team_id=desk.add_team("bauamt"))
    await own.send(**FLAG)
    assert not await hears(page, seconds=0.5)


async def test_citizen_hears_that_the_caseworker_types(desk: Desk, anna: Colleague, citizen: Citizen) -> None:
    handoff = claim(desk, wait_for(desk, citizen), anna)
    own = await enter(citizen)
    assert await note(anna, handoff.id) == 204
    assert await own.receive() == {"type": "typing", "role": "caseworker"}
    for _ in range(4):
        assert await note(anna, handoff.id) == 204
    assert await hears(own)
    assert not await hears(own, seconds=0.3)


async def test_only_who_may_answer_types(
    desk: Desk, anna: Colleague, berta: Colleague, add_colleague: AddColleague, citizen: Citizen
) -> None:
    handoff = wait_for(desk, citizen)
    assert await note(anna, handoff.id) == 403
    claim(desk, handoff, anna)
    stranger = await add_colleague("clara", teams=(desk.add_team("bauamt"),))
    lead = await add_colleague("dora", "lead")
    own = await enter(citizen)
    assert await note(berta, handoff.id) == 403
    assert await note(stranger, handoff.id) == 404
    path = f"/desk/conversations/{handoff.id}/typing"
    assert (await anna.browser.send("POST", path)).status == 403  # without the page's token
    assert not await hears(own, seconds=0.2)
    assert await note(lead, handoff.id) == 204
    assert await hears(own)


async def test_bad_handoff_in_the_address_is_no_error_of_the_socket(anna: Colleague) -> None:
    for named in ("x", "999999999999", "-1", "1 OR 1=1"):
        socket = await watch(anna, named)
        await socket.raw.close()


@pytest.fixture
async def anna_elsewhere(start_web: StartWeb, open_browser: StartBrowser, anna: Colleague) -> Colleague:
    """Anna at another process on the same database."""
    other = await start_web(second_factor="optional", **CHEAP)
    browser = open_browser(other.origin)
    assert (await browser.sign_in("anna")).status == 303
    return Colleague(anna.id, browser)


@pytest.fixture
def _shared(database_url: str) -> None:
    if not database_url.startswith("postgresql"):
        pytest.skip("several processes need PostgreSQL")


@pytest.mark.usefixtures("_shared")
async def test_flags_reach_the_other_process_both_ways(desk: Desk, citizen: Citizen, anna_elsewhere: Colleague) -> None:
    handoff = claim(desk, wait_for(desk, citizen), anna_elsewhere)
    page, own = await watch(anna_elsewhere, handoff.id), await enter(citizen)
    await own.send(**FLAG)
    assert await hears(page, seconds=5)
    assert await note(anna_elsewhere, handoff.id) == 204
    assert await hears(own, seconds=5)
