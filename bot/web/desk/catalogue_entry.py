"""What the catalogue says about one service, as somebody at the desk reads it and puts it into an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.catalogue.answers import FacetAnswer, Wording, answer_facet, date_of, spoken_answer
from bot.catalogue.card import source_name
from bot.catalogue.importers.record import ServiceRecord
from bot.catalogue.naming import Name, name_of, quote_name
from bot.catalogue.queries import Catalogue
from bot.errors import NotFoundError
from bot.facets import FACETS, Facet
from bot.language import Language
from bot.phrases import load_phrases, render_date


@dataclass(frozen=True, kw_only=True)
class EntryFacet:
    """One facet: the wordings that its card has, and the text that goes into an answer, with source and date."""

    facet: Facet
    wordings: Sequence[Wording]
    text: str
    switched_off: bool


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One service in the citizen's language; `missing` are the facets the catalogue does not record."""

    id: str
    language: Language
    name: Name
    url: str
    as_of: date | None
    facets: Sequence[EntryFacet]
    missing: Sequence[Facet]


def open_entry(catalogue: Catalogue, service_id: str, language: Language) -> Entry:
    """The entry of a service.

    Raises:
        NotFoundError: there is no such service, or none that is valid today.
    """
    service = _find(catalogue, service_id)
    answers = [answer_facet(catalogue, service, facet, language) for facet in _facets_of(catalogue, service)]
    return Entry(
        id=service.id,
        language=language,
        name=name_of(catalogue, service, language),
        url=service.url,
        as_of=date_of(answers),
        facets=[
            EntryFacet(
                facet=answer.facet,
                wordings=answer.wordings,
                text=_written(catalogue, service, answer, language),
                switched_off=answer.switched_off,
            )
            for answer in answers
            if answer.wordings
        ],
        missing=[answer.facet for answer in answers if not answer.wordings],
    )


def facet_text(catalogue: Catalogue, service_id: str, facet: Facet, language: Language) -> str:
    """The text of one facet for an answer; "" where nothing is recorded.

    Raises:
        NotFoundError: there is no such service, or none that is valid today.
    """
    service = _find(catalogue, service_id)
    answer = answer_facet(catalogue, service, facet, language)
    return _written(catalogue, service, answer, language) if answer.wordings else ""


def _find(catalogue: Catalogue, service_id: str) -> ServiceRecord:
    service = catalogue.services.get(service_id)
    if service is None:
        raise NotFoundError("there is no such service")
    return service


def _facets_of(catalogue: Catalogue, service: ServiceRecord) -> Sequence[Facet]:
    """All facets; one where the whole service is switched off, because all of them give the same reason."""
    return FACETS[:1] if (service.id, None) in catalogue.switched_off else FACETS


def _written(catalogue: Catalogue, service: ServiceRecord, answer: FacetAnswer, language: Language) -> str:
    """What is said of a facet; German wording in an answer in another language is said to be German."""
    phrases = load_phrases("desk_catalogue", language)
    heading = phrases["written_heading"].format(
        service=quote_name(name_of(catalogue, service, language), language),
        facet=load_phrases("facets", language)[answer.facet],
    )
    said = f"{heading}\n{spoken_answer(answer, service.url, language)}"
    if answer.switched_off:
        return said
    source, told_on = source_name(catalogue, language), date_of([answer])
    if told_on is None:
        return f"{said}\n\n{phrases['written_source'].format(source=source)}"
    return f"{said}\n\n{phrases['written_source_dated'].format(source=source, date=render_date(told_on, language))}"
