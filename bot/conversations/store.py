"""Opens transactions on the conversations. SQLite lets one writer in at a time, PostgreSQL many."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.database import open_async_engine
from bot.errors import DatabaseUnavailableError


class Store:
    """The database, as web uses it."""

    def __init__(self, database_url: str) -> None:
        self._engine: AsyncEngine = open_async_engine(database_url)
        # SQLite makes a second writer poll, up to 25 ms a time; waiting here is fair and over at once.
        self._writer: AbstractAsyncContextManager[object] = (
            asyncio.Lock() if self._engine.dialect.name == "sqlite" else nullcontext()
        )

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection to read with.

        Raises:
            DatabaseUnavailableError: the database does not answer, or has no free connection.
        """
        try:
            async with self._engine.connect() as connection:
                yield connection
        except (OperationalError, InterfaceError, PoolTimeoutError) as error:
            raise DatabaseUnavailableError("the database does not answer") from error

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A connection in one transaction, committed at the end, rolled back on an error.

        Raises:
            DatabaseUnavailableError: the database does not answer, is locked for too long or has no free connection.
        """
        try:
            async with self._writer, self._engine.begin() as connection:
                yield connection
        except (OperationalError, InterfaceError, PoolTimeoutError) as error:
            raise DatabaseUnavailableError("the database does not answer") from error

    async def close(self) -> None:
        """Give back all connections."""
        await self._engine.dispose()
