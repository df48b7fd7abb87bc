"""From the citizen's request to the e-mail, with a real web process and a real SMTP server."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, delete, update

from bot.conversations import outbox
from bot.conversations.models import Conversation
from bot.conversations.outbox import OUTBOX, Kind, MailState, list_due, read_mails
from bot.conversations.request_lists import list_open
from bot.conversations.requests import REQUEST, StoredRequest, assign_request
from bot.errors import DatabaseUnavailableError
from bot.web.chat.handoff_texts import say
from bot.web.keys import DESK_MOVES, STORE
from bot.web.mail import sender as module
from bot.web.mail import server as server_module
from bot.web.mail.sender import MAIL
from tests.web.conftest import Citizen, ReadLog, StartWeb, Web
from tests.web.desk import Desk
from tests.web.mail.post_office import PostOffice

EMAIL = "a.berger@mail.example"
ANSWER = "Die Laterne brennt wieder."


@pytest.fixture
def desk(engine: Engine) -> Desk:
    made = Desk(engine)
    made.add_caseworker()
    return made


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks often, and tries again at once."""
    monkeypatch.setattr(module, "PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(module, "NOTE_SECONDS", 0.05)
    monkeypatch.setattr(outbox, "FIRST_PAUSE", timedelta(0))


StartMailing = Callable[..., Awaitable[Web]]


@pytest.fixture
async def mailing(start_web: StartWeb, post_office: PostOffice) -> StartMailing:
    """Starts a web process that sends e-mails to the post office."""

    async def start(**settings: Any) -> Web:
        return await start_web(**post_office.settings, **settings)

    return start


async def leave(citizen: Citizen, *, email: str = EMAIL, **values: Any) -> dict[str, Any]:
    body = {"what": "Meine Laterne ist aus", "consent": True, "email": email, **values}
    response = await citizen.session.post(f"{citizen.path}/requests", json=body, headers=citizen.headers)
    assert response.status == 201, await response.text()
    return await response.json()


def only_request(desk: Desk) -> StoredRequest:
    with desk.engine.connect() as connection:
        [request] = list_open(connection, frozenset({desk.team}))
    return request


async def give_answer(web: Web, desk: Desk, text: str = ANSWER) -> StoredRequest:
    """As the desk does."""
    request = only_request(desk)
    with desk.engine.begin() as connection:
        assign_request(connection, request.id, desk.deed(1))
    answered = await web.server.app[DESK_MOVES].answer_request(request.id, desk.deed(1), answer=text)
    web.server.app[MAIL].wake()
    return answered


async def state_of(desk: Desk, request: StoredRequest, *states: str, kind: Kind = "answer") -> MailState:
    """How the e-mail stands, as soon as it stands like this."""
    async with asyncio.timeout(10):
        while True:
            with desk.engine.connect() as connection:
                mail = read_mails(connection, request.id).get(kind)
            if mail is not None and (mail.state in states or mail.problem in states):
                return mail
            await asyncio.sleep(0.02)


async def test_citizen_gets_a_confirmation_and_the_answer(
    mailing: StartMailing, post_office: PostOffice, desk: Desk
) -> None:
    web = await mailing()
    citizen = await web.begin(language="de")
    taken = await leave(citizen)
    [confirmation] = await post_office.take()
    assert confirmation["Subject"] == f"Ihr Anliegen {taken['reference']} ist aufgenommen"
    request = await give_answer(web, desk)
    _, letter = await post_office.take(2)
    assert letter["Subject"] == f"Antwort auf Ihr Anliegen {taken['reference']}"
    assert ANSWER in letter.get_content()
    assert [envelope.rcpt_tos for envelope in post_office.letters] == [[EMAIL], [EMAIL]]
    for sent in post_office.letters:
        assert taken["code"].encode() not in (sent.original_content or b"")
        assert b"Meine Laterne" not in (sent.original_content or b"")
    for kind in ("taken", "answer"):
        assert (await state_of(desk, request, "sent", kind=kind)).tries == 1


async def test_english_request_is_answered_with_english_words(
    mailing: StartMailing, post_office: PostOffice, desk: Desk
) -> None:
    web = await mailing()
    await leave(await web.begin(language="en"))
    [confirmation] = await post_office.take()
    assert confirmation["Subject"].startswith("We have your request ")


async def test_email_is_promised_only_where_it_is_sent(
    mailing: StartMailing, start_web: StartWeb, post_office: PostOffice, desk: Desk
) -> None:
    for start, promised in ((mailing, True), (start_web, False)):
        web = await start()
        citizen = await web.begin(language="de")
        await leave(citizen)
        taken = (await citizen.history())[-1]["text"]
        assert (say("request_answer_email", "de") in taken) is promised
        assert (say("request_email", "de") in taken) is not promised
    without = await (await mailing()).begin(language="de")
    await leave(without, email="")
    assert "E-Mail" not in (await without.history())[-1]["text"]


async def test_form_tells_what_the_address_is_for(mailing: StartMailing, start_web: StartWeb, desk: Desk) -> None:
    for start, promised in ((mailing, True), (start_web, False)):
        web = await start()
        citizen = await web.begin(language="de")
        [offer] = (await (await citizen.post({"wish": "human"})).json())["messages"]
        [write, *_] = offer["choices"]
        [form] = (await (await citizen.post({"choice": write["choice"]})).json())["messages"]
        assert form["card"]["kind"] == "request"
        assert ("auch per E-Mail" in form["text"]) is promised


async def test_without_a_mail_server_nothing_is_queued(web: Web, desk: Desk) -> None:
    await leave(await web.begin(language="de"))
    request = await give_answer(web, desk)
    with desk.engine.connect() as connection:
        assert read_mails(connection, request.id) == {}


async def test_repeated_request_is_confirmed_once(mailing: StartMailing, post_office: PostOffice, desk: Desk) -> None:
    web = await mailing()
    citizen = await web.begin(language="de")
    for _ in range(3):
        body = {"what": "Meine Laterne ist aus", "consent": True, "email": EMAIL}
        headers = citizen.headers | {"Idempotency-Key": "k1"}
        assert (await citizen.session.post(f"{citizen.path}/requests", json=body, headers=headers)).status == 201
    await state_of(desk, only_request(desk), "sent", kind="taken")
    await asyncio.sleep(0.3)
    assert len(post_office.letters) == 1


async def test_refused_address_is_given_up_and_seen(mailing: StartMailing, post_office: PostOffice, desk: Desk) -> None:
    post_office.at_recipient = "550 no such user"
    web = await mailing()
    await leave(await web.begin(language="de"))
    mail = await state_of(desk, only_request(desk), "failed", kind="taken")
    assert (mail.problem, mail.tries) == ("address", 1)
    await asyncio.sleep(0.3)
    assert post_office.tries == 1


async def test_email_waits_for_a_server_that_is_down(
    mailing: StartMailing, post_office: PostOffice, desk: Desk
) -> None:
    web = await mailing()
    await post_office.close()
    citizen = await web.begin(language="de")
    await leave(citizen)  # taken all the same
    request = only_request(desk)
    await state_of(desk, request, "unreachable", kind="taken")
    await post_office.open()
    await state_of(desk, request, "sent", kind="taken")
    await asyncio.sleep(0.3)
    assert len(post_office.letters) == 1


async def test_server_that_asks_for_patience_gets_the_same_email_later(
    mailing: StartMailing, post_office: PostOffice, desk: Desk
) -> None:
    post_office.at_text = "451 try later"
    web = await mailing()
    await leave(await web.begin(language="de"))
    request = only_request(desk)
    await state_of(desk, request, "later", kind="taken")
    post_office.at_text = "250 OK"
    assert (await state_of(desk, request, "sent", kind="taken")).tries > 1
    assert len(post_office.letters) == 1


async def test_slow_server_gets_the_email_once_although_others_look_for_it(
    mailing: StartMailing, post_office: PostOffice, desk: Desk, database_url: str
) -> None:
    post_office.seconds = 1.0
    first, second = await mailing(), await mailing()
    await leave(await first.begin(language="de"))
    request = only_request(desk)
    for web in (first, second):
        web.server.app[MAIL].wake()
    await state_of(desk, request, "sent", kind="taken")
    await asyncio.sleep(0.3)
    assert post_office.tries == 1


async def test_server_that_answers_too_late_can_tell_that_it_has_the_email(
    mailing: StartMailing, post_office: PostOffice, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "DELIVERY_SECONDS", 0.5)
    post_office.seconds = 2.0
    web = await mailing()
    await leave(await web.begin(language="de"))
    request = only_request(desk)
    await state_of(desk, request, "unreachable", kind="taken")
    post_office.seconds = 0.0
    await state_of(desk, request, "sent", kind="taken")
    letters = await post_office.take(2)
    assert len({letter["Message-ID"] for letter in letters}) == 1
    assert len({letter.as_string() for letter in letters}) == 1


async def test_many_emails_of_two_processes_arrive_once_each(
    mailing: StartMailing, post_office: PostOffice, desk: Desk
) -> None:
    first, second = await mailing(), await mailing()
    for number in range(20):
        citizen = await (first, second)[number % 2].begin(language="de")
        await leave(citizen, email=f"citizen{number}@mail.example")
    await post_office.take(20)
    await asyncio.sleep(0.5)
    recipients = [envelope.rcpt_tos[0] for envelope in post_office.letters]
    assert sorted(recipients) == sorted(f"citizen{number}@mail.example" for number in range(20))


async def test_what_was_erased_before_it_could_be_sent_is_not_sent(
    mailing: StartMailing, post_office: PostOffice, desk: Desk
) -> None:
    web = await mailing()
    await post_office.close()
    citizen = await web.begin(language="de")
    await leave(citizen)
    await state_of(desk, only_request(desk), "unreachable", kind="taken")
    assert (await citizen.erase()).status == 204
    await post_office.open()
    await asyncio.sleep(0.5)
    assert post_office.letters == []
    with desk.engine.connect() as connection:
        assert list_due(connection, at=datetime.now(UTC) + timedelta(days=9)) == ()


async def test_database_that_is_away_after_the_servers_yes_does_not_double_the_email(
    mailing: StartMailing, post_office: PostOffice, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = await mailing()
    store, fails = web.server.app[STORE], iter([True, True, True])
    real = store.write

    async def write(query: Any, *args: Any, **values: Any) -> Any:
        if query is outbox.finish_mail and next(fails, False):
            raise DatabaseUnavailableError("the database does not answer")
        return await real(query, *args, **values)

    monkeypatch.setattr(store, "write", write)
    await leave(await web.begin(language="de"))
    await state_of(desk, only_request(desk), "sent", kind="taken")
    assert next(fails, None) is None
    assert len(post_office.letters) == 1


async def test_email_that_cannot_be_written_does_not_hold_up_the_others(
    mailing: StartMailing, post_office: PostOffice, desk: Desk
) -> None:
    web = await mailing()
    await post_office.close()
    await leave(await web.begin(language="de"))
    broken = only_request(desk)
    with desk.engine.begin() as connection:
        connection.execute(update(REQUEST).values(email="not an address\r\nBcc: x@y.example"))
        connection.execute(update(OUTBOX).values(next_at=datetime.now(UTC)))
    await post_office.open()
    assert (await state_of(desk, broken, "failed", kind="taken")).problem == "address"
    await leave(await web.begin(language="de"))
    assert len(await post_office.take()) == 1


async def test_stopping_lets_the_email_under_way_arrive(
    mailing: StartMailing, post_office: PostOffice, desk: Desk
) -> None:
    post_office.seconds = 0.5
    web = await mailing()
    await leave(await web.begin(language="de"))
    while not post_office.tries:  # noqa: ASYNC110 - the server has no event for it
        await asyncio.sleep(0.01)
    request = only_request(desk)
    await web.server.close()
    assert (await state_of(desk, request, "sent", kind="taken")).tries == 1
    assert len(post_office.letters) == 1


async def test_neither_address_nor_text_is_logged(
    mailing: StartMailing, post_office: PostOffice, desk: Desk, logged: ReadLog
) -> None:
    post_office.at_recipient = f"550 <{EMAIL}> is not known here"
    web = await mailing()
    citizen = await web.begin(language="de")
    await leave(citizen)
    request = only_request(desk)
    await state_of(desk, request, "failed", kind="taken")
    post_office.at_recipient = "250 OK"
    await give_answer(web, desk)
    await state_of(desk, request, "sent")
    log = logged()
    assert re.search(rf'"request": {request.id}\b', log)
    assert "mail_refused" in log
    assert "mail_sent" in log
    for secret in (EMAIL, "berger", "Laterne", ANSWER, request.reference):
        assert secret not in log


@pytest.mark.parametrize(
    "email", ["niemand", "a@b", "ä@mail.example", "a@mail.example\r\nBcc: b@mail.example", "a b@c.de"]
)
async def test_address_that_cannot_be_written_to_is_refused(web: Web, desk: Desk, email: str) -> None:
    citizen = await web.begin(language="de")
    body = {"what": "x", "consent": True, "email": email}
    response = await citizen.session.post(f"{citizen.path}/requests", json=body, headers=citizen.headers)
    assert response.status == 422
    assert (await response.json())["error"]["field"] == "email"


async def test_lost_conversation_leaves_the_answer_to_the_email(
    mailing: StartMailing, post_office: PostOffice, desk: Desk
) -> None:
    web = await mailing()
    await leave(await web.begin(language="de"))
    await post_office.take()
    with desk.engine.begin() as connection:
        connection.execute(delete(Conversation))  # as retention does
    await give_answer(web, desk)
    assert ANSWER in (await post_office.take(2))[1].get_content()
