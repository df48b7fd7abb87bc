"""The catalogue in memory, with its search index, as the actions share it."""

import asyncio
import os
import time
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.catalogue.concepts.model import ConceptModel
from bot.catalogue.concepts.store import concept_model
from bot.catalogue.lookup import Thresholds
from bot.catalogue.snapshot import Snapshot, make_snapshot, read_newer
from bot.catalogue.validity import town_now
from bot.database import open_engine
from bot.errors import DatabaseUnavailableError
from bot.settings import Settings

CHECK_SECONDS = 2.0  # how long an import may take to reach the citizen

log = structlog.get_logger()


class CatalogueSource:
    """Hands out the newest snapshot; loads a newer one beside the running one when something has changed.

    `now` is the town's clock: what is not valid yet, or no longer, is not in a snapshot.
    """

    def __init__(
        self,
        engine: Engine,
        thresholds: Thresholds,
        concepts: ConceptModel | None = None,
        *,
        now: Callable[[], datetime] = town_now,
    ) -> None:
        self._engine = engine
        self._now = now
        self._concepts = concepts
        self.thresholds = thresholds
        self._snapshot: Snapshot | None = None
        self._checked_at = 0.0
        self._loading = asyncio.Lock()

    async def current(self) -> Snapshot:
        """The snapshot to answer from.

        Raises:
            DatabaseUnavailableError: there is no snapshot yet and the database does not answer.
            NotFoundError: nothing has been imported yet.
        """
        if self._snapshot is not None and time.monotonic() - self._checked_at < CHECK_SECONDS:
            return self._snapshot
        if self._snapshot is not None and self._loading.locked():
            return self._snapshot
        async with self._loading:
            if self._snapshot is None or time.monotonic() - self._checked_at >= CHECK_SECONDS:
                self._snapshot = await asyncio.to_thread(self._newest, self._snapshot)
                self._checked_at = time.monotonic()
        return self._snapshot

    def _newest(self, known: Snapshot | None) -> Snapshot:
        try:
            with Session(self._engine) as session:
                everything = read_newer(session, known, today=self._now().date())
        except SQLAlchemyError as error:
            if known is None:
                raise DatabaseUnavailableError("the catalogue cannot be read") from error
            # Citizens are better served from a copy some minutes old than not at all.
            log.warning("catalogue_check_failed", exc_info=error)
            return known
        if everything is None:
            assert known is not None  # noqa: S101 - for mypy; there is always something newer than nothing
            return known
        snapshot = make_snapshot(everything, self._concepts, now=self._now)
        log.info("catalogue_loaded", revision=everything.revision, services=len(snapshot.catalogue.services))
        return snapshot


def make_source(settings: Settings) -> CatalogueSource:
    """A source over the database of the settings.

    Raises:
        InputError: the thesaurus has mistakes.
        SettingsError: the word vectors cannot be used.
    """
    return CatalogueSource(
        open_engine(settings.database_url),
        Thresholds(answer=settings.answer_threshold, choice=settings.choice_threshold),
        concept_model(Path(settings.models_dir), vectors=settings.search_vectors),
    )


@cache
def default_source() -> CatalogueSource:
    """The source from the environment, for `python -m rasa_sdk --actions actions`, which passes no arguments."""
    return make_source(Settings.from_env(os.environ))
