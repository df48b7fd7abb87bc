"""What a conversation shows beside its messages: details that may be looked at."""

from typing import Any

from sqlalchemy import Connection

from bot.conversations.handoffs import StoredHandoff
from bot.staff.roles import Staff
from bot.web.desk.hidden import read_hidden

TOPICS = ("desk_hidden",)


def read_beside(connection: Connection, handoff: StoredHandoff, staff: Staff) -> dict[str, Any]:
    """Values for the templates below the messages."""
    return {"hidden_data": read_hidden(connection, handoff, staff)}
