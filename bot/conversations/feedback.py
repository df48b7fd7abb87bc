"""Feedback on answers: which answers are asked about, keeping what citizens say, counting it.

It goes with its conversation: when that is erased, its feedback is counted no more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Connection, bindparam, case, delete, func, select, text
from sqlalchemy.exc import IntegrityError

from bot.conversations.outcomes import Outcome
from bot.conversations.queries import FEEDBACK, MESSAGE
from bot.conversations.records import Feedback, StoredMessage
from bot.database import UtcDateTime
from bot.errors import NotFoundError
from bot.language import Language

# Not small talk, and not where it would be out of place: an emergency, an insult.
RATED_OUTCOMES: frozenset[Outcome] = frozenset(
    {"service", "choices", "faq", "complaint", "out_of_scope", "handoff", "unknown"}
)
COMMENT_LENGTH = 500  # characters as sent

# Both databases know this form.
_KEEP = text(
    "INSERT INTO feedback (conversation_id, number, helpful, comment, at) "
    "VALUES (:conversation_id, :number, :helpful, :comment, :at) "
    "ON CONFLICT (conversation_id, number) DO UPDATE "
    "SET helpful = excluded.helpful, comment = excluded.comment, at = excluded.at"
).bindparams(bindparam("helpful", type_=Boolean), bindparam("at", type_=UtcDateTime))


@dataclass(frozen=True, kw_only=True)
class OutcomeCount:
    """How many answers with this outcome helped, and how many did not."""

    outcome: Outcome
    helpful: int
    not_helpful: int


@dataclass(frozen=True, kw_only=True)
class ServiceCount:
    """How many answers about this service helped, and how many did not; `name` as a citizen read it."""

    id: str
    name: str
    helpful: int
    not_helpful: int


@dataclass(frozen=True, kw_only=True)
class Comment:
    """A citizen's word on an answer, masked; `language` is that of the answer, `service` its id if it had one."""

    at: datetime
    language: Language
    outcome: Outcome
    service: str | None
    helpful: bool
    comment: str


def is_rated(message: StoredMessage) -> bool:
    """True for a message that citizens are asked about."""
    return message.role == "bot" and message.outcome in RATED_OUTCOMES


def keep_feedback(
    connection: Connection, conversation_id: str, *, number: int, feedback: Feedback, at: datetime
) -> None:
    """Store what the citizen says about the message `number`, in place of what was said before.

    Raises:
        NotFoundError: there is no such message, or not any more.
    """
    values = {"helpful": feedback.helpful, "comment": feedback.comment, "at": at}
    try:
        connection.execute(_KEEP, {"conversation_id": conversation_id, "number": number, **values})
    except IntegrityError as error:
        raise NotFoundError("there is no such message") from error


def remove_feedback(connection: Connection, conversation_id: str, *, number: int) -> None:
    """Forget what was said about the message `number`, if anything was."""
    connection.execute(
        delete(FEEDBACK).where(FEEDBACK.c.conversation_id == conversation_id, FEEDBACK.c.number == number)
    )


_ON_MESSAGE = FEEDBACK.join(MESSAGE)
_SERVICE = MESSAGE.c.card["service"]
_SERVICE_ID = _SERVICE["id"].as_string()
_SERVICE_NAME = func.max(_SERVICE["name"].as_string())  # it may have been renamed, and has one per language
_SINCE = FEEDBACK.c.at >= bindparam("since", type_=UtcDateTime)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


_COUNTS: Sequence[ColumnElement[Any]] = (
    _count(FEEDBACK.c.helpful).label("helpful"),
    _count(~FEEDBACK.c.helpful).label("not_helpful"),
)
_BY_OUTCOME = (
    select(MESSAGE.c.outcome, *_COUNTS)
    .select_from(_ON_MESSAGE)
    .where(_SINCE)
    .group_by(MESSAGE.c.outcome)
    .order_by(func.count().desc(), MESSAGE.c.outcome)
)
_BY_SERVICE = (
    select(_SERVICE_ID.label("id"), _SERVICE_NAME.label("name"), *_COUNTS)
    .select_from(_ON_MESSAGE)
    .where(_SINCE, _SERVICE_ID.is_not(None))
    .group_by(_SERVICE_ID)
    .order_by(func.count().desc(), _SERVICE_ID)
)
_COMMENTS = (
    select(
        FEEDBACK.c.at,
        MESSAGE.c.language,
        MESSAGE.c.outcome,
        _SERVICE_ID.label("service"),
        FEEDBACK.c.helpful,
        FEEDBACK.c.comment,
    )
    .select_from(_ON_MESSAGE)
    .where(_SINCE, FEEDBACK.c.comment.is_not(None))
    .order_by(FEEDBACK.c.at.desc(), FEEDBACK.c.conversation_id, FEEDBACK.c.number)
)


def count_by_outcome(connection: Connection, *, since: datetime) -> tuple[OutcomeCount, ...]:
    """Feedback of `since` and later by outcome, the most frequent first."""
    return tuple(OutcomeCount(**row._mapping) for row in connection.execute(_BY_OUTCOME, {"since": since}))


def count_by_service(connection: Connection, *, since: datetime) -> tuple[ServiceCount, ...]:
    """Feedback of `since` and later on answers about a service, by service, the most frequent first."""
    return tuple(ServiceCount(**row._mapping) for row in connection.execute(_BY_SERVICE, {"since": since}))


def list_comments(connection: Connection, *, since: datetime) -> tuple[Comment, ...]:
    """Comments of `since` and later, the newest first."""
    return tuple(Comment(**row._mapping) for row in connection.execute(_COMMENTS, {"since": since}))
