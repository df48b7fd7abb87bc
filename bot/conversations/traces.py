"""What deleting leaves behind in files, and how it goes.

SQLite: what was written stands in the write-ahead log until that is emptied; `secure_delete` (bot.database) overwrites
what is deleted, but where pages were split or joined copies can stay in their gaps, until the file is written anew.
PostgreSQL: deleted rows stay in their pages until VACUUM lets others take their place.
"""

from sqlalchemy import Connection, text

from bot.database import SQLITE_BUSY_MS

PATIENCE_MS = 250  # for readers of the log; all writers wait meanwhile
TABLES = (
    "conversation",
    "message",
    "message_original",
    "feedback",
    "wrong_answer",
    "handoff",
    "handoff_event",
    "handoff_search",
    "request",
    "outbox",
    "missed_word",
    "audit",
)


def empty_log(connection: Connection) -> bool:
    """Move the write-ahead log of SQLite into its file; False where a reader is in the way. Not in a transaction."""
    if connection.dialect.name != "sqlite":
        return True
    connection.execute(text(f"PRAGMA busy_timeout = {PATIENCE_MS}"))
    try:
        is_busy = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()[0]
    finally:
        connection.execute(text(f"PRAGMA busy_timeout = {SQLITE_BUSY_MS}"))
    return not is_busy


def rewrite_tables(connection: Connection) -> None:
    """Write the file anew without what was deleted, or on PostgreSQL free its space. Not in a transaction.

    SQLite needs twice the size of the file for it, and lets nobody write meanwhile. PostgreSQL lets everybody go on,
    and leaves out, with a warning in its own log, tables that are not ours.
    """
    if connection.dialect.name == "sqlite":
        connection.execute(text("VACUUM"))
        empty_log(connection)
        return
    for table in TABLES:
        connection.execute(text(f"VACUUM {table}"))
