"""Answers of the bot that caseworkers marked as wrong, with what was right; editors work them off."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, delete, exists, func, insert, select, tuple_

from bot.conversations.handoff_models import WrongAnswerRow
from bot.conversations.handoffs import HANDOFF
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
class Position:
    """Where a mark stands in the list."""

    at: datetime
    conversation_id: str
    number: int


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

    @property
    def position(self) -> Position:
        """Where it stands in the list."""
        return Position(at=self.correction.at, conversation_id=self.conversation_id, number=self.number)


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


def unmark(connection: Connection, conversation_id: str, number: int) -> bool:
    """Take a mark back; whether there was one."""
    own = (WRONG.c.conversation_id == conversation_id, WRONG.c.number == number)
    return connection.execute(delete(WRONG).where(*own)).rowcount > 0


def find_marks(connection: Connection, conversation_id: str) -> dict[int, Correction]:
    """What was right, by the number of the answer that was marked."""
    query = select(WRONG).where(WRONG.c.conversation_id == conversation_id)
    return {row.number: _correction(row) for row in connection.execute(query)}


def list_wrong(
    connection: Connection,
    *,
    teams: frozenset[int] | None = None,
    before: Position | None = None,
    limit: int = 50,
) -> tuple[WrongAnswer, ...]:
    """A page of marks, the newest first; `before` is where the last one of the page before stands.

    `teams` are those whose conversations are listed, None for all.
    """
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
        at = bindparam(None, before.at, type_=WRONG.c.at.type)
        query = query.where(key < tuple_(at, before.conversation_id, before.number))
    if teams is not None:
        had = (HANDOFF.c.conversation_id == WRONG.c.conversation_id, HANDOFF.c.team_id.in_(teams))
        query = query.where(exists().where(*had))
    order = (WRONG.c.at.desc(), WRONG.c.conversation_id.desc(), WRONG.c.number.desc())
    return tuple(
        WrongAnswer(
            conversation_id=row.conversation_id,
            number=row.number,
            language=row.language,
            asked=row.asked,
            answered=row.text,
            understanding=row.understanding,
            correction=_correction(row),
        )
        for row in connection.execute(query.order_by(*order).limit(limit))
    )


def _correction(row: Row[Any]) -> Correction:
    return Correction(right=row.right_answer, right_service_id=row.right_service_id, staff_id=row.staff_id, at=row.at)
