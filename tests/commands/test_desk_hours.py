"""`team hours …`."""

import json

import pytest
from sqlalchemy import Engine

from bot.__main__ import USAGE, main
from bot.catalogue.importers.table_words import load_words
from bot.commands.desk_hours import read_week
from bot.conversations.desk_hours import list_hours, write_week
from bot.errors import InputError
from bot.staff.audit import read_entries
from bot.staff.teams import add_team


@pytest.fixture
def team(database_url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("STADTLOTSE_DATABASE_URL", database_url)
    with engine.begin() as connection:
        return add_team(connection, "buergerservice", names={"de": "Bürgerservice"})


def stored(engine: Engine, team: int) -> list[str]:
    with engine.connect() as connection:
        return write_week(list_hours(connection, team))


@pytest.mark.parametrize(
    ("text", "week"),
    [
        ("Mo 8-12", ["Mo 08:00-12:00"]),
        ("Mo-Mi 8-12, Do 14-18", [f"{day} 08:00-12:00" for day in ("Mo", "Tu", "We")] + ["Th 14:00-18:00"]),
        ("Do 8-12, Do 14-18", ["Th 08:00-12:00", "Th 14:00-18:00"]),
        ("Mo, Mi 8-12 Uhr, Fr 8-11:30 Uhr", ["Mo 08:00-12:00", "We 08:00-12:00", "Fr 08:00-11:30"]),
        ("Mo 13-16, 8-12", ["Mo 08:00-12:00", "Mo 13:00-16:00"]),
        ("Montag bis Dienstag 8 bis 12 Uhr; Fr 9-10", ["Mo 08:00-12:00", "Tu 08:00-12:00", "Fr 09:00-10:00"]),
        ("Mon-Tue 8-12\nSat 9-10", ["Mo 08:00-12:00", "Tu 08:00-12:00", "Sa 09:00-10:00"]),
    ],
)
def test_hours_are_read_as_people_type_them(text: str, week: list[str]) -> None:
    assert write_week(read_week(text, load_words())) == week


@pytest.mark.parametrize("text", ["", "immer", "Mo", "8-12", "Mo 12-8", "Mo 8-25", "Mo 8-12, irgendwann"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="cannot be read as hours"):
        read_week(text, load_words())


def test_hours_are_set_and_shown(team: int, engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["team", "hours", "buergerservice"]) == 0
    assert capsys.readouterr().out == "no hours: open whenever somebody is there\n"
    assert main(["team", "hours", "buergerservice", "Mo-Di 8-12, Do 14-18"]) == 0
    shown = "Mo 08:00-12:00\nDi 08:00-12:00\nDo 14:00-18:00\n"
    assert capsys.readouterr().out == f"set the hours of buergerservice:\n{shown}"
    assert stored(engine, team) == ["Mo 08:00-12:00", "Tu 08:00-12:00", "Th 14:00-18:00"]
    assert main(["team", "hours", "buergerservice", shown]) == 0  # what is printed can be read again
    assert capsys.readouterr().out == f"buergerservice has these hours already:\n{shown}"
    assert main(["team", "hours", "buergerservice", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["hours"] == stored(engine, team)
    with engine.connect() as connection:
        [entry] = [entry for entry in read_entries(connection) if entry.object == f"team {team}"]
    assert (entry.name, entry.action, entry.details["hours"][1]) == ("command line", "changed", stored(engine, team))


def test_hours_are_taken_away(team: int, engine: Engine) -> None:
    assert main(["team", "hours", "buergerservice", "Mo 8-12"]) == 0
    assert main(["team", "hours", "buergerservice", "-"]) == 0
    assert stored(engine, team) == []


def test_dry_run_changes_nothing(team: int, engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["team", "hours", "buergerservice", "Mo 8-12", "--dry-run"]) == 0
    assert capsys.readouterr().out == "would set the hours of buergerservice:\nMo 08:00-12:00\n"
    assert stored(engine, team) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["buergeramt", "Mo 8-12"], "Teams are: buergerservice"),
        (["buergerservice", "immer"], "write them like"),
        (["buergerservice", "Mo 8-12, Mo 11-14"], "overlap"),
    ],
)
def test_mistakes_are_named(
    team: int, engine: Engine, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(["team", "hours", *arguments]) == USAGE
    assert said in capsys.readouterr().err
    assert stored(engine, team) == []
