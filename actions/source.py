"""The catalogue in memory, with its search index, as the actions share it."""

import asyncio
import os
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.catalogue.concepts.model import ConceptModel
from bot.catalogue.concepts.store import concept_model
from bot.catalogue.lookup import Thresholds
from bot.catalogue.queries import Catalogue, catalogue_revision, load_catalogue
from bot.catalogue.search import SearchIndex
from bot.database import open_engine
from bot.errors import DatabaseUnavailableError
from bot.settings import Settings

CHECK_SECONDS = 2.0  # how long an import may take to reach the citizen

log = structlog.get_logger()


@dataclass(frozen=True)
class Snapshot:
    """One state of the catalogue and the index built from it."""

    catalogue: Catalogue
    index: SearchIndex


class CatalogueSource:
    """Hands out the newest snapshot; loads a newer one beside the running one when an import has changed something."""

    def __init__(self, engine: Engine, thresholds: Thresholds, concepts: ConceptModel | None = None) -> None:
        self._engine = engine
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
                if known is not None and catalogue_revision(session) == known.catalogue.revision:
                    return known
                catalogue = load_catalogue(session)
        except SQLAlchemyError as error:
            if known is None:
                raise DatabaseUnavailableError("the catalogue cannot be read") from error
            # Citizens are better served from a copy some minutes old than not at all.
            log.warning("catalogue_check_failed", exc_info=error)
            return known
        index = SearchIndex(catalogue.services.values(), self._concepts)
        log.info("catalogue_loaded", revision=catalogue.revision, services=len(catalogue.services))
        return Snapshot(catalogue=catalogue, index=index)


def make_source(settings: Settings) -> CatalogueSource:
    """A source over the database of the settings."""
    return CatalogueSource(
        open_engine(settings.database_url),
        Thresholds(answer=settings.answer_threshold, choice=settings.choice_threshold),
        concept_model(Path(settings.models_dir)),
    )


@cache
def default_source() -> CatalogueSource:
    """The source from the environment, for `python -m rasa_sdk --actions actions`, which passes no arguments."""
    return make_source(Settings.from_env(os.environ))
