"""The one small shape every importer produces, and the shape the catalogue is read back in.

An importer reads its format and yields `ServiceRecord` and `OfficeRecord`; `sync` writes them; `queries.load_catalogue`
reads the same records back for search and answers. Texts are plain text: paragraphs separated by a blank line,
list items as lines that start with "- ". No HTML ever leaves an importer.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from typing import Literal

from bot.facets import Facet
from bot.language import Language

LinkKind = Literal["form", "information", "online"]


@dataclass(frozen=True, kw_only=True)
class Fee:
    """One amount in euro; `amount_to` is the upper end of a range, `label` says what it is for ("" = the fee)."""

    amount: Decimal
    label: str = ""
    amount_to: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Link:
    """A page or form of the town about the service."""

    title: str
    url: str
    kind: LinkKind = "information"


@dataclass(frozen=True, kw_only=True)
class ServiceText:
    """The wording of one service in one language. `facets` holds no key for what is not recorded."""

    name: str
    summary: str = ""
    keywords: tuple[str, ...] = ()
    facets: dict[Facet, str] = field(default_factory=dict)
    documents: tuple[str, ...] = ()
    fees: tuple[Fee, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ServiceOffice:
    """An office that provides the service; the first one in a service's list is the main one.

    `areas` is where it does so; () is everywhere. An area is the beginning of a regional key (ARS, digits only), a
    postcode of five digits, or the name of a district.
    """

    office_id: str
    appointment_url: str = ""
    responsibility: str = ""
    areas: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ServiceRecord:
    """One service of one town. `id` is the catalogue's own id; `leika` is the 14-digit key or ""."""

    id: str
    texts: dict[Language, ServiceText]
    leika: str = ""
    offices: tuple[ServiceOffice, ...] = ()
    url: str = ""
    online_url: str = ""
    appointment_url: str = ""
    appointment_minutes: int | None = None
    internal: bool = False  # a counter or queue of the town hall, never offered first to citizens
    public: bool = True
    valid_from: date | None = None
    valid_until: date | None = None
    source_date: date | None = None  # when the town last changed the entry


@dataclass(frozen=True, kw_only=True)
class OpeningHours:
    """One opening period; `weekday` 0 is Monday."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, kw_only=True)
class OfficeRecord:
    """One office. `names` and `hints` are per language; German is always there. `hours` may be empty: not recorded."""

    id: str
    names: dict[Language, str]
    street: str = ""
    postal_code: str = ""
    city: str = ""
    phone: str = ""
    email: str = ""
    url: str = ""
    hints: dict[Language, str] = field(default_factory=dict)
    hours: tuple[OpeningHours, ...] = ()
    public: bool = True
    source_date: date | None = None
    alternative_names: tuple[str, ...] = ()  # what else it is called, by citizens or in the town hall


@dataclass(frozen=True, kw_only=True)
class Town:
    """Whose catalogue this is. 115 is the German public-administration number, the same everywhere."""

    name: str
    phone: str = "115"
    email: str = ""
    url: str = ""
    address: str = ""
    land: str = ""  # two letters as in ISO 3166-2:DE, for public holidays


@dataclass(frozen=True, kw_only=True, slots=True)
class Rejection:
    """A row that was not imported: where it stands, its id where known, and why."""

    where: str
    row_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where records come from. `kind` is the format; `name` tells two sources of the same format apart."""

    kind: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Reading:
    """All an importer got out of its input. `notes` are parts of a row that were left out, the row itself was kept.

    `town` is None where the format does not tell it. Collections may be iterated several times; those of large files
    are read from the disk each time.
    """

    town: Town | None
    services: Collection[ServiceRecord]
    offices: Collection[OfficeRecord]
    rejected: tuple[Rejection, ...] = ()
    notes: tuple[Rejection, ...] = ()
