"""What both vocabularies share: addresses of things, texts with their language, lists that go side by side.

Things are addressed relative to the server (`/api/v1/services/reisepass`), so that the address a document was fetched
from, or the `@base` of an export, completes them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

from bot.catalogue.importers.record import Fee, OfficeRecord, ServiceRecord, ServiceText
from bot.catalogue.queries import Catalogue
from bot.facets import Facet
from bot.language import DEFAULT_LANGUAGE, LANGUAGES, Language

Node = dict[str, Any]
Wordings = Mapping[Language, ServiceText]
Value = TypeVar("Value")

SERVICES_PATH = "/api/v1/services"
TOWN = f"{SERVICES_PATH}#town"
AREA = f"{SERVICES_PATH}#area"
LEIKA = "urn:de:fim:leika:leistung"  # the key list of the federation, as the register of standards names it
_OF_ADDRESS = ":/?#[]@!$&'()*+,;=%~"


@dataclass(frozen=True, kw_only=True)
class View:
    """A catalogue, open to everybody, and the languages that are wanted of it."""

    catalogue: Catalogue
    languages: tuple[Language, ...] = LANGUAGES

    def of(self, values: Mapping[Language, Value]) -> dict[Language, Value]:
        """What there is in the wanted languages; in German, or in any, where there is nothing in these."""
        for languages in (self.languages, (DEFAULT_LANGUAGE,), LANGUAGES):
            found = {language: values[language] for language in languages if language in values}
            if found:
                return found
        return {}


def service_iri(service_id: str) -> str:
    """Where the service is served."""
    return f"{SERVICES_PATH}/{quote(service_id, safe='')}"


def office_iri(office_id: str) -> str:
    """The office within the list of services."""
    return f"{SERVICES_PATH}#office-{quote(office_id, safe='')}"


def address_of(url: str) -> str:
    """A web address with everything escaped that no address may hold: "https://town.example/a b" → "…/a%20b"."""
    return quote(url, safe=_OF_ADDRESS)


def filled(node: Node) -> Node:
    """The node without what is not recorded: empty texts and lists, None."""
    return {key: value for key, value in node.items() if value not in ("", None, [], {})}


def tagged(texts: Mapping[Language, str]) -> list[Node]:
    """Texts with their languages, without empty ones: [{"@value": "Reisepass", "@language": "de"}]."""
    return [{"@value": text, "@language": language} for language, text in texts.items() if text]


def in_default_language(text: str) -> list[Node]:
    """A name or address, which is recorded once, for all languages."""
    return tagged({DEFAULT_LANGUAGE: text})


def names_of(office: OfficeRecord, view: View) -> dict[Language, str]:
    """The office's names, in the wanted languages or in German."""
    return view.of(office.names)


def offices_of(service: ServiceRecord, view: View) -> list[OfficeRecord]:
    """The service's offices, the main one first."""
    return [view.catalogue.offices[link.office_id] for link in service.offices]


def descriptions_of(wordings: Wordings) -> dict[Language, str]:
    """What the service is: its summary, or its general text."""
    return {language: wording.summary or wording.facets.get("find", "") for language, wording in wordings.items()}


def facet_texts(wordings: Wordings, facet: Facet) -> dict[Language, str]:
    """The town's own wording of a facet, where it has one."""
    return {language: wording.facets[facet] for language, wording in wordings.items() if wording.facets.get(facet)}


def side_by_side(lists: Mapping[Language, Sequence[str]]) -> list[dict[Language, str]]:
    """Entries that mean the same: {"de": [Foto], "en": [Photo]} → [{"de": Foto, "en": Photo}].

    Lists of different lengths cannot be told to mean the same; then only the first one counts.
    """
    written = {language: texts for language, texts in lists.items() if texts}
    if len({len(texts) for texts in written.values()}) > 1:
        written = dict(list(written.items())[:1])
    return [
        dict(zip(written, entry, strict=True)) for entry in zip(*written.values(), strict=True)
    ]  # with no list at all: no entry


def fees_of(wordings: Wordings) -> list[dict[Language, Fee]]:
    """Each fee once, with its label in all languages whose amounts are the same one by one."""
    amounts = {
        language: [(fee.amount, fee.amount_to) for fee in wording.fees]
        for language, wording in wordings.items()
        if wording.fees
    }
    first = next(iter(amounts.values()), [])
    same = [language for language, found in amounts.items() if found == first]
    return [{language: wordings[language].fees[place] for language in same} for place in range(len(first))]
