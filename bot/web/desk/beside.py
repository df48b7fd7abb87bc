"""What a conversation shows below its messages: details that may be looked at, answers that were wrong."""

from typing import Any

from sqlalchemy import Connection

from bot.conversations.handoffs import StoredHandoff
from bot.language import Language
from bot.staff.roles import Staff
from bot.web.desk.hidden import read_hidden
from bot.web.desk.marks import read_marks

TOPICS = ("desk_hidden", "desk_wrong")


def read_beside(connection: Connection, handoff: StoredHandoff, staff: Staff, *, language: Language) -> dict[str, Any]:
    """Values for the templates below the messages."""
    return {
        "hidden_data": read_hidden(connection, handoff, staff),
        "marks": read_marks(connection, handoff.conversation_id, language=language),
    }
