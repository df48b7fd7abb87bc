"""JSON-LD documents, made piece by piece: {"@context": …, "@graph": [town, services, their offices]}."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, get_args

from msgspec import json

from bot.catalogue.exporters import cpsv_ap, schema_org
from bot.catalogue.exporters.linked import Node, View
from bot.catalogue.importers.record import OfficeRecord, ServiceRecord

Format = Literal["schema.org", "cpsv-ap"]

FORMATS: tuple[Format, ...] = get_args(Format)


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """How one vocabulary tells services, offices and the town."""

    context: Any
    describe_service: Callable[[ServiceRecord, View], Node]
    describe_office: Callable[[OfficeRecord, View], list[Node]]
    describe_town: Callable[[View], list[Node]]


VOCABULARIES: Mapping[Format, Vocabulary] = MappingProxyType(
    {
        "schema.org": Vocabulary(
            context=schema_org.CONTEXT,
            describe_service=schema_org.describe_service,
            describe_office=schema_org.describe_office,
            describe_town=schema_org.describe_town,
        ),
        "cpsv-ap": Vocabulary(
            context=dict(cpsv_ap.CONTEXT),
            describe_service=cpsv_ap.describe_service,
            describe_office=cpsv_ap.describe_office,
            describe_town=cpsv_ap.describe_town,
        ),
    }
)


def encode_document(services: Iterable[ServiceRecord], view: View, form: Format, *, base: str = "") -> Iterator[bytes]:
    """The document in pieces of one thing each, so that none of them takes long or much memory.

    With `base`, addresses are relative to it, wherever the document lies.
    """
    vocabulary = VOCABULARIES[form]
    context = [vocabulary.context, {"@base": base}] if base else vocabulary.context
    yield b'{"@context":' + json.encode(context) + b',"@graph":['
    for place, node in enumerate(_nodes(services, view, vocabulary)):
        yield (b",\n" if place else b"\n") + json.encode(node)
    yield b"\n]}\n"


def _nodes(services: Iterable[ServiceRecord], view: View, vocabulary: Vocabulary) -> Iterator[Node]:
    yield from vocabulary.describe_town(view)
    named: dict[str, None] = {}
    for service in services:
        yield vocabulary.describe_service(service, view)
        named.update(dict.fromkeys(link.office_id for link in service.offices))
    for office_id in named:
        yield from vocabulary.describe_office(view.catalogue.offices[office_id], view)
