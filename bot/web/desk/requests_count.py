"""How many requests are open and overdue, for the bar on top of every page."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from datetime import UTC, datetime

from aiohttp import web

from bot.conversations.request_lists import Count, add_up, count_requests
from bot.conversations.store import Store
from bot.errors import DatabaseUnavailableError
from bot.web.keys import STORE

REQUESTS = "/desk/requests"
REFRESH_SECONDS = 10.0


class RequestCounts:
    """The counts as last read. A reader never waits; what is old is read anew behind it."""

    def __init__(self, store: Store, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._counts: Mapping[int, Count] = {}
        self._read_at = -REFRESH_SECONDS
        self._reading: asyncio.Task[None] | None = None

    def of(self, teams: Collection[int]) -> Count:
        """The requests of these teams."""
        is_old = self._clock() - self._read_at >= REFRESH_SECONDS
        if is_old and (self._reading is None or self._reading.done()):
            self._reading = asyncio.create_task(self.refresh())
        return add_up(self._counts, teams)

    async def refresh(self) -> None:
        """Count now. Where the database does not answer the old numbers stay; whoever needs it reports that."""
        self._read_at = self._clock()
        with contextlib.suppress(DatabaseUnavailableError):
            self._counts = await self._store.read(count_requests, at=datetime.now(UTC))

    async def close(self) -> None:
        """Wait for what is under way."""
        if self._reading is not None:
            await self._reading


COUNTS = web.AppKey("request_counts", RequestCounts)


async def counting_requests(app: web.Application) -> AsyncIterator[None]:
    """For `cleanup_ctx`, after the store is there."""
    counts = app[COUNTS] = RequestCounts(app[STORE])
    await counts.refresh()
    yield
    await counts.close()
