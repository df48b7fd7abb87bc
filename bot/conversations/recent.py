"""Queries on the last messages of a conversation."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ScalarResult, exists, select

from bot.conversations.outcomes import Outcome
from bot.conversations.queries import MESSAGE

CARDS = 8  # how far back a service counts as what is talked about


def last_form(connection: Connection, conversation_id: str) -> dict[str, Any] | None:
    """The card of the form for a request that was shown last; None where none was."""
    return next((card for card in _cards(connection, conversation_id) if card.get("kind") == "request"), None)


def last_service(connection: Connection, conversation_id: str) -> str | None:
    """The catalogue's id of the service that was answered last; None where none was."""
    cards = _cards(connection, conversation_id)
    return next((card["service"]["id"] for card in cards if card.get("kind") == "service"), None)


def last_outcomes(connection: Connection, conversation_id: str, *, count: int) -> tuple[Outcome | None, ...]:
    """How the last turns that the bot answered ended, the newest first."""
    query = (
        select(MESSAGE.c.outcome)
        .where(MESSAGE.c.conversation_id == conversation_id, MESSAGE.c.role == "bot")
        .order_by(MESSAGE.c.number.desc())
        .limit(count)
    )
    return tuple(connection.scalars(query))


def was_said(connection: Connection, conversation_id: str, outcome: Outcome, *, since: datetime) -> bool:
    """Whether the bot or the system said something with this outcome since then."""
    said = exists().where(
        MESSAGE.c.conversation_id == conversation_id, MESSAGE.c.outcome == outcome, MESSAGE.c.at >= since
    )
    return bool(connection.scalar(select(said)))


def _cards(connection: Connection, conversation_id: str) -> ScalarResult[dict[str, Any]]:
    query = (
        select(MESSAGE.c.card)
        .where(MESSAGE.c.conversation_id == conversation_id, MESSAGE.c.card.is_not(None))
        .order_by(MESSAGE.c.number.desc())
        .limit(CARDS)
    )
    return connection.scalars(query)
