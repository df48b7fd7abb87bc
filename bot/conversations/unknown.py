"""Questions that were not understood, for editors: masked as they were stored, without their conversation."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from bot.conversations.models import Message
from bot.language import Language

CITIZEN, ANSWER = Message.__table__.alias("citizen"), Message.__table__.alias("answer")


@dataclass(frozen=True, kw_only=True)
class UnknownQuestion:
    """A question in the words of a citizen, how often it was put like this, and when the last time."""

    language: Language
    text: str
    count: int
    last_at: datetime


def list_unknown(connection: Connection, *, since: datetime, limit: int) -> list[UnknownQuestion]:
    """The questions the bot answered with `unknown`, the most frequent first, then the newest.

    A question goes when its conversation goes. Buttons are not questions, and where the system answered nobody looked.
    """
    times, last_at = func.count(), func.max(CITIZEN.c.at)
    query = (
        select(CITIZEN.c.language, CITIZEN.c.text, times.label("count"), last_at.label("last_at"))
        .join(
            ANSWER,
            (ANSWER.c.conversation_id == CITIZEN.c.conversation_id) & (ANSWER.c.reply_to == CITIZEN.c.number),
        )
        .where(CITIZEN.c.role == "citizen", CITIZEN.c.chosen.is_(None), CITIZEN.c.at >= since)
        .where(ANSWER.c.role == "bot", ANSWER.c.outcome == "unknown")
        .group_by(CITIZEN.c.language, CITIZEN.c.text)
        .order_by(times.desc(), last_at.desc(), CITIZEN.c.text)
        .limit(limit)
    )
    return [UnknownQuestion(**row._mapping) for row in connection.execute(query)]
