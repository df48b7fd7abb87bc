"""Deletes conversations that are old. What is kept longer on purpose stays: requests, which then stand alone."""

from datetime import datetime

from sqlalchemy import Connection, delete, exists, select

from bot.conversations.handoffs import HANDOFF, OPEN_STATES
from bot.conversations.queries import CONVERSATION

AT_ONCE = 500  # in one transaction, so that citizens do not wait for the database


def delete_conversations(connection: Connection, *, before: datetime, limit: int = AT_ONCE) -> int:
    """Delete up to `limit` conversations in which nothing happened since then, and whatever hangs on them; how many.

    Who waits or talks to a caseworker keeps theirs. `queries.rewrite_index` takes away the traces after the last call.
    """
    is_open = exists().where(HANDOFF.c.conversation_id == CONVERSATION.c.id, HANDOFF.c.state.in_(OPEN_STATES))
    old = (
        select(CONVERSATION.c.id)
        .where(CONVERSATION.c.last_at < before, ~is_open)
        .order_by(CONVERSATION.c.last_at)
        .limit(limit)
    )
    ids = connection.scalars(old).all()
    # Handoffs first, in the order of all writers (ADR 19); messages, feedback and marks go with their conversation.
    connection.execute(delete(HANDOFF).where(HANDOFF.c.conversation_id.in_(ids)))
    return connection.execute(delete(CONVERSATION).where(CONVERSATION.c.id.in_(ids))).rowcount
