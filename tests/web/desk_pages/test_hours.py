"""Pages on the hours of a team's desk."""

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import Engine

from bot.catalogue.validity import TOWN_TIME
from bot.conversations.desk_hours import list_hours, set_hours
from bot.conversations.presence import report_presence
from bot.conversations.working_time import Hours
from bot.staff.audit import read_entries
from bot.web.chat.availability import Concern, DeskRules, find_availability
from tests.conversations.desk import Desk
from tests.web.desk_pages.conftest import AddColleague, Colleague

RULES = DeskRules(presence=timedelta(minutes=1), request_time=timedelta(hours=4))
MORNING = {"opens-0-0": "08:00", "closes-0-0": "12:00"}


@pytest.fixture
async def lead(add_colleague: AddColleague) -> Colleague:
    return await add_colleague("leitung", "lead")


async def send(person: Colleague, team: int, fields: dict[str, str]) -> tuple[int, str]:
    response = await person.browser.post(f"/desk/hours/{team}", fields, at="/desk/hours")
    return response.status, await response.text()


def hours(engine: Engine, team: int) -> list[tuple[int, str, str]]:
    with engine.connect() as connection:
        return [(one.weekday, f"{one.opens:%H:%M}", f"{one.closes:%H:%M}") for one in list_hours(connection, team)]


async def test_week_is_set_with_several_periods_and_closed_days(desk: Desk, lead: Colleague, engine: Engine) -> None:
    assert "Keine Zeiten eingetragen." in await lead.page("/desk/hours")
    fields = MORNING | {"opens-3-0": "14:00", "closes-3-0": "18:00", "opens-3-1": "8.00", "closes-3-1": "12:30"}
    assert (await send(lead, desk.team, fields))[0] == 303
    assert hours(engine, desk.team) == [(0, "08:00", "12:00"), (3, "08:00", "12:30"), (3, "14:00", "18:00")]
    page = await lead.page(f"/desk/hours/{desk.team}")
    assert 'name="opens-3-1" value="14:00"' in page
    assert 'name="opens-3-2"' in page  # room for one more
    assert "geschlossen" in await lead.page("/desk/hours")
    with engine.connect() as connection:
        entry = list(read_entries(connection))[-1]
    assert (entry.name, entry.action, entry.object) == ("leitung", "changed", f"team {desk.team}")
    assert entry.details == {"hours": [[], ["Mo 08:00-12:00", "Th 08:00-12:30", "Th 14:00-18:00"]]}
    await send(lead, desk.team, fields)
    with engine.connect() as connection:
        assert list(read_entries(connection))[-1] == entry  # nothing changed


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"opens-1-0": "8 Uhr", "closes-1-0": "12:00"}, "opens-1-0", "Bitte geben Sie eine Uhrzeit an"),
        ({"opens-1-0": "25:00", "closes-1-0": "12:00"}, "opens-1-0", "Bitte geben Sie eine Uhrzeit an"),
        ({"opens-1-0": "08:00"}, "closes-1-0", "Hier fehlt eine Uhrzeit."),
        ({"closes-6-1": "08:00"}, "opens-6-1", "Hier fehlt eine Uhrzeit."),
        ({"opens-1-0": "12:00", "closes-1-0": "08:00"}, "closes-1-0", "Das Ende liegt nicht nach dem Beginn."),
        ({"opens-1-0": "12:00", "closes-1-0": "12:00"}, "closes-1-0", "Das Ende liegt nicht nach dem Beginn."),
        (
            {"opens-1-0": "08:00", "closes-1-0": "12:00", "opens-1-1": "11:59", "closes-1-1": "14:00"},
            "opens-1-1",
            "Die Zeiten überschneiden sich.",
        ),
        ({"opens-1-0": '"><script>', "closes-1-0": "12:00"}, "opens-1-0", "Bitte geben Sie eine Uhrzeit an"),
    ],
)
async def test_mistake_is_said_at_its_field_and_nothing_is_changed(
    desk: Desk, lead: Colleague, fields: dict[str, str], field: str, said: str
) -> None:
    with desk.engine.begin() as connection:
        set_hours(connection, desk.team, [Hours(weekday=4, opens=time(9), closes=time(10))])
    status, page = await send(lead, desk.team, MORNING | fields)
    assert status == 422
    assert f'aria-invalid="true" aria-describedby="{field}-fault"' in page
    assert f'id="{field}-fault">{said}' in page
    assert 'name="opens-0-0" value="08:00"' in page
    assert "<script>" not in page.replace("<script type", "")
    assert hours(desk.engine, desk.team) == [(4, "09:00", "10:00")]


async def test_availability_follows_at_once(desk: Desk, lead: Colleague, engine: Engine) -> None:
    monday = datetime(2026, 5, 4, 9, 0, tzinfo=TOWN_TIME)
    person = desk.add_caseworker()
    with engine.begin() as connection:
        report_presence(connection, person, status="available", at=monday)

    def is_open(at: datetime) -> bool:
        with engine.connect() as connection:
            concern = Concern(service_id=None, language="de", land="NI")
            found = find_availability(connection, concern, rules=RULES, at=at.astimezone(UTC))
        assert found is not None
        return found.is_open

    assert is_open(monday)
    await send(lead, desk.team, {"opens-0-0": "10:00", "closes-0-0": "12:00"})
    assert not is_open(monday)
    await send(lead, desk.team, {"opens-0-0": "09:00", "closes-0-0": "12:00"})
    assert is_open(monday)
    await send(lead, desk.team, {})
    assert is_open(monday)


async def test_leads_set_those_of_their_teams_and_admins_all(
    desk: Desk, lead: Colleague, add_colleague: AddColleague, engine: Engine
) -> None:
    other = desk.add_team("bauamt")
    assert "bauamt" not in await lead.page("/desk/hours")
    assert await lead.status(f"/desk/hours/{other}") == 404
    assert (await send(lead, other, MORNING))[0] == 404
    assert hours(engine, other) == []
    admin = await add_colleague("admin", "admin", teams=())
    assert "bauamt" in await admin.page("/desk/hours")
    assert (await send(admin, other, MORNING))[0] == 303
    assert hours(engine, other) == [(0, "08:00", "12:00")]
    assert (await send(admin, 999, MORNING))[0] == 404


@pytest.mark.parametrize("role", ["caseworker", "editor", "auditor"])
async def test_others_do_not(desk: Desk, add_colleague: AddColleague, engine: Engine, role: str) -> None:
    person = await add_colleague("andere", role)
    for path in ("/desk/hours", f"/desk/hours/{desk.team}"):
        assert await person.status(path) == 403
    token = await person.browser.csrf("/staff")
    data = MORNING | {"csrf": token}
    assert (await person.browser.send("POST", f"/desk/hours/{desk.team}", data=data)).status == 403
    assert hours(engine, desk.team) == []


async def test_forged_form_does_nothing(desk: Desk, lead: Colleague, engine: Engine) -> None:
    data = MORNING | {"csrf": "0" * 64}
    assert (await lead.browser.send("POST", f"/desk/hours/{desk.team}", data=data)).status == 403
    assert hours(engine, desk.team) == []
