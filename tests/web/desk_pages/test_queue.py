"""Who waits, and who takes them."""

import asyncio
from datetime import timedelta

from tests.conversations.desk import AT, Desk
from tests.web.desk_pages.conftest import AddColleague, Colleague, Stored


async def test_queue_shows_my_teams_only_and_emergencies_first(desk: Desk, anna: Colleague) -> None:
    first, later = desk.wait(), desk.wait(at=AT + timedelta(minutes=5))
    urgent = desk.wait(at=AT + timedelta(minutes=9), reason="crisis")
    foreign = desk.wait(team_id=desk.add_team("bauamt"))
    page = await anna.page()
    places = [page.index(f'id="claim-{handoff.id}"') for handoff in (urgent, first, later)]
    assert places == sorted(places)
    assert f'id="claim-{foreign.id}"' not in page
    assert "Notfall" in page


async def test_page_is_german_and_english_on_wish(desk: Desk, anna: Colleague) -> None:
    desk.wait()
    assert "<h1>Gespräche</h1>" in await anna.page()
    await anna.browser.post("/staff/language", {"language": "en", "next": "/desk"}, at="/desk")
    page = await anna.page()
    assert "<h1>Conversations</h1>" in page
    assert "Citizens' services" in page


async def test_who_belongs_to_no_team_is_told_so(add_colleague: AddColleague, desk: Desk) -> None:
    desk.wait()
    nobody = await add_colleague("neu", teams=())
    page = await nobody.page()
    assert "Sie gehören noch zu keinem Team" in page
    assert "claim-" not in page


async def test_claimed_conversation_is_mine_and_the_teams(
    desk: Desk, anna: Colleague, berta: Colleague, stored: Stored
) -> None:
    waiting = desk.wait()
    response = await anna.do(waiting.id, "claim")
    assert response.status == 303
    assert response.headers["Location"] == f"/desk/conversations/{waiting.id}?done=claimed"
    assert stored.handoff(waiting.id).assignee_id == anna.id
    mine, _, colleagues = (await anna.page()).partition('id="colleagues"')
    assert f"/desk/conversations/{waiting.id}" in mine
    assert f"/desk/conversations/{waiting.id}" not in colleagues
    assert "Person anna" in (await berta.page()).partition('id="colleagues"')[2]
    assert stored.deeds(waiting.id) == [("anna", "claimed")]


async def test_of_simultaneous_claims_one_wins_and_the_others_are_told_who_has_it(
    desk: Desk, add_colleague: AddColleague, stored: Stored
) -> None:
    waiting = desk.wait()
    people = [await add_colleague(f"person-{number}") for number in range(6)]
    tokens = [await person.browser.csrf("/desk") for person in people]
    path = f"/desk/conversations/{waiting.id}/claim"
    responses = await asyncio.gather(
        *(person.browser.send("POST", path, data={"csrf": token}) for person, token in zip(people, tokens, strict=True))
    )
    assert sorted(response.status for response in responses) == [303] + [409] * 5
    [winner] = [person for person, answer in zip(people, responses, strict=True) if answer.status == 303]
    name = f"Person person-{people.index(winner)}"
    for response in responses:
        if response.status == 409:
            assert f"Dieses Gespräch hat schon {name}." in await response.text()
    assert stored.handoff(waiting.id).assignee_id == winner.id
    assert [what for _, what in stored.deeds(waiting.id)] == ["claimed"]


async def test_conversation_that_the_citizen_left_cannot_be_claimed(desk: Desk, anna: Colleague, engine) -> None:
    from bot.conversations.handoffs import leave_handoff  # noqa: PLC0415

    waiting = desk.wait()
    with engine.begin() as connection:
        leave_handoff(connection, waiting.conversation_id, at=AT)
    response = await anna.do(waiting.id, "claim")
    assert response.status == 409
    assert "Dieses Gespräch ist beendet." in await response.text()


async def test_opening_the_desk_tells_citizens_that_somebody_is_there(desk: Desk, anna: Colleague, engine) -> None:
    from bot.conversations.presence import list_present  # noqa: PLC0415

    await anna.page()
    with engine.connect() as connection:
        assert list_present(connection, desk.team, since=AT) == {anna.id}
