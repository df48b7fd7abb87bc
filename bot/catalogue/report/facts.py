"""What the sections of a report are made from, and what they say."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.catalogue.importers.record import ServiceRecord
from bot.catalogue.missed import MissedWord
from bot.catalogue.queries import Catalogue
from bot.catalogue.search import SearchIndex
from bot.language import DEFAULT_LANGUAGE


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something to look at: mostly a service, by `id` and German `name`. What `values` are, the section says."""

    id: str
    name: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LinkCheck:
    """What came of asking for a page at last; `problem` is "" where it was there."""

    problem: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Limits:
    """From when on a text is stale, how soon is soon, and below which score a word matches nothing."""

    stale_months: int = 12
    expiring_days: int = 60
    least_score: float = 0.25


def no_progress(_done: int, _of: int) -> None:
    """Tells nobody."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """`catalogue` is all that is not withdrawn; `index`, made when it is first asked for, has what is valid today."""

    catalogue: Catalogue
    today: date
    index: Callable[[], SearchIndex]
    limits: Limits = Limits()
    missed: Sequence[MissedWord] = ()
    links: Mapping[str, LinkCheck] = field(default_factory=dict)
    progress: Callable[[int, int], None] = no_progress

    def services(self) -> Iterator[ServiceRecord]:
        """The services for citizens; nobody writes texts for the town hall's own counters."""
        return (service for service in self.catalogue.services.values() if not service.internal)


@dataclass(frozen=True)
class Section:
    """One part of the report; `about` says in a few words what is listed and what the values are."""

    name: str
    about: str
    find: Callable[[Facts], Iterable[Finding]]


def found(service: ServiceRecord, *values: str) -> Finding:
    """A finding about a service."""
    return Finding(id=service.id, name=service.texts[DEFAULT_LANGUAGE].name, values=values)
