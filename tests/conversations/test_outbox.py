"""E-mails that wait: queued with what they tell, taken by one, done once, gone with the request."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select

from bot.conversations import queries
from bot.conversations.outbox import (
    GIVE_UP,
    LEASE,
    MOST_CONFIRMATIONS,
    OUTBOX,
    Kind,
    Mail,
    MailState,
    finish_mail,
    list_due,
    pause_after,
    put_off,
    queue_mail,
    read_mails,
    take_mail,
)
from bot.conversations.requests import StoredRequest, answer_request, assign_request
from bot.conversations.retention import delete_requests
from bot.database import open_engine
from tests.conversations.desk import AT, Desk
from tests.conversations.test_requests import taken

EMAIL = "a.berger@mail.example"


def queued(desk: Desk, *, kind: Kind = "answer", at: datetime = AT) -> StoredRequest:
    request, _ = taken(desk, email=EMAIL)
    with desk.engine.begin() as connection:
        assert queue_mail(connection, request, kind, at=at)
    return request


def take(desk: Desk, *, minutes: float = 0) -> Mail:
    at = AT + timedelta(minutes=minutes)
    with desk.engine.begin() as connection:
        [due] = list_due(connection, at=at)
        mail = take_mail(connection, due, at=at)
    assert mail is not None
    return mail


def due_at(desk: Desk, at: datetime) -> int:
    with desk.engine.connect() as connection:
        return len(list_due(connection, at=at))


def state(engine: Engine, request: StoredRequest) -> MailState:
    with engine.connect() as connection:
        return read_mails(connection, request.id)["answer"]


def test_email_is_taken_with_what_it_is_about_and_then_no_more(desk: Desk) -> None:
    request = queued(desk)
    mail = take(desk)
    assert (mail.kind, mail.request, mail.tries) == ("answer", request, 1)
    assert due_at(desk, AT) == 0
    with desk.engine.begin() as connection:
        assert take_mail(connection, mail.id, at=AT) is None
        finish_mail(connection, mail, at=AT)
    assert due_at(desk, AT + timedelta(days=9)) == 0
    assert state(desk.engine, request) == MailState(state="sent", problem="", tries=1, done_at=AT)


def test_of_many_processes_one_takes_it(desk: Desk, database_url: str) -> None:
    queued(desk)
    [mail_id] = [mail.id for mail in [take(desk)]]
    later = AT + LEASE
    engine, barrier = open_engine(database_url), Barrier(8)

    def rush(_: int) -> bool:
        barrier.wait()
        with engine.begin() as connection:
            return take_mail(connection, mail_id, at=later) is not None

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(rush, range(8))) == [False] * 7 + [True]
    engine.dispose()


def test_email_of_a_process_that_died_is_tried_again_with_the_same_token(desk: Desk) -> None:
    queued(desk)
    first = take(desk)
    assert due_at(desk, AT + LEASE - timedelta(seconds=1)) == 0
    again = take(desk, minutes=10)
    assert (again.id, again.token, again.tries) == (first.id, first.token, 2)


def test_who_slept_too_long_says_nothing_about_it_any_more(desk: Desk) -> None:
    request = queued(desk)
    sleeper = take(desk)
    take(desk, minutes=10)
    with desk.engine.begin() as connection:
        finish_mail(connection, sleeper, at=AT, problem="refused")
    assert state(desk.engine, request).state == "waiting"


def test_email_is_put_off_less_and_less_often_and_given_up_after_days(desk: Desk) -> None:
    request = queued(desk)
    at, pauses = AT, []
    for _ in range(50):
        with desk.engine.begin() as connection:
            [due] = list_due(connection, at=at)
            mail = take_mail(connection, due, at=at)
            assert mail is not None
            put_off(connection, mail, at=at, problem="unreachable")
            waits = connection.scalar(select(OUTBOX.c.next_at).where(OUTBOX.c.state == "waiting"))
        if waits is None:
            break
        pauses.append(waits - at)
        at = waits
    assert pauses[:4] == [timedelta(minutes=minutes) for minutes in (1, 3, 9, 27)]
    assert pauses == sorted(pauses)
    assert max(pauses) == timedelta(hours=6)
    assert GIVE_UP <= at - AT < GIVE_UP + timedelta(hours=6)
    assert state(desk.engine, request) == MailState(
        state="failed", problem="expired", tries=len(pauses) + 1, done_at=at
    )


def test_pauses_do_not_overflow() -> None:
    assert pause_after(10_000) == timedelta(hours=6)


def test_without_an_address_nothing_is_sent(desk: Desk) -> None:
    request, _ = taken(desk, email="")
    with desk.engine.begin() as connection:
        assert not queue_mail(connection, request, "answer", at=AT)
    assert due_at(desk, AT) == 0


def test_somebody_elses_address_is_not_filled_with_confirmations(desk: Desk) -> None:
    for _ in range(MOST_CONFIRMATIONS):
        queued(desk, kind="taken")
    request, _ = taken(desk, email=EMAIL.upper())
    other, _ = taken(desk, email="other@mail.example")
    with desk.engine.begin() as connection:
        assert not queue_mail(connection, request, "taken", at=AT + timedelta(hours=23))
        assert queue_mail(connection, other, "taken", at=AT + timedelta(hours=23))
        assert queue_mail(connection, request, "taken", at=AT + timedelta(hours=25))
        assert queue_mail(connection, request, "answer", at=AT)  # a caseworker wrote it: never too many


@pytest.mark.parametrize("erases", ["citizen", "retention"])
def test_email_goes_with_its_request(desk: Desk, erases: str) -> None:
    request = queued(desk)
    with desk.engine.begin() as connection:
        if erases == "citizen":
            assert request.conversation_id is not None
            queries.delete_conversation(connection, request.conversation_id)
        else:
            anna = desk.deed(1)
            assign_request(connection, request.id, anna)
            answer_request(connection, request.id, anna, answer="Erledigt")
            delete_requests(connection, before=AT + timedelta(days=1))
        assert connection.scalar(select(func.count()).select_from(OUTBOX)) == 0


def test_what_was_erased_while_it_was_sent_is_not_missed(desk: Desk) -> None:
    request = queued(desk)
    mail = take(desk)
    with desk.engine.begin() as connection:
        queries.delete_conversation(connection, request.conversation_id or "")
        finish_mail(connection, mail, at=AT)
        put_off(connection, mail, at=AT, problem="later")
        assert take_mail(connection, mail.id, at=AT + timedelta(days=1)) is None


def test_address_and_text_are_nowhere_in_the_outbox(desk: Desk) -> None:
    queued(desk)
    with desk.engine.connect() as connection:
        [row] = connection.execute(select(OUTBOX)).all()
    assert EMAIL not in str(row)
    assert "Laterne" not in str(row)
