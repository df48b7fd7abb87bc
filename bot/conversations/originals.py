"""Messages to caseworkers as they were written, encrypted, beside the masked ones that everything else works with.

They are kept only while the citizen waits for a human or talks to one, and go when that ends (ADR 22). Every function
takes part in the caller's transaction.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, Table, delete, insert, select, tuple_, update

from bot.conversations.handoff_models import OriginalRow
from bot.conversations.records import StoredMessage
from bot.encryption import Cipher
from bot.errors import NotFoundError

ORIGINAL: Table = OriginalRow.__table__  # type: ignore[assignment]
AT_ONCE = 500  # in one transaction


def keep_original(
    connection: Connection, conversation_id: str, masked: StoredMessage, *, text: str, cipher: Cipher
) -> None:
    """Keep the text of a message that is stored masked."""
    token = cipher.encrypt(text, purpose=_purpose(conversation_id, masked.number))
    values = {"conversation_id": conversation_id, "number": masked.number, "token": token, "at": masked.at}
    connection.execute(insert(ORIGINAL).values(values))


def read_original(connection: Connection, conversation_id: str, number: int, *, cipher: Cipher) -> str:
    """What the citizen wrote as message `number`.

    Raises:
        NotFoundError: it is not kept, or no longer.
        EncryptionError: none of the keys opens it.
    """
    query = select(ORIGINAL.c.token).where(ORIGINAL.c.conversation_id == conversation_id, ORIGINAL.c.number == number)
    token = connection.scalar(query)
    if token is None:
        raise NotFoundError("this message is not kept as it was written")
    return cipher.decrypt(token, purpose=_purpose(conversation_id, number))


def list_originals(connection: Connection, conversation_id: str) -> Collection[int]:
    """The numbers of the messages that are kept as they were written."""
    query = select(ORIGINAL.c.number).where(ORIGINAL.c.conversation_id == conversation_id)
    return frozenset(connection.scalars(query))


def forget_originals(connection: Connection, conversation_id: str) -> int:
    """Delete those of a conversation, because its handoff has ended; returns how many."""
    return connection.execute(delete(ORIGINAL).where(ORIGINAL.c.conversation_id == conversation_id)).rowcount


def delete_originals(connection: Connection, *, before: datetime, limit: int = AT_ONCE) -> int:
    """Delete up to `limit` that were written before then, also in handoffs that are still open; returns how many."""
    key = tuple_(ORIGINAL.c.conversation_id, ORIGINAL.c.number)
    old = select(*key.clauses).where(ORIGINAL.c.at < before).order_by(ORIGINAL.c.at).limit(limit)
    return connection.execute(delete(ORIGINAL).where(key.in_(old))).rowcount


def delete_all_originals(connection: Connection) -> int:
    """Delete them all, because their keys are lost; returns how many."""
    return connection.execute(delete(ORIGINAL)).rowcount


def renew_originals(connection: Connection, cipher: Cipher) -> int:
    """Encrypt all with the first key; returns how many.

    Raises:
        EncryptionError: none of the keys opens one of them.
    """
    rows = connection.execute(select(ORIGINAL.c.conversation_id, ORIGINAL.c.number, ORIGINAL.c.token)).all()
    for row in rows:
        same = (ORIGINAL.c.conversation_id == row.conversation_id, ORIGINAL.c.number == row.number)
        connection.execute(update(ORIGINAL).where(*same).values(token=cipher.renew(row.token)))
    return len(rows)


def _purpose(conversation_id: str, number: int) -> str:
    return f"message {number} of conversation {conversation_id}"
