"""The catalogue with its search index, as the desk looks things up in it.

Web answers citizens without it; so it is read when somebody at the desk first needs it, beside the event loop. Measured
with 287 services: 71 MB and 1.5 s of one core once a process, then 1 to 9 ms a search. Without a hop to the action
server the desk can look things up also while that is away.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from datetime import date, datetime
from pathlib import Path

import structlog
from aiohttp import web
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from bot.catalogue.concepts.model import ConceptModel
from bot.catalogue.concepts.store import concept_model, concept_model_path
from bot.catalogue.queries import Catalogue
from bot.catalogue.snapshot import Snapshot, make_snapshot, read_newer
from bot.catalogue.validity import town_now
from bot.conversations.store import Store
from bot.errors import DatabaseUnavailableError, NotFoundError
from bot.web.keys import SETTINGS, STORE

CHECK_SECONDS = 5.0  # how long an import may take to reach the desk

log = structlog.get_logger(__name__)


class CatalogueSource:
    """Hands out the newest snapshot. One that is some seconds old serves on while a newer one is made behind it."""

    def __init__(self, store: Store, *, models: Path, now: Callable[[], datetime] = town_now) -> None:
        self._store = store
        self._models = models
        self._now = now
        self._concepts: ConceptModel | None = None
        self._snapshot: Snapshot | None = None
        self._read_at = -CHECK_SECONDS
        self._reading: asyncio.Task[None] | None = None

    async def current(self) -> Snapshot | None:
        """The snapshot; only the first reader waits. None where nothing is imported or the database is away."""
        if self.ready() is None and self._reading is not None:
            await asyncio.shield(self._reading)
        return self._snapshot

    def ready(self) -> Snapshot | None:
        """The snapshot if it is there; otherwise it is being made from now on."""
        is_due = self._snapshot is None or time.monotonic() - self._read_at >= CHECK_SECONDS
        if is_due and (self._reading is None or self._reading.done()):
            self._reading = asyncio.create_task(self._read())
        return self._snapshot

    async def close(self) -> None:
        """Wait for what is under way."""
        if self._reading is not None:
            await self._reading

    async def _read(self) -> None:
        try:
            learned = self._concepts is None and await asyncio.to_thread(self._find_concepts)
            known = None if learned else self._snapshot
            everything = await self._store.read(_read_newer, known, today=self._now().date())
            if everything is not None:
                self._snapshot = await asyncio.to_thread(make_snapshot, everything, self._concepts, now=self._now)
        except (DatabaseUnavailableError, NotFoundError) as error:
            log.warning("desk_catalogue_not_read", error=type(error).__name__)
        self._read_at = time.monotonic()

    def _find_concepts(self) -> bool:
        """Whether there is what the action server or `bot prepare` has learned from the thesaurus.

        To learn it here would take 15 seconds away from the citizens; until it is there, texts alone are searched.
        Word vectors are left out: staff know the words of their services.
        """
        if not concept_model_path(self._models).exists():
            log.info("desk_searches_texts_alone")
            return False
        self._concepts = concept_model(self._models)
        return True


def _read_newer(connection: Connection, known: Snapshot | None, *, today: date) -> Catalogue | None:
    with Session(connection) as session:
        return read_newer(session, known, today=today)


CATALOGUE = web.AppKey("desk_catalogue", CatalogueSource)


async def reading_catalogue(app: web.Application) -> AsyncIterator[None]:
    """For `cleanup_ctx`, after the store is there."""
    source = app[CATALOGUE] = CatalogueSource(app[STORE], models=Path(app[SETTINGS].models_dir))
    yield
    await source.close()
