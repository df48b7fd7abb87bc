"""The page of figures, and the same as a file."""

import csv
import io
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import Engine

from bot.catalogue.validity import TOWN_TIME, town_today
from bot.conversations import claims
from bot.conversations.figures import Figures
from bot.conversations.handoffs import leave_handoff
from bot.staff.audit import read_entries
from bot.web.desk.statistics_csv import write_csv
from bot.web.desk.statistics_rows import Row, format_seconds, percent
from tests.conversations.desk import Desk
from tests.conversations.test_claims import says
from tests.web.desk_pages.conftest import AddColleague, Colleague

PAGE = "/desk/statistics"
EXPORT = f"{PAGE}/export.csv"
DAY = "?since=2026-05-04&until=2026-05-04"


def handle(desk: Desk, *, day: date, people: list[int], team: int | None = None) -> None:
    """Each takes one after 90 seconds and closes it ten minutes later."""
    at = datetime.combine(day, time(9), TOWN_TIME).astimezone(UTC)
    teams = frozenset({team or desk.team})
    for person in people:
        waiting = desk.wait(at=at, team_id=team or desk.team)
        with desk.engine.begin() as connection:
            deed = claims.Deed(staff_id=person, teams=teams, at=at + timedelta(seconds=90))
            claims.claim(connection, waiting.id, deed)
            deed = claims.Deed(staff_id=person, teams=teams, at=at + timedelta(seconds=690))
            claims.close(connection, waiting.id, deed, ending=claims.Ending(outcome="solved", compose=says("Ende")))


async def rows(person: Colleague, query: str) -> list[dict[str, str]]:
    response = await person.browser.get(EXPORT + query)
    assert response.status == 200
    return list(csv.DictReader(io.StringIO((await response.read()).decode("utf-8-sig"))))


async def test_figures_of_the_last_four_weeks_are_shown(desk: Desk, anna: Colleague) -> None:
    handle(desk, day=town_today(), people=[anna.id, *(desk.add_caseworker() for _ in range(2))])
    left = desk.wait(at=datetime.now(UTC))
    with desk.engine.begin() as connection:
        leave_handoff(connection, left.conversation_id, at=datetime.now(UTC))
    page = await anna.page(f"{PAGE}?by=team")
    assert f'value="{town_today() - timedelta(days=27)}"' in page
    assert '<th scope="row">Bürgerservice</th>' in page
    for heading, value in (("Wünsche", "4"), ("Ohne Antwort gegangen", "1"), ("90 %", "1 Min. 30 s"), ("Beendet", "3")):
        assert f'data-label="{heading}:">{value}</td>' in page, heading
    assert 'data-label="Mitte:">10 Min. 0 s' in page
    assert '3 <span class="quiet">(100 %)</span>' in page
    assert page.count("Was diese Zahlen bedeuten") == 5


async def test_file_says_the_same_and_is_recorded(desk: Desk, anna: Colleague, engine: Engine) -> None:
    handle(desk, day=date(2026, 5, 4), people=[anna.id, *(desk.add_caseworker() for _ in range(2))])
    [row] = await rows(anna, f"{DAY}&by=day")
    assert (row["Wünsche"], row["Wartezeit 90 % (s)"], row["Bearbeitungszeit Mitte (s)"]) == ("3", "90", "600")
    assert (row["Geklärt"], row["Hat geholfen"], row["Anliegen"]) == ("3", "0", "0")
    with engine.connect() as connection:
        entry = list(read_entries(connection))[-1]
    assert (entry.name, entry.action, entry.object) == ("anna", "exported", "statistics")
    assert entry.details == {"format": "csv", "since": "2026-05-04", "until": "2026-05-04", "team": "", "by": "day"}


async def test_weeks_and_days_have_a_row_each_and_one_for_all(desk: Desk, anna: Colleague) -> None:
    query = "?since=2026-04-29&until=2026-05-12"
    handle(desk, day=date(2026, 5, 4), people=[anna.id])
    weeks = await rows(anna, f"{query}&by=week")
    assert [row[""] for row in weeks] == [
        "KW 18 (29.04. bis 03.05.)",
        "KW 19 (04.05. bis 10.05.)",
        "KW 20 (11.05. bis 12.05.)",
        "insgesamt",
    ]
    assert [row["Wünsche"] for row in weeks] == ["0", "1", "0", "1"]
    assert len(await rows(anna, f"{query}&by=day")) == 15


async def test_how_few_people_work_is_neither_shown_nor_exported(desk: Desk, anna: Colleague) -> None:
    handle(desk, day=date(2026, 5, 4), people=[anna.id, desk.add_caseworker()])
    page = await anna.page(f"{PAGE}{DAY}&by=team")
    assert page.count("nicht gezeigt") == 5
    assert "10 Min." not in page
    [row] = await rows(anna, f"{DAY}&by=team")
    assert (row["Wünsche"], row["Geklärt"]) == ("2", "2")
    assert (row["Bearbeitungszeit Mitte (s)"], row["Hat geholfen"]) == ("", "")


async def test_only_ones_own_teams_are_shown(desk: Desk, add_colleague: AddColleague, anna: Colleague) -> None:
    other = desk.add_team("bauamt")
    handle(desk, day=date(2026, 5, 4), people=[anna.id], team=other)
    assert "bauamt" not in await anna.page(f"{PAGE}{DAY}&by=team")
    assert [row["Wünsche"] for row in await rows(anna, f"{DAY}&by=team")] == ["0"]
    response = await anna.browser.get(f"{PAGE}{DAY}&team={other}")
    assert response.status == 422
    assert "Dieses Team gibt es nicht" in await response.text()
    assert (await anna.browser.get(f"{EXPORT}{DAY}&team={other}")).status == 422
    both = await add_colleague("beide", "lead", teams=(desk.team, other))
    assert [row["Wünsche"] for row in await rows(both, f"{DAY}&by=team")] == ["0", "1", "1"]
    assert [row["Wünsche"] for row in await rows(both, f"{DAY}&by=team&team={other}")] == ["1"]
    nobody = await add_colleague("niemand", teams=())
    assert "Sie gehören noch zu keinem Team." in await nobody.page(PAGE)


@pytest.mark.parametrize(
    ("query", "field", "said"),
    [
        ("since=gestern", "since", "Bitte geben Sie den ersten Tag an"),
        ("since=1999-12-31", "since", "Bitte geben Sie den ersten Tag an"),
        ("until=2026-02-30", "until", "Bitte geben Sie den letzten Tag an"),
        ("since=2026-05-02&until=2026-05-01", "since", "Der erste Tag liegt nach dem letzten."),
        ("since=2025-05-01&until=2026-05-31", "since", "Bitte wählen Sie höchstens ein Jahr."),
        ("since=%22%3E%3Cscript%3E", "since", "Bitte geben Sie den ersten Tag an"),
    ],
)
async def test_days_that_cannot_be_used_are_told(anna: Colleague, query: str, field: str, said: str) -> None:
    response = await anna.browser.get(f"{PAGE}?{query}")
    page = await response.text()
    assert response.status == 422
    assert said in page
    assert f'id="{field}"' in page.partition('aria-invalid="true"')[0].rpartition("<input")[2]
    assert "<script>" not in page
    assert (await anna.browser.get(f"{EXPORT}?{query}")).status == 422


@pytest.mark.parametrize("role", ["editor", "admin", "auditor"])
async def test_others_see_no_figures(add_colleague: AddColleague, role: str) -> None:
    person = await add_colleague("andere", role)
    assert await person.status(PAGE) == 403
    assert await person.status(EXPORT) == 403


def test_name_of_a_team_is_no_formula() -> None:
    assert "\r\n'=1+1,0," in write_csv([Row(label="=1+1", figures=Figures())], "de")


def test_durations_and_shares_are_written_for_people() -> None:
    assert [format_seconds(seconds, "de") for seconds in (0, 59, 60, 3_599, 3_600, 90_061)] == [
        "0 s",
        "59 s",
        "1 Min. 0 s",
        "59 Min. 59 s",
        "1 Std. 0 Min.",
        "25 Std. 1 Min.",
    ]
    assert format_seconds(200, "en") == "3 min 20 s"
    assert [percent(1, 3), percent(0, 0), percent(3, 3)] == [33, 0, 100]
