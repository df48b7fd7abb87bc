"""Whose assistant this is: the catalogue's town, read at start and again from time to time."""

import asyncio
import time
from collections.abc import Callable

import structlog

from bot.catalogue.importers.record import Town
from bot.catalogue.queries import find_town
from bot.conversations.store import Store
from bot.errors import DatabaseUnavailableError

log = structlog.get_logger(__name__)

REFRESH_SECONDS = 60.0
NO_TOWN = Town(name="Stadtlotse")  # before the first import


class TownSource:
    """The town as last read. A reader never waits; a copy that is old is refreshed behind it."""

    def __init__(self, store: Store, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._town = NO_TOWN
        self._read_at = -REFRESH_SECONDS
        self._refresh: asyncio.Task[None] | None = None

    def current(self) -> Town:
        """The town; at most a minute and one call behind the catalogue."""
        due = self._clock() - self._read_at >= REFRESH_SECONDS
        if due and (self._refresh is None or self._refresh.done()):
            self._refresh = asyncio.create_task(self._refresh_quietly())
        return self._town

    async def refresh(self) -> None:
        """Read the town now.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        town = await self._store.read(find_town)
        self._town = town or NO_TOWN
        self._read_at = self._clock()

    async def _refresh_quietly(self) -> None:
        try:
            await self.refresh()
        except DatabaseUnavailableError:
            # The old copy serves on; whoever needs the database meets the same error and reports it.
            self._read_at = self._clock()
        except Exception as error:  # nobody waits for this task
            log.exception("town_not_read", exc_info=error)
            self._read_at = self._clock()

    async def close(self) -> None:
        """Wait for a refresh that is under way."""
        if self._refresh is not None:
            await self._refresh
