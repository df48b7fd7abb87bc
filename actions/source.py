"""The catalogue in memory, with its search index, as the actions share it."""

import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.catalogue.concepts.model import ConceptModel
from bot.catalogue.concepts.store import concept_model
from bot.catalogue.importers.record import ServiceOffice
from bot.catalogue.lookup import Thresholds
from bot.catalogue.naming import english_names
from bot.catalogue.office_texts import Moment
from bot.catalogue.public_holidays import PublicHolidays
from bot.catalogue.queries import Catalogue, catalogue_revision, load_catalogue
from bot.catalogue.search import SearchIndex
from bot.catalogue.validity import next_turn, town_now, valid_catalogue
from bot.database import open_engine
from bot.errors import DatabaseUnavailableError
from bot.settings import Settings

CHECK_SECONDS = 2.0  # how long an import may take to reach the citizen

log = structlog.get_logger()


@dataclass(frozen=True)
class Snapshot:
    """One state of the catalogue, what of it is valid, and the index built from that.

    `until` is the day from which on other services are valid; None where that never changes. `areas` holds every area
    an office is for, once. `now` is the town's clock.
    """

    catalogue: Catalogue
    index: SearchIndex
    until: date | None = None
    areas: tuple[ServiceOffice, ...] = ()
    now: Callable[[], datetime] = town_now

    def moment(self) -> Moment:
        """Now, where the town is."""
        return Moment(at=self.now(), holidays=PublicHolidays(self.catalogue.town.land))


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
        today = self._now().date()
        try:
            with Session(self._engine) as session:
                if known is not None and _is_current(known, today, revision=catalogue_revision(session)):
                    return known
                everything = load_catalogue(session)
        except SQLAlchemyError as error:
            if known is None:
                raise DatabaseUnavailableError("the catalogue cannot be read") from error
            # Citizens are better served from a copy some minutes old than not at all.
            log.warning("catalogue_check_failed", exc_info=error)
            return known
        catalogue = valid_catalogue(everything, on=today)
        index = SearchIndex(catalogue.services.values(), self._concepts)
        if self._concepts is not None:
            names = english_names(catalogue.services.values(), self._concepts)
            catalogue = replace(catalogue, english_names=names)
        log.info("catalogue_loaded", revision=catalogue.revision, services=len(catalogue.services))
        until = next_turn(everything.services.values(), after=today)
        links = (link for service in catalogue.services.values() for link in service.offices if link.areas)
        areas = tuple({link.areas: link for link in links}.values())
        return Snapshot(catalogue=catalogue, index=index, until=until, areas=areas, now=self._now)


def _is_current(snapshot: Snapshot, today: date, *, revision: int) -> bool:
    return snapshot.catalogue.revision == revision and (snapshot.until is None or today < snapshot.until)


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
