"""The keys of a town's catalogue files, as data: an unknown key or a wrong type is refused with its place."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from bot.catalogue.importers.record import LinkKind
from bot.facets import Facet

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

# No control characters but line breaks and tabs: PostgreSQL refuses NUL, and the rest is never meant.
TextValue = Annotated[str, Meta(min_length=1, max_length=20_000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]+\Z")]
Identifier = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*\Z", max_length=100)]
Leika = Annotated[str, Meta(pattern=r"^\d{14}\Z")]
PostalCode = Annotated[str, Meta(pattern=r"^\d{5}\Z")]
Period = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d\Z")]
Land = Annotated[str, Meta(pattern=r"^[A-Z]{2}\Z")]
Url = Annotated[str, Meta(pattern=r"^https?://[^\s/]+\S*\Z", max_length=2_000)]
Minutes = Annotated[int, Meta(ge=1, le=600)]

FACET_KEYS: tuple[Facet, ...] = (
    "processing_time",
    "opening_hours",
    "location",
    "appointment",
    "online",
    "eligibility",
    "deadline",
    "office",
    "legal_basis",
)


class Entry(Struct, kw_only=True, forbid_unknown_fields=True):
    """Parent of all: unknown keys are refused, so that a typing error cannot hide a text."""


class TownEntry(Entry):
    """town.yml."""

    name: TextValue
    land: Land
    phone: TextValue = "115"
    email: TextValue | None = None
    url: Url | None = None
    address: TextValue | None = None


class Wording(Entry):
    """A short text in German and, if possible, English."""

    de: TextValue
    en: TextValue | None = None


class OfficeEntry(Entry):
    """One item of offices.yml."""

    id: Identifier
    name: Wording
    street: TextValue
    postal_code: PostalCode
    city: TextValue
    phone: TextValue | None = None
    email: TextValue | None = None
    url: Url | None = None
    hint: Wording | None = None
    alternative_names: list[TextValue] = field(default_factory=list)
    hours: dict[Weekday, list[Period]] = field(default_factory=dict)
    source_date: date | None = None


class FeeEntry(Entry):
    """An amount in euro, or a range up to `to`."""

    amount: Decimal
    to: Decimal | None = None
    label: TextValue | None = None


class LinkEntry(Entry):
    """A page or form."""

    title: TextValue
    url: Url
    kind: LinkKind = "information"


class TextEntry(Entry):
    """The wording of a service in one language."""

    name: TextValue
    summary: TextValue
    keywords: list[TextValue] = field(default_factory=list)
    documents: list[TextValue] = field(default_factory=list)
    documents_note: TextValue | None = None
    fees: list[FeeEntry] = field(default_factory=list)
    fees_note: TextValue | None = None
    processing_time: TextValue | None = None
    opening_hours: TextValue | None = None
    location: TextValue | None = None
    appointment: TextValue | None = None
    online: TextValue | None = None
    eligibility: TextValue | None = None
    deadline: TextValue | None = None
    office: TextValue | None = None
    legal_basis: TextValue | None = None
    links: list[LinkEntry] = field(default_factory=list)


class ServiceOfficeEntry(Entry):
    """An office that does a service for a part of the town only, or in its own way."""

    office: Identifier
    areas: list[TextValue] = field(default_factory=list)
    responsibility: TextValue | None = None
    appointment_url: Url | None = None


class ServiceEntry(Entry):
    """One item of services/*.yml."""

    id: Identifier
    offices: Annotated[list[Identifier | ServiceOfficeEntry], Meta(min_length=1)]
    de: TextEntry
    en: TextEntry | None = None
    leika: Leika | None = None
    url: Url | None = None
    online_url: Url | None = None
    appointment_url: Url | None = None
    appointment_minutes: Minutes | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    source_date: date | None = None
