from datetime import timedelta

from sqlalchemy import text

from bot.conversations import claims, queries
from bot.conversations.handoffs import find_handoff, leave_handoff
from bot.conversations.requests import read_request
from bot.conversations.retention import delete_conversations
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
        assert delete_conversations(connection, before=LATER) == 0
        assert delete_conversations(connection, before=AT) == 0
        assert find_handoff(connection, waiting.id) is not None


def test_request_outlives_its_conversation(desk: Desk) -> None:
    request, _code = taken(desk)
    with desk.engine.begin() as connection:
        assert delete_conversations(connection, before=LATER) == 1
        assert read_request(connection, request.id).conversation_id is None
