"""Who could answer at a moment: hours, holidays, presence, languages, teams."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from bot.conversations.desk_hours import set_hours
from bot.conversations.presence import end_presence, report_presence
from bot.conversations.working_time import Hours
from bot.staff.people import NewStaff, add_staff
from bot.staff.teams import add_team, set_teams
from bot.web.chat.availability import Availability, Concern, DeskRules, find_availability
from tests.catalogue.exporters.records import FULL
from tests.web.test_services import put_services

BERLIN = ZoneInfo("Europe/Berlin")
RULES = DeskRules(presence=timedelta(seconds=60), request_time=timedelta(hours=4))
WEEK = [Hours(weekday=day, opens=time(8), closes=time(16)) for day in range(5)]
MONDAY = datetime(2026, 5, 4, 9, 0, tzinfo=BERLIN)
HOLIDAY = datetime(2026, 5, 14, 9, 0, tzinfo=BERLIN)  # Ascension Day, everywhere
CORPUS_CHRISTI = datetime(2026, 6, 4, 9, 0, tzinfo=BERLIN)  # in some Länder
GENERAL = Concern(service_id=None, language="de", land="NI")


class Town:
    """A town with teams and caseworkers."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.people = 0

    def team(self, key: str, *, offices: tuple[str, ...] = (), fallback: bool = False, hours: bool = True) -> int:
        with self.engine.begin() as connection:
            team_id = add_team(connection, key, names={"de": key}, offices=offices, fallback=fallback)
            set_hours(connection, team_id, WEEK if hours else [])
            return team_id

    def person(self, *teams: int, languages: tuple[str, ...] = ("de",)) -> int:
        self.people += 1
        with self.engine.begin() as connection:
            new = NewStaff(name=f"person{self.people}", roles=["caseworker"], languages=languages)
            staff_id = add_staff(connection, new, at=datetime.now(UTC))
            set_teams(connection, staff_id, teams)
            return staff_id

    def seen(self, staff_id: int, at: datetime, *, status: str = "available") -> None:
        with self.engine.begin() as connection:
            report_presence(connection, staff_id, status=status, at=at)

    def at(self, moment: datetime, concern: Concern = GENERAL) -> Availability | None:
        with self.engine.connect() as connection:
            return find_availability(connection, concern, rules=RULES, at=moment.astimezone(UTC))


@pytest.fixture
def town(engine: Engine) -> Town:
    return Town(engine)


def test_town_without_teams_or_members_has_no_desk(town: Town) -> None:
    assert town.at(MONDAY) is None
    team = town.team("service", fallback=True)
    assert town.at(MONDAY) is None
    town.person(team)
    assert town.at(MONDAY) is not None


def test_open_is_within_hours_with_somebody_there(town: Town) -> None:
    anna = town.person(town.team("service", fallback=True))
    for hour, is_open in ((7, False), (8, True), (15, True), (16, False)):
        moment = MONDAY.replace(hour=hour)
        town.seen(anna, moment)
        found = town.at(moment)
        assert found is not None
        assert found.is_open == is_open, hour


@pytest.mark.parametrize("how", ["never", "long ago", "away", "left"])
def test_within_hours_without_anybody_is_not_open(town: Town, how: str) -> None:
    anna = town.person(town.team("service", fallback=True))
    if how != "never":
        town.seen(
            anna,
            MONDAY - timedelta(minutes=2 if how == "long ago" else 0),
            status="away" if how == "away" else "available",
        )
    if how == "left":
        with town.engine.begin() as connection:
            end_presence(connection, anna)
    found = town.at(MONDAY)
    assert found is not None
    assert not found.is_open


def test_next_opening_and_due_date_are_named_when_closed(town: Town) -> None:
    town.person(town.team("service", fallback=True))
    found = town.at(MONDAY.replace(day=8, hour=17))  # Friday evening
    assert found is not None
    assert found.opens == datetime(2026, 5, 11, 8, 0, tzinfo=BERLIN)
    assert found.due_at == datetime(2026, 5, 11, 12, 0, tzinfo=BERLIN)


def test_public_holiday_is_closed_and_not_worked_on(town: Town) -> None:
    anna = town.person(town.team("service", fallback=True))
    town.seen(anna, HOLIDAY)
    found = town.at(HOLIDAY)
    assert found is not None
    assert not found.is_open
    assert found.opens == datetime(2026, 5, 15, 8, 0, tzinfo=BERLIN)
    assert found.due_at == datetime(2026, 5, 15, 12, 0, tzinfo=BERLIN)


def test_holiday_of_another_land_is_none_here(town: Town) -> None:
    anna = town.person(town.team("service", fallback=True))
    town.seen(anna, CORPUS_CHRISTI)
    here = town.at(CORPUS_CHRISTI)
    there = town.at(CORPUS_CHRISTI, Concern(service_id=None, language="de", land="NW"))
    assert (here and here.is_open, there and there.is_open) == (True, False)


def test_without_recorded_hours_presence_alone_counts(town: Town) -> None:
    anna = town.person(town.team("service", fallback=True, hours=False))
    night = MONDAY.replace(hour=3)
    town.seen(anna, night)
    found = town.at(night)
    assert found is not None
    assert (found.is_open, found.opens) == (True, None)


def test_language_has_to_be_spoken(town: Town) -> None:
    anna = town.person(town.team("service", fallback=True), languages=("de",))
    town.seen(anna, MONDAY)
    english = town.at(MONDAY, Concern(service_id=None, language="en", land="NI"))
    assert english is not None
    assert not english.is_open


def test_team_of_the_services_office_goes_first_and_the_fallback_steps_in(town: Town, database_url: str) -> None:
    put_services(database_url, FULL)
    office = FULL.offices[0].office_id
    building, general = town.team("bauamt", offices=(office,)), town.team("service", fallback=True)
    ben, anna = town.person(building), town.person(general)
    concern = Concern(service_id=FULL.id, language="de", land="NI")
    town.seen(anna, MONDAY)
    stepping_in = town.at(MONDAY, concern)
    town.seen(ben, MONDAY)
    responsible = town.at(MONDAY, concern)
    assert stepping_in is not None
    assert responsible is not None
    assert (stepping_in.team_id, stepping_in.is_open) == (general, True)
    assert (responsible.team_id, responsible.is_open) == (building, True)
    closed = town.at(MONDAY.replace(hour=20), concern)
    assert closed is not None
    assert (closed.team_id, closed.is_open) == (building, False)  # the request goes to who is responsible
    elsewhere = town.at(MONDAY, Concern(service_id="unknown", language="de", land="NI"))
    assert elsewhere is not None
    assert elsewhere.team_id == general


def test_responsible_team_without_members_is_passed_over(town: Town, database_url: str) -> None:
    put_services(database_url, FULL)
    town.team("bauamt", offices=(FULL.offices[0].office_id,))
    general = town.team("service", fallback=True)
    town.person(general)
    found = town.at(MONDAY, Concern(service_id=FULL.id, language="de", land="NI"))
    assert found is not None
    assert found.team_id == general
