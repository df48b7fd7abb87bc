"""Answers of the bot that caseworkers marked as wrong, with what was right; editors work them off."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, exists, func, insert, select, tuple_

from bot.conversations.handoff_models import WrongAnswerRow
from bot.conversations.models import Message
from bot.conversations.queries import MESSAGE
from bot.errors import NotFoundError
from bot.language import Language

WRONG: Table = WrongAnswerRow.__table__  # type: ignore[assignment]
ASKED = Message.__table__.alias("asked")


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What a caseworker says was right: in words, and the service if it is one of the catalogue."""

    right: str
    right_service_id: str | None
    staff_id: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class WrongAnswer:
    """A marked answer: what was asked (masked), what the bot understood and said, and what was right."""

    conversation_id: str
    number: int
    language: Language
    asked: str
    answered: str
    understanding: dict[str, Any] | None
    correction: Correction


def mark_wrong(connection: Connection, conversation_id: str, number: int, correction: Correction) -> None:
    """Mark the bot's answer `number`; a mark that is there is replaced.

    Raises:
        NotFoundError: this is no answer of the bot in this conversation.
    """
    of_answer = (MESSAGE.c.conversation_id == conversation_id, MESSAGE.c.number == number, MESSAGE.c.role == "bot")
    if not connection.scalar(select(exists().where(*of_answer))):
        raise NotFoundError("there is no such answer")
    unmark(connection, conversation_id, number)
    connection.execute(
        insert(WRONG).values(
            conversation_id=conversation_id,
            number=number,
            right_answer=correction.right,
            right_service_id=correction.right_service_id,
            staff_id=correction.staff_id,
            at=correction.at,
        )
    )


def unmark(connection: Connection, conversation_id: str, number: int) -> None:
    """Take a mark back; nothing happens where there is none."""
    connection.execute(delete(WRONG).where(WRONG.c.conversation_id == conversation_id, WRONG.c.number == number))


def list_wrong(
    connection: Connection, *, before: WrongAnswer | None = None, limit: int = 50
) -> tuple[WrongAnswer, ...]:
    """A page of marks, the newest first; `before` is the last one of the page before."""
    answer = (MESSAGE.c.conversation_id == WRONG.c.conversation_id) & (MESSAGE.c.number == WRONG.c.number)
    asked = (ASKED.c.conversation_id == MESSAGE.c.conversation_id) & (ASKED.c.number == MESSAGE.c.reply_to)
    columns = (
        *WRONG.c,
        MESSAGE.c.language,
        MESSAGE.c.text,
        MESSAGE.c.understanding,
        func.coalesce(ASKED.c.text, "").label("asked"),
    )
    query = select(*columns).join(MESSAGE, answer).outerjoin(ASKED, asked)
    key = tuple_(WRONG.c.at, WRONG.c.conversation_id, WRONG.c.number)
    if before is not None:
        at = bindparam(None, before.correction.at, type_=WRONG.c.at.type)
        query = query.where(key < tuple_(at, before.conversation_id, before.number))
    order = (WRONG.c.at.desc(), WRONG.c.conversation_id.desc(), WRONG.c.number.desc())
    return tuple(
        WrongAnswer(
            conversation_id=row.conversation_id,
            number=row.number,
            language=row.language,
            asked=row.asked,
            answered=row.text,
            understanding=row.understanding,
            correction=Correction(
                right=row.right_answer, right_service_id=row.right_service_id, staff_id=row.staff_id, at=row.at
            ),
        )
        for row in connection.execute(query.order_by(*order).limit(limit))
    )
