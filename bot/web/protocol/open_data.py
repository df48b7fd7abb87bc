"""The catalogue as open data."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType, field

from bot.catalogue.exporters.documents import Format
from bot.language import Language

MOST_SERVICES = 500  # on one page


class ServiceQuery(Struct, frozen=True, kw_only=True):
    """How to tell of services: in all languages and in schema.org, unless something else is asked for."""

    language: Language | UnsetType = UNSET
    format: Format | UnsetType = UNSET


class ServicesQuery(ServiceQuery, frozen=True, kw_only=True):
    """Which services: those after an id, in the order of ids."""

    after: Annotated[str, Meta(max_length=200)] = ""
    limit: Annotated[int, Meta(ge=1, le=MOST_SERVICES)] = 100


class LinkedData(Struct, frozen=True, kw_only=True):
    """A JSON-LD document: the town, the services and the offices they name."""

    context: Any = field(name="@context")
    graph: list[dict[str, Any]] = field(name="@graph")
