"""What a conversation shows beside its messages: hidden details, answers that were wrong, that one is away oneself."""

from typing import Any

from sqlalchemy import Connection

from bot.conversations.handoffs import StoredHandoff
from bot.language import Language
from bot.staff.roles import Staff
from bot.web.desk.hidden import read_hidden
from bot.web.desk.marks import read_marks
from bot.web.desk.presence import read_away

TOPICS = ("desk_hidden", "desk_wrong", "desk_settings")


def read_beside(connection: Connection, handoff: StoredHandoff, staff: Staff, *, language: Language) -> dict[str, Any]:
    """Values for their templates."""
    return {
        "hidden_data": read_hidden(connection, handoff, staff),
        "marks": read_marks(connection, handoff.conversation_id, language=language),
        "away_since": read_away(connection, staff),
    }
