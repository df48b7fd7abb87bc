"""Every query on conversations. Times are UTC, message numbers count from 1 in each conversation.

A writer names the version of the conversation it has read; if somebody else wrote in between, the write is refused
with ConversationBusyError and nothing is changed.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, bindparam, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.conversations.models import Choice, Conversation, Message
from bot.conversations.records import UNCHANGED, Progress, StoredChoice, StoredConversation, StoredMessage
from bot.errors import ConversationBusyError, DatabaseUnavailableError, NotFoundError
from bot.language import Language

# Core tables, not mapped classes: a turn is five statements, and the ORM would cost more than the database.
CONVERSATION: Table = Conversation.__table__  # type: ignore[assignment]
MESSAGE: Table = Message.__table__  # type: ignore[assignment]
CHOICE: Table = Choice.__table__  # type: ignore[assignment]


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """One connection in one transaction, committed at the end.

    Raises:
        DatabaseUnavailableError: the database does not answer, is locked for too long or has no free connection.
    """
    try:
        async with engine.begin() as connection:
            yield connection
    except (OperationalError, InterfaceError, PoolTimeoutError) as error:
        raise DatabaseUnavailableError("the database does not answer") from error


async def ping(connection: AsyncConnection) -> None:
    """Ask the database for a sign of life."""
    await connection.execute(text("SELECT 1"))


async def create_conversation(
    connection: AsyncConnection, conversation_id: str, *, token_hash: str, language: Language, at: datetime
) -> None:
    """Store a new conversation, with the bot answering."""
    values = {"id": conversation_id, "token_hash": token_hash, "language": language, "language_pinned": False}
    await connection.execute(
        insert(CONVERSATION), values | {"mode": "bot", "version": 0, "last_number": 0, "created_at": at, "last_at": at}
    )


_CONVERSATION_COLUMNS = [CONVERSATION.c[name] for name in StoredConversation.__dataclass_fields__]
_FIND_CONVERSATION = select(*_CONVERSATION_COLUMNS).where(CONVERSATION.c.id == bindparam("conversation"))


async def find_conversation(connection: AsyncConnection, conversation_id: str) -> StoredConversation | None:
    """The conversation, or None."""
    row = (await connection.execute(_FIND_CONVERSATION, {"conversation": conversation_id})).one_or_none()
    return None if row is None else StoredConversation(**row._mapping)


async def delete_conversation(connection: AsyncConnection, conversation_id: str) -> None:
    """Erase the conversation and everything that was said in it."""
    await connection.execute(delete(CHOICE).where(CHOICE.c.conversation_id == conversation_id))
    await connection.execute(delete(MESSAGE).where(MESSAGE.c.conversation_id == conversation_id))
    await connection.execute(delete(CONVERSATION).where(CONVERSATION.c.id == conversation_id))


_MESSAGE_COLUMNS = [MESSAGE.c[name] for name in StoredMessage.__dataclass_fields__ if name != "choices"]
_MESSAGES = (
    select(*_MESSAGE_COLUMNS).where(MESSAGE.c.conversation_id == bindparam("conversation")).order_by(MESSAGE.c.number)
)
_CHOICES = (
    select(CHOICE)
    .where(CHOICE.c.conversation_id == bindparam("conversation"))
    .order_by(CHOICE.c.message_number, CHOICE.c.position)
)


async def list_messages(
    connection: AsyncConnection, conversation_id: str, *, after: int = 0
) -> tuple[StoredMessage, ...]:
    """The messages with a number above `after`, in order, with their choices."""
    parameters = {"conversation": conversation_id, "after": after}
    messages = await connection.execute(_MESSAGES.where(MESSAGE.c.number > bindparam("after")), parameters)
    choices = await connection.execute(_CHOICES.where(CHOICE.c.message_number > bindparam("after")), parameters)
    return _joined(messages.all(), choices.all())


async def list_answers(connection: AsyncConnection, conversation_id: str, *, number: int) -> tuple[StoredMessage, ...]:
    """The answers to the citizen's message `number`."""
    parameters = {"conversation": conversation_id, "number": number}
    answers = (await connection.execute(_MESSAGES.where(MESSAGE.c.reply_to == bindparam("number")), parameters)).all()
    if not answers:
        return ()
    choices = await connection.execute(
        _CHOICES.where(CHOICE.c.message_number.in_([answer.number for answer in answers])), parameters
    )
    return _joined(answers, choices.all())


async def find_message_by_key(connection: AsyncConnection, conversation_id: str, *, key: str) -> StoredMessage | None:
    """The citizen's message that was sent with the Idempotency-Key `key`, or None."""
    rows = await connection.execute(
        _MESSAGES.where(MESSAGE.c.key == bindparam("key")), {"conversation": conversation_id, "key": key}
    )
    row = rows.one_or_none()
    return None if row is None else _message(row, ())


async def find_choice(connection: AsyncConnection, conversation_id: str, *, token: str) -> StoredChoice | None:
    """The choice behind an opaque token, if it was offered in this conversation."""
    rows = await connection.execute(
        _CHOICES.where(CHOICE.c.token == bindparam("token")), {"conversation": conversation_id, "token": token}
    )
    row = rows.one_or_none()
    return None if row is None else _choice(row)


async def add_message(
    connection: AsyncConnection,
    conversation: StoredConversation,
    message: StoredMessage,
    progress: Progress = UNCHANGED,
) -> StoredConversation:
    """Store `message` as the next one, together with the `progress` it made, and return the conversation as it is now.

    Raises:
        ConversationBusyError: the conversation was changed since it was read, or the key was used meanwhile.
        NotFoundError: the conversation was erased since it was read.
    """
    changed = replace(
        conversation,
        version=conversation.version + 1,
        last_number=message.number,
        state=conversation.state if progress.state is None else progress.state,
        language=progress.language or conversation.language,
        language_pinned=conversation.language_pinned or progress.pins_language,
    )
    values: dict[str, Any] = {"version": changed.version, "last_number": changed.last_number, "last_at": message.at}
    if changed.state is not conversation.state:
        values["state"] = changed.state
    if (changed.language, changed.language_pinned) != (conversation.language, conversation.language_pinned):
        values |= {"language": changed.language, "language_pinned": changed.language_pinned}
    updated = await connection.execute(
        update(CONVERSATION).where(
            CONVERSATION.c.id == bindparam("conversation"), CONVERSATION.c.version == bindparam("read_version")
        ),
        {"conversation": conversation.id, "read_version": conversation.version, **values},
    )
    if updated.rowcount == 0:
        await _refuse_stale(connection, conversation.id)
    await _insert_message(connection, conversation.id, message)
    return changed


async def _refuse_stale(connection: AsyncConnection, conversation_id: str) -> None:
    if await find_conversation(connection, conversation_id) is None:
        raise NotFoundError("the conversation was erased")
    raise ConversationBusyError("the conversation was changed meanwhile")


async def _insert_message(connection: AsyncConnection, conversation_id: str, message: StoredMessage) -> None:
    row = {name: getattr(message, name) for name in StoredMessage.__dataclass_fields__ if name != "choices"}
    row |= {"conversation_id": conversation_id, "masked": list(message.masked) or None}
    try:
        await connection.execute(insert(MESSAGE), row)
    except IntegrityError as error:
        raise ConversationBusyError("the same message is being worked on") from error
    if message.choices:
        await connection.execute(
            insert(CHOICE),
            [
                {
                    "conversation_id": conversation_id,
                    "token": choice.token,
                    "message_number": message.number,
                    "position": position,
                    "title": choice.title,
                    "intent": choice.intent,
                    "entities": choice.entities,
                }
                for position, choice in enumerate(message.choices)
            ],
        )


def _joined(messages: Sequence[Row[Any]], choices: Sequence[Row[Any]]) -> tuple[StoredMessage, ...]:
    of_message: defaultdict[int, list[StoredChoice]] = defaultdict(list)
    for choice in choices:
        of_message[choice.message_number].append(_choice(choice))
    return tuple(_message(row, of_message[row.number]) for row in messages)


def _message(row: Row[Any], choices: Sequence[StoredChoice]) -> StoredMessage:
    values = dict(row._mapping)
    values["masked"] = tuple(values["masked"] or ())
    return StoredMessage(**values, choices=tuple(choices))


def _choice(row: Row[Any]) -> StoredChoice:
    return StoredChoice(token=row.token, title=row.title, intent=row.intent, entities=row.entities)
