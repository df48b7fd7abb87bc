import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.conversations import queries
from bot.conversations.choices import make_choice_token
from bot.conversations.records import Progress, StoredChoice, StoredConversation, StoredMessage
from bot.conversations.store import Store
from bot.errors import ConversationBusyError, DatabaseUnavailableError, NotFoundError

AT = datetime(2026, 5, 3, 12, 30, tzinfo=UTC)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    store = Store(database_url)
    yield store
    await store.close()


@pytest.fixture
async def conversation(store: Store) -> StoredConversation:
    return await begin(store, "A" * 22)


async def begin(store: Store, conversation_id: str) -> StoredConversation:
    await store.write(queries.create_conversation, conversation_id, token_hash="0" * 64, language="de", at=AT)
    return await find(store, conversation_id)


async def find(store: Store, conversation_id: str) -> StoredConversation:
    found = await store.read(queries.find_conversation, conversation_id)
    assert found is not None
    return found


def citizen_says(number: int, **values: object) -> StoredMessage:
    message = StoredMessage(number=number, role="citizen", language="de", text=f"Nachricht {number}", at=AT)
    return replace(message, **values)


async def test_new_conversation_is_answered_by_the_bot(conversation: StoredConversation) -> None:
    assert conversation == StoredConversation(
        id="A" * 22,
        token_hash="0" * 64,
        language="de",
        language_pinned=False,
        mode="bot",
        state=None,
        version=0,
        last_number=0,
    )


async def test_message_comes_back_as_it_was_stored(store: Store, conversation: StoredConversation) -> None:
    message = StoredMessage(
        number=1,
        role="bot",
        language="en",
        text="Grüße, 🙂 'x' \"y\" ; --",
        at=AT,
        outcome="service",
        reply_to=None,
        key="k1",
        masked=("iban", "phone"),
        card={"kind": "choices", "services": []},
        choices=(
            StoredChoice(token=make_choice_token(1), title="Gebühren", intent="choose_service", entities={"a": 1}),
        ),
        understanding={"intent": "ask_fees", "confidence": 0.97},
    )
    await store.write(queries.add_message, conversation, message)
    assert await store.read(queries.list_messages, conversation.id) == (message,)


async def test_moments_are_kept_in_utc(store: Store, conversation: StoredConversation) -> None:
    local = AT.astimezone(timezone(timedelta(hours=2)))
    await store.write(queries.add_message, conversation, citizen_says(1, at=local))
    [message] = await store.read(queries.list_messages, conversation.id)
    assert message.at == AT
    assert message.at.utcoffset() == timedelta()


async def test_moment_without_time_zone_is_refused(store: Store, conversation: StoredConversation) -> None:
    with pytest.raises(Exception, match="without a time zone"):
        await store.write(queries.add_message, conversation, citizen_says(1, at=AT.replace(tzinfo=None)))


async def test_stale_writer_is_refused_and_changes_nothing(store: Store, conversation: StoredConversation) -> None:
    changed = await store.write(queries.add_message, conversation, citizen_says(1))
    with pytest.raises(ConversationBusyError):
        await store.write(queries.add_message, conversation, citizen_says(1, text="zu spät"))
    assert await find(store, conversation.id) == changed
    [message] = await store.read(queries.list_messages, conversation.id)
    assert message.text == "Nachricht 1"


async def test_progress_is_stored_with_the_message(store: Store, conversation: StoredConversation) -> None:
    progress = Progress(state='{"turns": 1}', language="en", pins_language=True)
    changed = await store.write(queries.add_message, conversation, citizen_says(1), progress)
    assert await find(store, conversation.id) == changed
    assert (changed.state, changed.language, changed.language_pinned) == ('{"turns": 1}', "en", True)
    later = await store.write(queries.add_message, changed, citizen_says(2))
    assert await find(store, conversation.id) == later
    assert (later.state, later.language, later.language_pinned) == ('{"turns": 1}', "en", True)


async def test_same_key_twice_is_refused(store: Store, conversation: StoredConversation) -> None:
    changed = await store.write(queries.add_message, conversation, citizen_says(1, key="k1"))
    with pytest.raises(ConversationBusyError):
        await store.write(queries.add_message, changed, citizen_says(2, key="k1"))
    assert (await find(store, conversation.id)).last_number == 1


async def test_erased_conversation_cannot_be_written_to(store: Store, conversation: StoredConversation) -> None:
    await store.write(queries.add_message, conversation, citizen_says(1))
    await store.write(queries.delete_conversation, conversation.id)
    with pytest.raises(NotFoundError):
        await store.write(queries.add_message, conversation, citizen_says(2))
    assert await store.read(queries.find_conversation, conversation.id) is None
    assert await store.read(queries.list_messages, conversation.id) == ()


async def test_messages_are_found_by_key_and_by_what_they_answer(
    store: Store, conversation: StoredConversation
) -> None:
    other = await begin(store, "B" * 22)
    changed = await store.write(queries.add_message, conversation, citizen_says(1, key="k1"))
    await store.write(queries.add_message, changed, citizen_says(2, role="bot", reply_to=1))
    await store.write(queries.add_message, other, citizen_says(1, text="andere"))
    found = await store.read(queries.find_message_by_key, conversation.id, key="k1")
    assert found is not None
    assert found.number == 1
    assert await store.read(queries.find_message_by_key, conversation.id, key="k2") is None
    assert await store.read(queries.find_message_by_key, other.id, key="k1") is None
    assert [answer.number for answer in await store.read(queries.list_answers, conversation.id, number=1)] == [2]
    assert await store.read(queries.list_answers, other.id, number=1) == ()
    assert [entry.number for entry in await store.read(queries.list_messages, conversation.id, after=1)] == [2]


async def test_choice_is_found_only_where_it_was_offered(store: Store, conversation: StoredConversation) -> None:
    other = await begin(store, "B" * 22)
    offered = StoredChoice(token=make_choice_token(1), title="Ja", intent="choose_service", entities={"service": "1"})
    await store.write(queries.add_message, conversation, citizen_says(1, role="bot", choices=(offered,)))
    await store.write(queries.add_message, other, citizen_says(1, role="bot"))
    assert await store.read(queries.find_choice, conversation.id, token=offered.token) == offered
    assert await store.read(queries.find_choice, other.id, token=offered.token) is None
    for made_up in (make_choice_token(1), make_choice_token(7), "A" * 22, "kurz", "", "ä" * 22, "=" * 22):
        assert await store.read(queries.find_choice, conversation.id, token=made_up) is None


async def test_many_writers_at_once_all_get_their_turn(store: Store) -> None:
    conversations = [await begin(store, f"{number:022d}") for number in range(20)]

    async def write(conversation: StoredConversation) -> None:
        await store.write(queries.add_message, conversation, citizen_says(1))

    await asyncio.gather(*map(write, conversations))
    for conversation in conversations:
        assert len(await store.read(queries.list_messages, conversation.id)) == 1


async def test_database_that_cannot_be_reached_is_named_as_such() -> None:
    store = Store("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(DatabaseUnavailableError):
        await store.read(queries.ping)
    with pytest.raises(DatabaseUnavailableError):
        await store.write(queries.ping)
    await store.close()
