"""Engines for the one database: SQLite (default) or PostgreSQL. All tables hang on `Base`.

Errors never carry the values of a statement: they may be what a citizen wrote.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, TypeDecorator, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import DeclarativeBase

SQLITE_BUSY_MS = 5_000
# PostgreSQL on another machine: how long one waits for a connection, and until one that went dead is noticed.
PATIENCE = {
    "connect_timeout": 5,  # seconds, as the next two
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # milliseconds
}


class Base(DeclarativeBase):
    """Parent of all mapped classes; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. SQLite forgets time zones, so they are put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse a moment without a time zone rather than guess one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """The moment with its time zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def open_engine(database_url: str, *, statement_seconds: float | None = None) -> Engine:
    """An engine for `database_url`; the directory of an SQLite file is made where it is missing.

    PostgreSQL ends a statement after `statement_seconds`, also one that waits for a lock. What the URL itself says of
    connections goes before.
    """
    url = make_url(database_url)
    if url.get_backend_name() == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
        options = _postgresql_options(url, statement_seconds)
        engine = create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=options)
    else:
        if url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, hide_parameters=True)
    _prepare_sqlite(engine)
    return engine


def _postgresql_options(url: URL, statement_seconds: float | None) -> dict[str, Any]:
    options: dict[str, Any] = {name: value for name, value in PATIENCE.items() if name not in url.query}
    if statement_seconds is not None:
        own = str(url.query.get("options", ""))  # of two settings the last one counts
        options["options"] = f"-c statement_timeout={statement_seconds * 1000:.0f} {own}".strip()
    return options


@contextmanager
def unhurried(connection: Connection) -> Iterator[None]:
    """Statements within the block may take as long as they need. Not in a transaction."""
    if connection.dialect.name != "postgresql":
        yield
        return
    connection.execute(text("SET statement_timeout = 0"))
    try:
        yield
    finally:
        connection.execute(text("RESET statement_timeout"))


def take_time(connection: Connection) -> None:
    """Statements may take as long as they need until the end of the transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))


@contextmanager
def opened_engine(database_url: str) -> Iterator[Engine]:
    """The same, with all its connections given back at the end, also after an error."""
    engine = open_engine(database_url)
    try:
        yield engine
    finally:
        engine.dispose()


def _prepare_sqlite(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        # WAL lets readers go on while one writes; FULL keeps an acknowledged message through a power cut.
        _use_wal(cursor)
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        # What is erased must not stay readable in the file's free pages.
        cursor.execute("PRAGMA secure_delete = ON")
        cursor.execute(f"PRAGMA busy_timeout = {SQLITE_BUSY_MS}")
        cursor.close()


def _use_wal(cursor: sqlite3.Cursor) -> None:
    """Switch the file to WAL, once and for all. SQLite does not wait while others do so at the same moment."""
    give_up = time.monotonic() + SQLITE_BUSY_MS / 1000
    while cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.01)
        else:
            return  # also where there is no file, which has no WAL
