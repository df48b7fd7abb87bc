"""The clock of the machine is set back or forward by an hour while people wait and work."""

from datetime import UTC, datetime, timedelta

from bot.conversations import claims, queries
from bot.conversations.handoffs import list_queue
from bot.conversations.presence import is_present, list_present, report_presence
from bot.conversations.records import StoredMessage
from bot.conversations.waiting import list_durations, list_places
from bot.conversations.working_time import OFFICE_WEEK, add_working_time
from tests.conversations.desk import AT, Desk
from tests.conversations.test_claims import says

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def test_who_came_first_is_first_whatever_the_clock_said(desk: Desk) -> None:
    waiting = [desk.wait(at=at) for at in (AT, AT - HOUR, AT + HOUR)]
    urgent = desk.wait(at=AT - HOUR, reason="crisis")
    with desk.engine.connect() as connection:
        assert [handoff.id for handoff in list_queue(connection, desk.team)] == [
            urgent.id,
            *(handoff.id for handoff in waiting),
        ]
        places = list_places(connection, desk.team, at=AT - HOUR, seen_since=AT - HOUR)
    assert [places[handoff.conversation_id].position for handoff in waiting] == [2, 3, 4]


def test_who_has_gone_is_not_present_for_an_hour_after_the_clock_was_set_back(desk: Desk) -> None:
    now = datetime.now(UTC)
    gone = desk.add_caseworker(seen_at=now + HOUR)
    there = desk.add_caseworker(seen_at=now + HOUR)
    other_machine = desk.add_caseworker(seen_at=now + MINUTE)
    with desk.engine.begin() as connection:
        report_presence(connection, there, status="available", at=now)
        assert list_present(connection, desk.team, since=now - MINUTE) == {there, other_machine}
        assert not is_present(connection, gone, since=now - MINUTE, teams=[desk.team])


def test_who_is_there_is_present_again_with_the_first_sign_of_life_after_a_jump_forward(desk: Desk) -> None:
    anna = desk.add_caseworker(seen_at=AT)
    with desk.engine.begin() as connection:
        assert list_present(connection, desk.team, since=AT + HOUR - MINUTE) == frozenset()
        report_presence(connection, anna, status="available", at=AT + HOUR)
        assert list_present(connection, desk.team, since=AT + HOUR - MINUTE) == {anna}


def test_conversation_that_ended_before_it_began_is_no_figure(desk: Desk) -> None:
    anna = desk.add_caseworker()
    for minutes in (5, -60, 7):
        handoff = desk.wait()
        with desk.engine.begin() as connection:
            claims.claim(connection, handoff.id, desk.deed(anna, minutes=0))
            ending = claims.Ending(outcome="solved", compose=says("Ende"))
            claims.close(connection, handoff.id, desk.deed(anna, minutes=minutes), ending=ending)
    with desk.engine.connect() as connection:
        assert list_durations(connection, desk.team, since=AT - 2 * HOUR) == (7 * 60.0, 5 * 60.0)


def test_messages_stay_in_the_order_in_which_they_came(desk: Desk) -> None:
    conversation = desk.begin("eins")
    with desk.engine.begin() as connection:
        for text, at in (("zwei", AT + HOUR), ("drei", AT - HOUR), ("vier", AT)):
            number = conversation.last_number + 1
            message = StoredMessage(number=number, role="citizen", language="de", text=text, at=at)
            conversation = queries.add_message(connection, conversation, message)
        messages = queries.list_messages(connection, conversation.id)
    assert [message.text for message in messages] == ["eins", "zwei", "drei", "vier"]


def test_handoff_can_be_claimed_written_in_and_closed_before_it_was_asked_for(desk: Desk) -> None:
    anna = desk.add_caseworker()
    handoff = desk.wait(at=AT)
    with desk.engine.begin() as connection:
        for minutes, move in ((-60, claims.claim), (-59, claims.release), (-58, claims.claim)):
            move(connection, handoff.id, desk.deed(anna, minutes=minutes))
        claims.write(connection, handoff.id, desk.deed(anna, minutes=-57), compose=says("Guten Tag"))
        ending = claims.Ending(outcome="solved", compose=says("Ende"))
        closed, _ = claims.close(connection, handoff.id, desk.deed(anna, minutes=-56), ending=ending)
    assert closed.state == "closed"


def test_due_date_follows_from_the_moment_it_is_asked_for_and_stays(desk: Desk) -> None:
    monday = AT.replace(hour=12)
    for jump in (-HOUR, timedelta(0), HOUR):
        due = add_working_time(monday + jump, 2 * HOUR, week=OFFICE_WEEK, is_holiday=lambda _: False)
        assert due == monday + jump + 2 * HOUR
