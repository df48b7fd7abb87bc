from datetime import timedelta

import pytest

from bot.conversations import claims
from bot.conversations.handoffs import leave_handoff
from bot.conversations.presence import end_presence, is_present, list_present, report_presence
from bot.conversations.waiting import Place, estimate_minutes, list_durations, list_places
from bot.staff.people import deactivate
from tests.conversations.desk import AT, Desk
from tests.conversations.test_claims import claimed, says

MINUTE = 60.0


@pytest.mark.parametrize(
    ("position", "present", "free", "minutes"),
    [
        (1, 1, 0, 10),
        (2, 1, 0, 20),
        (3, 2, 1, 10),  # one is free and takes the first; two ends of two people are ten minutes
        (1, 1, 1, 1),  # somebody is free: as soon as they see it
        (1, 3, 0, 4),  # rounded up
    ],
)
def test_wait_follows_from_handling_times_and_who_is_there(
    position: int, present: int, free: int, minutes: int
) -> None:
    assert estimate_minutes(position, durations=[10 * MINUTE] * 5, present=present, free=free) == minutes


def test_nothing_is_said_without_figures_or_without_anybody_there() -> None:
    assert estimate_minutes(1, durations=[600.0] * 4, present=2, free=0) is None
    assert estimate_minutes(1, durations=[600.0] * 9, present=0, free=0) is None


def finish(desk: Desk, staff_id: int, *, minutes: float, start: float = 0) -> None:
    handoff = desk.wait(at=AT + timedelta(minutes=start))
    with desk.engine.begin() as connection:
        claims.claim(connection, handoff.id, desk.deed(staff_id, minutes=start))
        ending = claims.Ending(outcome="solved", compose=says("Ende"))
        claims.close(connection, handoff.id, desk.deed(staff_id, minutes=start + minutes), ending=ending)


def test_places_come_from_the_teams_own_recent_figures(desk: Desk) -> None:
    anna = desk.add_caseworker(languages=("de", "en"))
    for _ in range(5):
        finish(desk, anna, minutes=6)
    finish(desk, anna, minutes=600, start=-100_000)  # long ago
    claimed(desk, anna)
    first, second = desk.wait(), desk.wait(at=AT + timedelta(minutes=1), language="en")
    with desk.engine.begin() as connection:
        places = list_places(connection, desk.team, at=AT, seen_since=AT - timedelta(seconds=60))
        assert places == {
            first.conversation_id: Place(position=1, minutes=6),
            second.conversation_id: Place(position=2, minutes=12),
        }
        end_presence(connection, anna)
        gone = list_places(connection, desk.team, at=AT, seen_since=AT - timedelta(seconds=60))
    assert gone[first.conversation_id] == Place(position=1, minutes=None)


def test_only_those_who_speak_the_language_are_counted_on(desk: Desk) -> None:
    anna = desk.add_caseworker(languages=("de",))
    for _ in range(5):
        finish(desk, anna, minutes=6)
    english = desk.wait(language="en")
    with desk.engine.connect() as connection:
        places = list_places(connection, desk.team, at=AT, seen_since=AT)
    assert places == {english.conversation_id: Place(position=1, minutes=None)}


def test_durations_are_those_of_this_team_newest_first_also_where_the_citizen_left(desk: Desk) -> None:
    anna = desk.add_caseworker()
    finish(desk, anna, minutes=3)
    handoff = claimed(desk, anna)
    never_claimed = desk.wait()
    other = desk.wait(team_id=desk.add_team("bauamt"))
    with desk.engine.begin() as connection:
        leave_handoff(connection, handoff.conversation_id, at=AT + timedelta(minutes=11))
        leave_handoff(connection, never_claimed.conversation_id, at=AT + timedelta(minutes=11))
        leave_handoff(connection, other.conversation_id, at=AT + timedelta(minutes=12))
        assert list_durations(connection, desk.team, since=AT) == (10 * MINUTE, 3 * MINUTE)


def test_present_is_who_was_seen_is_available_is_of_the_team_and_active(desk: Desk) -> None:
    there = desk.add_caseworker(languages=("de", "en"))
    desk.add_caseworker(seen_at=AT - timedelta(minutes=2))
    desk.add_caseworker(desk.add_team("bauamt"))
    away, gone, deactivated = (desk.add_caseworker() for _ in range(3))
    with desk.engine.begin() as connection:
        report_presence(connection, away, status="away", at=AT)
        end_presence(connection, gone)
        deactivate(connection, deactivated, at=AT)
        assert list_present(connection, desk.team, since=AT) == {there}
        assert list_present(connection, desk.team, since=AT, language="en") == {there}
        assert list_present(connection, desk.team, since=AT + timedelta(seconds=1)) == frozenset()
        assert is_present(connection, there, since=AT, teams=[desk.team])
        assert not is_present(connection, away, since=AT, teams=[desk.team])
        assert not is_present(connection, deactivated, since=AT, teams=[desk.team])
