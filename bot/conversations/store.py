"""Runs transactions on the conversations beside web's event loop, each as one function in one thread.

A driver that is asynchronous itself crosses between threads several times a statement; for a turn's handful of small
statements that costs more than the database does (ADR 15).
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bot.database import open_engine, unhurried
from bot.errors import DatabaseUnavailableError

THREADS = 5  # as many as the engine keeps connections open

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
Query = Callable[Concatenate[Connection, Parameters], Result]


class Store:
    """The database, as web uses it. A query is a function that takes a connection first, as in `queries`.

    PostgreSQL gives a statement `statement_seconds`; one that takes longer counts as not answered.
    """

    def __init__(self, database_url: str, *, statement_seconds: float | None = None) -> None:
        self._engine = open_engine(database_url, statement_seconds=statement_seconds)
        self._readers = ThreadPoolExecutor(THREADS, thread_name_prefix="database")
        # SQLite lets one writer in at a time and makes others poll, up to 25 ms a time; a queue is fair.
        is_sqlite = self._engine.dialect.name == "sqlite"
        self._writers = ThreadPoolExecutor(1, thread_name_prefix="writer") if is_sqlite else self._readers

    async def read(
        self, query: Query[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        """What `query` returns; what it wrote is rolled back.

        Raises:
            DatabaseUnavailableError: the database does not answer, or has no free connection.
        """

        def work() -> Result:
            with self._engine.connect() as connection:
                return query(connection, *args, **kwargs)

        return await self._run(self._readers, work)

    async def write(
        self, query: Query[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        """What `query` returns, in one transaction: committed at the end, rolled back on an error.

        It runs to its end even if nobody waits for it any more.

        Raises:
            DatabaseUnavailableError: the database does not answer, is locked for too long or has no free connection.
        """

        def work() -> Result:
            with self._engine.begin() as connection:
                return query(connection, *args, **kwargs)

        return await self._run(self._writers, work)

    async def maintain(self, work: Callable[[Connection], Result]) -> Result:
        """What `work` returns, outside of any transaction, in the queue of the writers: for VACUUM and the like.

        It may take as long as it needs.

        Raises:
            DatabaseUnavailableError: the database does not answer, is locked for too long or full.
        """

        def work_alone() -> Result:
            engine = self._engine.execution_options(isolation_level="AUTOCOMMIT")
            with engine.connect() as connection, unhurried(connection):
                return work(connection)

        return await self._run(self._writers, work_alone)

    async def close(self) -> None:
        """Wait for what is running, then give back all connections."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._writers.shutdown()
        self._readers.shutdown()
        self._engine.dispose()

    @staticmethod
    async def _run(threads: ThreadPoolExecutor, work: Callable[[], Result]) -> Result:
        try:
            return await asyncio.get_running_loop().run_in_executor(threads, work)
        except (OperationalError, InterfaceError, PoolTimeoutError) as error:
            raise DatabaseUnavailableError("the database does not answer") from error
