from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from bot.conversations import claims, queries
from bot.conversations.feedback import keep_feedback
from bot.conversations.handoffs import find_handoff, leave_handoff
from bot.conversations.queries import CONVERSATION
from bot.conversations.records import Feedback
from bot.conversations.requests import answer_request, assign_request, read_request
from bot.conversations.retention import (
    count_conversations,
    count_feedback,
    count_requests,
    delete_conversations,
    delete_feedback,
    delete_requests,
)
from bot.errors import NotFoundError
from tests.conversations.desk import AT, Desk
from tests.conversations.test_claims import says
from tests.conversations.test_requests import taken

LATER = AT + timedelta(days=1)


def left(desk: Desk) -> int:
    handoff = desk.wait("Rumpelstilzchen")
    with desk.engine.begin() as connection:
        leave_handoff(connection, handoff.conversation_id, at=AT)
    return handoff.id


def test_old_conversations_go_with_their_handoffs_in_portions(desk: Desk) -> None:
    handoffs = [left(desk) for _ in range(3)]
    with desk.engine.begin() as connection:
        assert count_conversations(connection, before=LATER) == 3
        assert [delete_conversations(connection, before=LATER, limit=2) for _ in range(3)] == [2, 1, 0]
        queries.rewrite_index(connection)
        assert [find_handoff(connection, handoff_id) for handoff_id in handoffs] == [None] * 3
        for table in ("conversation", "message", "handoff", "handoff_event"):
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0


def test_recent_waiting_and_active_conversations_stay(desk: Desk) -> None:
    anna = desk.add_caseworker()
    waiting, active = desk.wait(), desk.wait()
    with desk.engine.begin() as connection:
        claims.claim(connection, active.id, desk.deed(anna))
        claims.write(connection, active.id, desk.deed(anna), compose=says("Guten Tag", staff_id=anna))
        assert count_conversations(connection, before=LATER) == 0
        assert delete_conversations(connection, before=LATER) == 0
        assert delete_conversations(connection, before=AT) == 0
        assert find_handoff(connection, waiting.id) is not None


def test_what_a_citizen_comes_back_to_at_this_moment_stays(desk: Desk) -> None:
    if desk.engine.dialect.name == "sqlite":
        pytest.skip("SQLite lets one writer in at a time")
    old, revived = desk.begin(), desk.begin()
    with desk.engine.begin() as citizen:
        citizen.execute(update(CONVERSATION).where(CONVERSATION.c.id == revived.id).values(last_at=LATER))
        with desk.engine.begin() as connection:
            assert delete_conversations(connection, before=LATER) == 1
    with desk.engine.begin() as connection:
        assert delete_conversations(connection, before=LATER) == 0
        assert connection.scalars(select(CONVERSATION.c.id)).all() == [revived.id]
        assert queries.find_conversation(connection, old.id) is None


def test_request_outlives_its_conversation(desk: Desk) -> None:
    request, _code = taken(desk)
    with desk.engine.begin() as connection:
        assert delete_conversations(connection, before=LATER) == 1
        assert read_request(connection, request.id).conversation_id is None


def test_old_feedback_goes_and_its_answer_stays(desk: Desk) -> None:
    conversation = desk.begin("Hallo", "Danke", "Noch etwas")
    with desk.engine.begin() as connection:
        for number, at in ((1, AT), (2, AT), (3, LATER)):
            said = Feedback(helpful=True, comment="Rumpelstilzchen")
            keep_feedback(connection, conversation.id, number=number, feedback=said, at=at)
        assert count_feedback(connection, before=LATER) == 2
        assert [delete_feedback(connection, before=LATER, limit=1) for _ in range(3)] == [1, 1, 0]
        kept = [message.feedback for message in queries.list_messages(connection, conversation.id)]
    assert kept == [None, None, Feedback(helpful=True, comment="Rumpelstilzchen")]


def test_answered_requests_go_by_their_answer_and_open_ones_stay(desk: Desk) -> None:
    anna = desk.add_caseworker()
    (first, _), (second, _), (waiting, _) = taken(desk), taken(desk), taken(desk)
    with desk.engine.begin() as connection:
        for request, minutes in ((first, 5), (second, 60)):
            assign_request(connection, request.id, desk.deed(anna))
            answer_request(connection, request.id, desk.deed(anna, minutes=minutes), answer="Ja")
        before = AT + timedelta(minutes=30)
        assert count_requests(connection, before=before) == 1
        assert [delete_requests(connection, before=before) for _ in range(2)] == [1, 0]
        with pytest.raises(NotFoundError):
            read_request(connection, first.id)
        assert delete_requests(connection, before=LATER, limit=1) == 1
        assert read_request(connection, waiting.id).state == "open"
