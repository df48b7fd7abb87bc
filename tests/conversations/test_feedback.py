from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, delete, func, select

from bot.conversations import queries
from bot.conversations.feedback import (
    RATED_OUTCOMES,
    Comment,
    OutcomeCount,
    ServiceCount,
    count_by_outcome,
    count_by_service,
    is_rated,
    keep_feedback,
    list_comments,
    remove_feedback,
)
from bot.conversations.outcomes import OUTCOMES
from bot.conversations.records import Feedback, StoredMessage
from bot.errors import NotFoundError

AT = datetime(2026, 5, 3, 12, 30, tzinfo=UTC)
EVER = datetime(2000, 1, 1, tzinfo=UTC)
HELPFUL, NOT_HELPFUL = Feedback(helpful=True), Feedback(helpful=False)
C1, C2 = "A" * 22, "B" * 22


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.begin() as connection:
        for conversation_id in (C1, C2):
            queries.create_conversation(connection, conversation_id, token_hash="0" * 64, language="de", at=AT)
        yield connection


def say(connection: Connection, conversation_id: str = C1, **values: Any) -> int:
    """Stores an answer of the bot and returns its number."""
    conversation = queries.find_conversation(connection, conversation_id)
    assert conversation is not None
    number = conversation.last_number + 1
    content = {"role": "bot", "language": "de", "text": "Antwort", "at": AT, "outcome": "service"}
    queries.add_message(connection, conversation, StoredMessage(number=number, **content | values))
    return number


def rate(
    connection: Connection, number: int, feedback: Feedback, *, conversation_id: str = C1, at: datetime = AT
) -> None:
    keep_feedback(connection, conversation_id, number=number, feedback=feedback, at=at)


def card(service_id: str, name: str) -> dict[str, Any]:
    return {"kind": "service", "service": {"id": service_id, "name": name, "url": None}, "facets": [], "offices": []}


def rows(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(queries.FEEDBACK)) or 0


def given(connection: Connection) -> list[Feedback | None]:
    return [message.feedback for message in queries.list_messages(connection, C1)]


def test_messages_are_read_with_their_feedback(connection: Connection) -> None:
    first, second, _ = say(connection), say(connection), say(connection)
    rate(connection, first, HELPFUL)
    rate(connection, second, Feedback(helpful=False, comment="Die Adresse fehlt."))
    assert given(connection) == [HELPFUL, Feedback(helpful=False, comment="Die Adresse fehlt."), None]
    found = queries.find_message(connection, C1, number=first)
    assert found is not None
    assert found.feedback == HELPFUL


def test_later_feedback_takes_the_place_of_earlier(connection: Connection) -> None:
    number = say(connection)
    rate(connection, number, Feedback(helpful=False, comment="Die Adresse fehlt."))
    rate(connection, number, HELPFUL, at=AT + timedelta(days=1))
    assert given(connection) == [HELPFUL]
    assert rows(connection) == 1
    assert count_by_outcome(connection, since=AT + timedelta(hours=1))[0].helpful == 1


def test_feedback_is_taken_back(connection: Connection) -> None:
    first, second = say(connection), say(connection)
    rate(connection, first, HELPFUL)
    rate(connection, second, HELPFUL)
    for _ in range(2):  # the second time there is nothing to take back
        remove_feedback(connection, C1, number=first)
    assert given(connection) == [None, HELPFUL]


def test_feedback_belongs_to_one_conversation(connection: Connection) -> None:
    say(connection)
    say(connection, C2)
    rate(connection, 1, HELPFUL, conversation_id=C2)
    assert given(connection) == [None]
    remove_feedback(connection, C1, number=1)
    assert rows(connection) == 1


def test_feedback_on_a_message_that_is_not_there_is_refused(engine: Engine, connection: Connection) -> None:
    connection.commit()
    with engine.connect() as other, pytest.raises(NotFoundError):
        rate(other, 7, HELPFUL)


def test_feedback_is_erased_with_its_conversation(connection: Connection) -> None:
    rate(connection, say(connection), Feedback(helpful=False, comment="Die Adresse fehlt."))
    rate(connection, say(connection, C2), HELPFUL, conversation_id=C2)
    queries.delete_conversation(connection, C1)
    assert rows(connection) == 1
    assert list_comments(connection, since=EVER) == ()


@pytest.mark.parametrize("table", [queries.MESSAGE, queries.CONVERSATION])
def test_database_itself_erases_feedback_with_what_it_is_about(connection: Connection, table: Any) -> None:
    rate(connection, say(connection), HELPFUL)
    connection.execute(delete(table))
    assert rows(connection) == 0


def test_feedback_is_counted_by_outcome_and_service(connection: Connection) -> None:
    passport, dog = card("reisepass", "Reisepass"), card("hundesteuer", "Hundesteuer")
    for feedback, content in (
        (HELPFUL, {"card": passport}),
        (NOT_HELPFUL, {"card": passport | {"service": {"id": "reisepass", "name": "Passport", "url": None}}}),
        (HELPFUL, {"card": passport}),
        (NOT_HELPFUL, {"card": dog}),
        (NOT_HELPFUL, {"outcome": "unknown"}),
        (NOT_HELPFUL, {"outcome": "choices", "card": {"kind": "choices", "services": [{"id": "1", "name": "Eins"}]}}),
        (HELPFUL, {"outcome": "service"}),  # about a service, but without a card
    ):
        rate(connection, say(connection, **content), feedback)
    say(connection, card=dog)  # nobody said anything about this one
    assert count_by_outcome(connection, since=EVER) == (
        OutcomeCount(outcome="service", helpful=3, not_helpful=2),
        OutcomeCount(outcome="choices", helpful=0, not_helpful=1),
        OutcomeCount(outcome="unknown", helpful=0, not_helpful=1),
    )
    assert count_by_service(connection, since=EVER) == (
        ServiceCount(id="reisepass", name="Reisepass", helpful=2, not_helpful=1),
        ServiceCount(id="hundesteuer", name="Hundesteuer", helpful=0, not_helpful=1),
    )


def test_only_feedback_since_a_moment_is_counted(connection: Connection) -> None:
    for days in range(3):
        number = say(connection, card=card("reisepass", "Reisepass"))
        rate(connection, number, Feedback(helpful=True, comment=f"Tag {days}"), at=AT + timedelta(days=days))
    since = AT + timedelta(days=1)
    assert count_by_outcome(connection, since=since) == (OutcomeCount(outcome="service", helpful=2, not_helpful=0),)
    assert [count.helpful for count in count_by_service(connection, since=since)] == [2]
    assert [comment.comment for comment in list_comments(connection, since=since)] == ["Tag 2", "Tag 1"]


def test_comments_say_what_they_are_about(connection: Connection) -> None:
    about = say(connection, card=card("reisepass", "Passport"), language="en")
    rate(connection, about, Feedback(helpful=False, comment="The address is missing."))
    rate(
        connection, say(connection, outcome="unknown"), Feedback(helpful=False, comment="Schade"), at=AT - timedelta(1)
    )
    rate(connection, say(connection), HELPFUL)
    assert list_comments(connection, since=EVER) == (
        Comment(
            at=AT,
            language="en",
            outcome="service",
            service="reisepass",
            helpful=False,
            comment="The address is missing.",
        ),
        Comment(
            at=AT - timedelta(days=1), language="de", outcome="unknown", service=None, helpful=False, comment="Schade"
        ),
    )


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_citizens_are_asked_about_answers_and_not_about_small_talk_or_emergencies(outcome: Any) -> None:
    answer = StoredMessage(number=1, role="bot", language="de", text="Antwort", at=AT, outcome=outcome)
    small_talk = {"greet", "thanks", "bye", "bot_challenge", "abuse", "crisis", "language_switch"}
    assert is_rated(answer) == (outcome not in small_talk)
    assert set(OUTCOMES) >= RATED_OUTCOMES


@pytest.mark.parametrize("role", ["citizen", "caseworker", "system"])
def test_citizens_are_not_asked_about_other_messages(role: Any) -> None:
    message = StoredMessage(number=1, role=role, language="de", text="Text", at=AT, outcome="unknown")
    assert not is_rated(message)
