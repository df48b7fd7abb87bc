from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from bot.errors import NotFoundError
from bot.staff import administration, people, sessions
from bot.staff.administration import Profile, TeamProfile
from bot.staff.audit import COMMAND_LINE
from bot.staff.faults import FaultError
from bot.staff.people import NewStaff, find_account_by_name
from bot.staff.sessions import Limits
from bot.staff.teams import add_team, change_team, find_team, list_teams, responsible_team, set_teams

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LIMITS = Limits(idle=timedelta(minutes=30), length=timedelta(hours=12))


def hire(engine: Engine, name: str, *roles: str) -> int:
    with engine.begin() as connection:
        return people.add_staff(connection, NewStaff(name=name, roles=roles or ("caseworker",)), at=NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["h.sommer", "H.Sommer ", "müller", "a", "h.sommer@auenfurt.example", "x" * 80])
def test_names_are_taken_in_small_letters(engine: Engine, name: str) -> None:
    hire(engine, name)
    with engine.connect() as connection:
        account = find_account_by_name(connection, name.upper())
    assert account is not None
    assert account.staff.name == name.strip().lower()


@pytest.mark.parametrize("name", ["", " ", "a b", ".a", "a.", "x" * 81, "a\nb", "a\0", "<b>", "٣", "a/b", "=1+1"])
def test_other_names_are_refused(engine: Engine, name: str) -> None:
    with pytest.raises(FaultError) as refused:
        hire(engine, name)
    assert refused.value.fault == "name"


def test_the_last_admin_stays_one(engine: Engine) -> None:
    first, second = hire(engine, "eins", "admin"), hire(engine, "zwei", "admin", "lead")
    with engine.begin() as connection:
        assert people.deactivate(connection, first, at=NOW)
        for act in (
            lambda: people.deactivate(connection, second, at=NOW),
            lambda: people.set_roles(connection, second, {"lead"}),
        ):
            with pytest.raises(FaultError) as refused:
                act()
            assert refused.value.fault == "only_admin"
        assert people.activate(connection, first)
        assert people.set_roles(connection, second, {"lead"})


def test_changed_roles_end_sessions_and_the_same_roles_do_not(engine: Engine) -> None:
    staff_id = hire(engine, "h.sommer", "lead")
    with engine.begin() as connection:
        token = sessions.open_session(connection, staff_id, complete=True, browser="", at=NOW)
        assert not people.set_roles(connection, staff_id, {"lead"})
        assert sessions.find_session(connection, token, at=NOW, limits=LIMITS) is not None
        assert people.set_roles(connection, staff_id, {"lead", "editor"})
        assert sessions.find_session(connection, token, at=NOW, limits=LIMITS) is None


def test_sessions_that_are_over_are_cleared(engine: Engine) -> None:
    staff_id = hire(engine, "h.sommer")
    with engine.begin() as connection:
        old = sessions.open_session(connection, staff_id, complete=True, browser="", at=NOW - timedelta(hours=1))
        half = sessions.open_session(connection, staff_id, complete=False, browser="", at=NOW - timedelta(minutes=11))
        new = sessions.open_session(connection, staff_id, complete=True, browser="", at=NOW)
        found = [sessions.find_session(connection, token, at=NOW, limits=LIMITS) for token in (old, half, new)]
        assert [session is not None for session in found] == [False, False, True]
        assert sessions.clear_sessions(connection, at=NOW, limits=LIMITS) == 2


def test_main_office_decides_the_team_else_the_fallback(engine: Engine) -> None:
    with engine.begin() as connection:
        assert responsible_team(connection, ["rathaus"]) is None
        everything = add_team(connection, "alles", names={"de": "Alles"}, fallback=True)
        kita = add_team(connection, "kita", names={"de": "Kita", "en": "Nursery"}, offices=["jugendamt"])
        cars = add_team(connection, "kfz", names={"de": "Kfz"}, offices=["zulassung", "rathaus"])

        def team_for(*offices: str) -> int:
            team = responsible_team(connection, offices)
            assert team is not None
            return team.id

        assert team_for("jugendamt", "rathaus") == kita
        assert team_for("rathaus", "jugendamt") == cars
        assert team_for("unbekannt", "jugendamt") == kita
        assert team_for("unbekannt") == everything
        assert team_for() == everything


def test_a_new_fallback_takes_the_place_of_the_old(engine: Engine) -> None:
    with engine.begin() as connection:
        one = add_team(connection, "eins", names={"de": "Eins"}, fallback=True)
        add_team(connection, "zwei", names={"de": "Zwei"}, fallback=True)
        change_team(connection, one, names={"en": "One"}, offices=["b", "a", "a"], fallback=True)
        assert [(team.key, team.fallback) for team in list_teams(connection)] == [("eins", True), ("zwei", False)]
        team = find_team(connection, one)
    assert team is not None
    assert (team.name("de"), team.offices) == ("One", {"a", "b"})


def test_what_cannot_be_done_with_teams_is_refused(engine: Engine) -> None:
    staff_id = hire(engine, "h.sommer")
    for key, names, fault in (
        ("Ä", {"de": "x"}, "key"),
        ("x", {"de": " "}, "team_name"),
        ("x", {"de": "a\nb"}, "display_name"),
    ):
        with pytest.raises(FaultError) as refused, engine.begin() as connection:
            add_team(connection, key, names=names)  # type: ignore[arg-type]
        assert refused.value.fault == fault
    with pytest.raises(NotFoundError), engine.begin() as connection:
        set_teams(connection, staff_id, {99})
    with pytest.raises(NotFoundError), engine.begin() as connection:
        change_team(connection, 99, names={"de": "x"}, offices=(), fallback=False)


def test_a_change_that_fails_changes_nothing(engine: Engine) -> None:
    staff_id = hire(engine, "h.sommer")
    profile = Profile(display_name="Frau Sommer", roles=frozenset({"lead"}), teams=frozenset({99}))
    with pytest.raises(NotFoundError), engine.begin() as connection:
        administration.change(connection, COMMAND_LINE, staff_id, profile)
    with engine.connect() as connection:
        account = find_account_by_name(connection, "h.sommer")
    assert account is not None
    assert (account.staff.display_name, account.staff.roles) == ("h.sommer", {"caseworker"})


def test_members_are_seen_from_both_sides(engine: Engine) -> None:
    with engine.begin() as connection:
        team = administration.add_team(
            connection, COMMAND_LINE, "kita", TeamProfile(names={"de": "Kita"}, offices=frozenset(), fallback=False)
        )
        new = NewStaff(name="h.sommer", roles=("lead",), languages=("en", "de"))
        staff_id = administration.add(connection, COMMAND_LINE, new, team_ids=[team, team], at=NOW)
        account = people.need_account(connection, staff_id)
        assert account.staff.teams == {team}
        assert account.staff.languages == ("de", "en")
        assert list_teams(connection)[0].members == {staff_id}
        assert account.staff.may("lead", "admin")
        assert not account.staff.may("admin")
