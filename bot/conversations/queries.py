"""Every query on conversations. Times are UTC, message numbers count from 1 in each conversation.

A writer names the version of the conversation it has read; if somebody else wrote in between, the write is refused
with ConversationBusyError and nothing is changed.
"""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from bot.conversations.choices import offering_message
from bot.conversations.handoff_models import HandoffRow, RequestRow
from bot.conversations.models import Conversation, FeedbackRow, Message
from bot.conversations.records import UNCHANGED, Feedback, Progress, StoredChoice, StoredConversation, StoredMessage
from bot.errors import ConversationBusyError, NotFoundError
from bot.language import Language

# Core tables, not mapped classes: a turn is a handful of statements, and the ORM would cost more than the database.
CONVERSATION: Table = Conversation.__table__  # type: ignore[assignment]
MESSAGE: Table = Message.__table__  # type: ignore[assignment]
FEEDBACK: Table = FeedbackRow.__table__  # type: ignore[assignment]


def ping(connection: Connection) -> None:
    """Ask the database for a sign of life."""
    connection.execute(text("SELECT 1"))


def create_conversation(
    connection: Connection, conversation_id: str, *, token_hash: str, language: Language, at: datetime
) -> None:
    """Store a new conversation, with the bot answering."""
    values = {"id": conversation_id, "token_hash": token_hash, "language": language, "language_pinned": False}
    connection.execute(
        insert(CONVERSATION), values | {"mode": "bot", "version": 0, "last_number": 0, "created_at": at, "last_at": at}
    )


_CONVERSATION_COLUMNS = [CONVERSATION.c[name] for name in StoredConversation.__dataclass_fields__]
_FIND_CONVERSATION = select(*_CONVERSATION_COLUMNS).where(CONVERSATION.c.id == bindparam("conversation"))


def find_conversation(connection: Connection, conversation_id: str) -> StoredConversation | None:
    """The conversation, or None."""
    row = (connection.execute(_FIND_CONVERSATION, {"conversation": conversation_id})).one_or_none()
    return None if row is None else StoredConversation(**row._mapping)


_REWRITE_INDEX = text("INSERT INTO handoff_search (handoff_search) VALUES ('optimize')")


def rewrite_index(connection: Connection) -> None:
    """Take away the traces of erased handoffs: what FTS5 deletes stays readable until its index is written anew."""
    if connection.dialect.name == "sqlite":
        connection.execute(_REWRITE_INDEX)


def delete_conversation(connection: Connection, conversation_id: str) -> None:
    """Erase the conversation and everything that was said in it and about it, handoffs and requests too."""
    handoffs = connection.execute(delete(HandoffRow).where(HandoffRow.conversation_id == conversation_id))
    if handoffs.rowcount:
        rewrite_index(connection)
    connection.execute(delete(RequestRow).where(RequestRow.conversation_id == conversation_id))
    connection.execute(delete(FEEDBACK).where(FEEDBACK.c.conversation_id == conversation_id))
    connection.execute(delete(MESSAGE).where(MESSAGE.c.conversation_id == conversation_id))
    connection.execute(delete(CONVERSATION).where(CONVERSATION.c.id == conversation_id))


_MESSAGE_FIELDS = [name for name in StoredMessage.__dataclass_fields__ if name != "feedback"]
_MESSAGES = (
    select(*[*(MESSAGE.c[name] for name in _MESSAGE_FIELDS), FEEDBACK.c.helpful, FEEDBACK.c.comment])
    .select_from(MESSAGE.outerjoin(FEEDBACK))
    .where(MESSAGE.c.conversation_id == bindparam("conversation"))
    .order_by(MESSAGE.c.number)
)
_AFTER = _MESSAGES.where(MESSAGE.c.number > bindparam("after"))
_ANSWERS = _MESSAGES.where(MESSAGE.c.reply_to == bindparam("answered"))
_WITH_KEY = _MESSAGES.where(MESSAGE.c.key == bindparam("sent_key"))
_WITH_NUMBER = _MESSAGES.where(MESSAGE.c.number == bindparam("sought"))
_OTHER = MESSAGE.alias()
_LAST_OF_OTHERS = (
    select(func.coalesce(func.max(_OTHER.c.number), 0))
    .where(_OTHER.c.conversation_id == bindparam("conversation"), _OTHER.c.role != "citizen")
    .scalar_subquery()
)
_UNANSWERED = _MESSAGES.where(MESSAGE.c.number > _LAST_OF_OTHERS)

_LAST_TEXT = (
    select(MESSAGE.c.text, MESSAGE.c.language)
    .where(MESSAGE.c.conversation_id == bindparam("conversation"))
    .where(MESSAGE.c.role == "citizen", MESSAGE.c.chosen.is_(None))
    .order_by(MESSAGE.c.number.desc())
    .limit(1)
)
_CHOOSE_LANGUAGE = (
    update(CONVERSATION)
    .where(CONVERSATION.c.id == bindparam("conversation"))
    .values(language=bindparam("wished"), language_pinned=True, version=CONVERSATION.c.version + 1)
)


def list_messages(connection: Connection, conversation_id: str, *, after: int = 0) -> tuple[StoredMessage, ...]:
    """The messages with a number above `after`, in order."""
    rows = connection.execute(_AFTER, {"conversation": conversation_id, "after": after})
    return tuple(map(_message, rows))


def list_answers(connection: Connection, conversation_id: str, *, number: int) -> tuple[StoredMessage, ...]:
    """The answers to the citizen's message `number`."""
    rows = connection.execute(_ANSWERS, {"conversation": conversation_id, "answered": number})
    return tuple(map(_message, rows))


def list_unanswered(connection: Connection, conversation_id: str) -> tuple[StoredMessage, ...]:
    """The citizen's messages at the end of the conversation, after which nobody has said anything."""
    rows = connection.execute(_UNANSWERED, {"conversation": conversation_id})
    return tuple(map(_message, rows))


def last_text_of_citizen(connection: Connection, conversation_id: str, *, language: Language) -> str | None:
    """What the citizen wrote last, masked, if the conversation was in `language` then; pressed buttons do not count."""
    row = connection.execute(_LAST_TEXT, {"conversation": conversation_id}).one_or_none()
    return row.text if row is not None and row.language == language else None


def choose_language(connection: Connection, conversation_id: str, *, language: Language) -> None:
    """Go on in the language that the citizen wishes."""
    connection.execute(_CHOOSE_LANGUAGE, {"conversation": conversation_id, "wished": language})


def find_message_by_key(connection: Connection, conversation_id: str, *, key: str) -> StoredMessage | None:
    """The citizen's message that was sent with the Idempotency-Key `key`, or None."""
    row = (connection.execute(_WITH_KEY, {"conversation": conversation_id, "sent_key": key})).one_or_none()
    return None if row is None else _message(row)


def find_message(connection: Connection, conversation_id: str, *, number: int) -> StoredMessage | None:
    """The message, or None."""
    row = (connection.execute(_WITH_NUMBER, {"conversation": conversation_id, "sought": number})).one_or_none()
    return None if row is None else _message(row)


def find_choice(connection: Connection, conversation_id: str, *, token: str) -> StoredChoice | None:
    """The choice behind an opaque token, if it was offered in this conversation."""
    number = offering_message(token)
    if number is None:
        return None
    message = find_message(connection, conversation_id, number=number)
    return next((choice for choice in message.choices if choice.token == token), None) if message else None


_ADVANCE = update(CONVERSATION).where(
    CONVERSATION.c.id == bindparam("conversation"), CONVERSATION.c.version == bindparam("read_version")
)
_ADD_MESSAGE = insert(MESSAGE)


def add_message(
    connection: Connection,
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
        language_pinned=conversation.language_pinned if progress.pins_language is None else progress.pins_language,
    )
    values: dict[str, Any] = {"version": changed.version, "last_number": changed.last_number, "last_at": message.at}
    if changed.state is not conversation.state:
        values["state"] = changed.state
    if (changed.language, changed.language_pinned) != (conversation.language, conversation.language_pinned):
        values |= {"language": changed.language, "language_pinned": changed.language_pinned}
    updated = connection.execute(
        _ADVANCE,
        {"conversation": conversation.id, "read_version": conversation.version, **values},
    )
    if updated.rowcount == 0:
        _refuse_stale(connection, conversation.id)
    _insert_message(connection, conversation.id, message)
    return changed


def _refuse_stale(connection: Connection, conversation_id: str) -> None:
    if find_conversation(connection, conversation_id) is None:
        raise NotFoundError("the conversation was erased")
    raise ConversationBusyError("the conversation was changed meanwhile")


def _insert_message(connection: Connection, conversation_id: str, message: StoredMessage) -> None:
    row = {name: getattr(message, name) for name in _MESSAGE_FIELDS}
    row |= {
        "conversation_id": conversation_id,
        "masked": list(message.masked) or None,
        "choices": [asdict(choice) for choice in message.choices] or None,
    }
    try:
        connection.execute(_ADD_MESSAGE, row)
    except IntegrityError as error:
        raise ConversationBusyError("the same message is being worked on") from error


def _message(row: Row[Any]) -> StoredMessage:
    values = dict(row._mapping)
    helpful, comment = values.pop("helpful"), values.pop("comment")
    values["masked"] = tuple(row.masked or ())
    values["choices"] = tuple(StoredChoice(**choice) for choice in row.choices or ())
    return StoredMessage(**values, feedback=None if helpful is None else Feedback(helpful=helpful, comment=comment))
