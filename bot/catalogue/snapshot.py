"""The catalogue in memory as it stands at one moment, with its search index, to answer from."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from bot.catalogue.concepts.model import ConceptModel
from bot.catalogue.importers.record import ServiceOffice
from bot.catalogue.naming import english_names
from bot.catalogue.office_texts import Moment
from bot.catalogue.public_holidays import PublicHolidays
from bot.catalogue.queries import Catalogue, catalogue_revision, load_catalogue
from bot.catalogue.search import SearchIndex
from bot.catalogue.validity import next_turn, town_now, valid_catalogue


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


def read_newer(session: Session, known: Snapshot | None, *, today: date) -> Catalogue | None:
    """The whole catalogue; None where nothing has changed since `known`, and the same services are valid.

    Raises:
        NotFoundError: nothing has been imported yet.
    """
    if known is not None and _is_current(known, today, revision=catalogue_revision(session)):
        return None
    return load_catalogue(session)


def _is_current(snapshot: Snapshot, today: date, *, revision: int) -> bool:
    return snapshot.catalogue.revision == revision and (snapshot.until is None or today < snapshot.until)


def make_snapshot(everything: Catalogue, concepts: ConceptModel | None, *, now: Callable[[], datetime]) -> Snapshot:
    """What is valid today by the clock `now`, with its index. Takes a second or two for some hundred services."""
    today = now().date()
    catalogue = valid_catalogue(everything, on=today)
    index = SearchIndex(catalogue.services.values(), concepts)
    if concepts is not None:
        names = english_names(catalogue.services.values(), concepts)
        catalogue = replace(catalogue, english_names=names)
    until = next_turn(everything.services.values(), after=today)
    links = (link for service in catalogue.services.values() for link in service.offices if link.areas)
    areas = tuple({link.areas: link for link in links}.values())
    return Snapshot(catalogue=catalogue, index=index, until=until, areas=areas, now=now)
