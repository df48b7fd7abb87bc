"""What services do not say."""

from collections.abc import Iterator
from dataclasses import replace

from bot.catalogue.answers import answer_facet, offices_of
from bot.catalogue.report.facts import Facts, Finding, found
from bot.facets import FACETS
from bot.language import DEFAULT_LANGUAGE, LANGUAGES


def find_empty_facets(facts: Facts) -> Iterator[Finding]:
    """Which facets a citizen would be told are not recorded. Switched-off ones are not meant."""
    catalogue = replace(facts.catalogue, switched_off={})
    for service in facts.services():
        answers = (answer_facet(catalogue, service, facet, DEFAULT_LANGUAGE) for facet in FACETS)
        empty = [answer.facet for answer in answers if not answer.recorded]
        if empty:
            yield found(service, *empty)


def find_without_office(facts: Facts) -> Iterator[Finding]:
    """Services for which citizens are sent to the town as a whole."""
    return (found(service) for service in facts.services() if not offices_of(facts.catalogue, service))


def find_missing_texts(facts: Facts) -> Iterator[Finding]:
    """Services that are answered in German to whoever asks in another language."""
    for service in facts.services():
        missing = [language for language in LANGUAGES if language not in service.texts]
        if missing:
            yield found(service, *missing)
