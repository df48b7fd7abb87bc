"""Deletes what is old, in portions: conversations, feedback, requests; and counts what that would be.

What is kept longer on purpose stays: requests stand alone when their conversation goes.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, exists, func, select, tuple_

from bot.conversations.handoffs import HANDOFF, OPEN_STATES
from bot.conversations.queries import CONVERSATION, FEEDBACK
from bot.conversations.requests import REQUEST

AT_ONCE = 500  # in one transaction, so that citizens do not wait for the database


def delete_conversations(connection: Connection, *, before: datetime, limit: int = AT_ONCE) -> int:
    """Delete up to `limit` conversations in which nothing happened since then, and whatever hangs on them; how many.

    Who waits or talks to a caseworker keeps theirs. `queries.rewrite_index` takes away the traces after the last call.
    """
    # Locked on PostgreSQL: what a citizen comes back to at this moment is left, and what is left to us not written to.
    old = (
        select(CONVERSATION.c.id)
        .where(*_old_conversations(before))
        .order_by(CONVERSATION.c.last_at)
        .limit(limit)
        .with_for_update(skip_locked=True, of=CONVERSATION)
    )
    ids = connection.scalars(old).all()
    # Handoffs first, in the order of all writers (ADR 19); messages, feedback and marks go with their conversation.
    connection.execute(delete(HANDOFF).where(HANDOFF.c.conversation_id.in_(ids)))
    return connection.execute(delete(CONVERSATION).where(CONVERSATION.c.id.in_(ids))).rowcount


def count_conversations(connection: Connection, *, before: datetime) -> int:
    """How many `delete_conversations` would delete."""
    return connection.scalar(select(func.count()).select_from(CONVERSATION).where(*_old_conversations(before))) or 0


def delete_feedback(connection: Connection, *, before: datetime, limit: int = AT_ONCE) -> int:
    """Delete up to `limit` ratings and comments that were given before; how many."""
    key = tuple_(FEEDBACK.c.conversation_id, FEEDBACK.c.number)
    old = select(FEEDBACK.c.conversation_id, FEEDBACK.c.number).where(FEEDBACK.c.at < before).limit(limit)
    return connection.execute(delete(FEEDBACK).where(key.in_(old.order_by(FEEDBACK.c.at)))).rowcount


def count_feedback(connection: Connection, *, before: datetime) -> int:
    """How many `delete_feedback` would delete."""
    return connection.scalar(select(func.count()).select_from(FEEDBACK).where(FEEDBACK.c.at < before)) or 0


def delete_requests(connection: Connection, *, before: datetime, limit: int = AT_ONCE) -> int:
    """Delete up to `limit` requests that were answered before; how many. What waits is kept, however old."""
    old = select(REQUEST.c.id).where(*_old_requests(before)).order_by(REQUEST.c.answered_at).limit(limit)
    return connection.execute(delete(REQUEST).where(REQUEST.c.id.in_(old))).rowcount


def count_requests(connection: Connection, *, before: datetime) -> int:
    """How many `delete_requests` would delete."""
    return connection.scalar(select(func.count()).select_from(REQUEST).where(*_old_requests(before))) or 0


def _old_conversations(before: datetime) -> tuple[ColumnElement[bool], ...]:
    is_open = exists().where(HANDOFF.c.conversation_id == CONVERSATION.c.id, HANDOFF.c.state.in_(OPEN_STATES))
    return CONVERSATION.c.last_at < before, ~is_open


def _old_requests(before: datetime) -> tuple[ColumnElement[bool], ...]:
    return REQUEST.c.state == "answered", REQUEST.c.answered_at < before
