"""Messages as they were written, for as long as a caseworker may need them."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select

from bot.conversations import claims, queries
from bot.conversations.claims import Ending
from bot.conversations.handoffs import leave_handoff
from bot.conversations.originals import (
    ORIGINAL,
    delete_originals,
    keep_original,
    list_originals,
    read_original,
    renew_originals,
)
from bot.conversations.records import StoredConversation, StoredMessage
from bot.encryption import Cipher, make_key
from bot.errors import EncryptionError, NotFoundError
from tests.conversations.desk import AT, Desk

CIPHER = Cipher([make_key()])
TEXT = "Meine IBAN ist DE02 1203 0000 0000 2020 51"


def keep(desk: Desk, conversation_id: str, *, minutes: int = 0, cipher: Cipher = CIPHER) -> int:
    """The number of a message that is kept as it was written too."""
    conversation = desk.read(conversation_id)
    message = StoredMessage(
        number=conversation.last_number + 1,
        role="citizen",
        language="de",
        text="Meine IBAN ist [IBAN]",
        at=AT + timedelta(minutes=minutes),
        masked=("iban",),
    )
    with desk.engine.begin() as connection:
        queries.add_message(connection, conversation, message)
        keep_original(connection, conversation_id, message, text=TEXT, cipher=cipher)
    return message.number


def kept(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(ORIGINAL)) or 0


def test_original_is_stored_encrypted_and_read_again(desk: Desk, engine: Engine) -> None:
    conversation_id = desk.begin().id
    number = keep(desk, conversation_id)
    with engine.connect() as connection:
        [row] = connection.execute(select(ORIGINAL)).all()
        assert "12030000" not in str(row).replace(" ", "")
        assert list_originals(connection, conversation_id) == {number}
        assert read_original(connection, conversation_id, number, cipher=CIPHER) == TEXT
        with pytest.raises(EncryptionError):
            read_original(connection, conversation_id, number, cipher=Cipher([make_key()]))
        for other in ((conversation_id, number + 1), ("0" * 22, number)):
            with pytest.raises(NotFoundError):
                read_original(connection, *other, cipher=CIPHER)


def test_erased_conversation_takes_them_with_it(desk: Desk, engine: Engine) -> None:
    first, second = desk.begin().id, desk.begin().id
    keep(desk, first)
    keep(desk, second)
    with engine.begin() as connection:
        queries.delete_conversation(connection, first)
        assert list_originals(connection, first) == frozenset()
    assert kept(engine) == 1


def goodbye(conversation: StoredConversation) -> StoredMessage:
    return StoredMessage(number=conversation.last_number + 1, role="bot", language="de", text="Ende", at=AT)


def test_they_go_when_the_handoff_is_closed_and_stay_when_it_is_given_back(desk: Desk, engine: Engine) -> None:
    waiting, other = desk.wait(), desk.wait()
    deed = desk.deed(desk.add_caseworker())
    keep(desk, other.conversation_id)
    keep(desk, waiting.conversation_id)
    with engine.begin() as connection:
        claims.claim(connection, waiting.id, deed)
        claims.release(connection, waiting.id, deed)
        claims.claim(connection, waiting.id, deed)
    assert kept(engine) == 2
    with engine.begin() as connection:
        claims.close(connection, waiting.id, deed, ending=Ending(outcome="solved", compose=goodbye))
        assert list_originals(connection, waiting.conversation_id) == frozenset()
    assert kept(engine) == 1


def test_they_go_when_the_citizen_leaves(desk: Desk, engine: Engine) -> None:
    waiting = desk.wait()
    keep(desk, waiting.conversation_id)
    with engine.begin() as connection:
        leave_handoff(connection, waiting.conversation_id, at=AT)
    assert kept(engine) == 0


def test_retention_deletes_old_ones_also_in_handoffs_that_never_end(desk: Desk, engine: Engine) -> None:
    waiting = desk.wait()
    for minutes in (1, 2, 3):
        keep(desk, waiting.conversation_id, minutes=minutes)
    with engine.begin() as connection:
        assert delete_originals(connection, before=AT + timedelta(minutes=2)) == 1
        assert len(list_originals(connection, waiting.conversation_id)) == 2
        later = AT + timedelta(minutes=9)
        assert [delete_originals(connection, before=later, limit=1) for _ in range(3)] == [1, 1, 0]
    assert kept(engine) == 0
    assert len([message for message in _messages(desk, waiting.conversation_id) if message.masked]) == 3


def _messages(desk: Desk, conversation_id: str) -> tuple[StoredMessage, ...]:
    with desk.engine.connect() as connection:
        return queries.list_messages(connection, conversation_id)


def test_they_are_renewed_with_the_first_key(desk: Desk, engine: Engine) -> None:
    old, new = make_key(), make_key()
    conversation_id = desk.begin().id
    number = keep(desk, conversation_id, cipher=Cipher([old]))
    with engine.begin() as connection:
        assert renew_originals(connection, Cipher([new, old])) == 1
        assert read_original(connection, conversation_id, number, cipher=Cipher([new])) == TEXT
