from datetime import timedelta

import pytest

from bot.conversations import queries
from bot.conversations.handoffs import (
    Wish,
    find_handoff,
    find_open_handoff,
    leave_handoff,
    list_events,
    list_handoffs,
    list_queue,
    request_handoff,
)
from bot.conversations.records import StoredMessage
from bot.errors import ConversationBusyError
from tests.conversations.desk import AT, Desk


def test_wish_puts_the_conversation_into_the_queue(desk: Desk) -> None:
    handoff = desk.wait("Guten Tag", "Einen Menschen, bitte", service_id="personalausweis")
    assert (handoff.state, handoff.assignee_id, handoff.service_id) == ("waiting", None, "personalausweis")
    assert desk.read(handoff.conversation_id).mode == "waiting"
    with desk.engine.connect() as connection:
        assert list_queue(connection, desk.team) == (handoff,)
        assert find_open_handoff(connection, handoff.conversation_id) == handoff


@pytest.mark.parametrize(("shows_history", "shown_from"), [(True, 1), (False, 3)])
def test_what_was_said_before_is_shown_only_with_consent(desk: Desk, shows_history: bool, shown_from: int) -> None:
    assert desk.wait("eins", "zwei", shows_history=shows_history).shown_from == shown_from


def test_second_wish_while_one_is_open_is_refused(desk: Desk) -> None:
    handoff = desk.wait()
    wish = Wish(team_id=desk.team, reason="button", service_id=None, shows_history=True, at=AT)
    conversation = desk.read(handoff.conversation_id)
    with pytest.raises(ConversationBusyError), desk.engine.begin() as connection:
        request_handoff(connection, conversation, wish)
    with desk.engine.connect() as connection:
        assert list_handoffs(connection, conversation.id) == (handoff,)


def test_emergency_goes_first_then_who_came_first(desk: Desk) -> None:
    earlier = desk.wait(at=AT + timedelta(minutes=1))
    later = desk.wait(at=AT + timedelta(minutes=2))
    crisis = desk.wait(at=AT + timedelta(minutes=3), reason="crisis")
    other = desk.wait(team_id=desk.add_team("bauamt"))
    with desk.engine.connect() as connection:
        assert [handoff.id for handoff in list_queue(connection, desk.team)] == [crisis.id, earlier.id, later.id]
        assert [handoff.id for handoff in list_queue(connection, other.team_id)] == [other.id]


def test_who_leaves_the_queue_is_with_the_bot_again_and_may_come_back(desk: Desk) -> None:
    handoff = desk.wait()
    with desk.engine.begin() as connection:
        left = leave_handoff(connection, handoff.conversation_id, at=AT + timedelta(minutes=4))
    assert left is not None
    assert (left.state, left.closed_at) == ("left", AT + timedelta(minutes=4))
    conversation = desk.read(handoff.conversation_id)
    assert conversation.mode == "bot"
    with desk.engine.begin() as connection:
        assert list_queue(connection, desk.team) == ()
        assert [event.kind for event in list_events(connection, handoff.id)] == ["leave"]
        assert leave_handoff(connection, handoff.conversation_id, at=AT) is None
        wish = Wish(team_id=desk.team, reason="button", service_id=None, shows_history=True, at=AT)
        again = request_handoff(connection, conversation, wish)
    assert again.id > handoff.id


def test_erasing_the_conversation_erases_the_handoff(desk: Desk) -> None:
    handoff = desk.wait()
    with desk.engine.begin() as connection:
        queries.delete_conversation(connection, handoff.conversation_id)
    with desk.engine.connect() as connection:
        assert find_handoff(connection, handoff.id) is None
        assert list_queue(connection, desk.team) == ()
    assert desk.wait().id > handoff.id  # an id is never given twice


def test_bots_answer_is_refused_when_the_mode_changed_meanwhile(desk: Desk) -> None:
    conversation = desk.begin()
    wish = Wish(team_id=desk.team, reason="button", service_id=None, shows_history=True, at=AT)
    with desk.engine.begin() as connection:
        request_handoff(connection, conversation, wish)
    answer = StoredMessage(number=2, role="bot", language="de", text="Zu spät", at=AT)
    with pytest.raises(ConversationBusyError), desk.engine.begin() as connection:
        queries.add_message(connection, conversation, answer)
