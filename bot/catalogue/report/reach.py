"""Whether questions and services meet."""

from collections.abc import Iterator

from bot.catalogue.report.facts import Facts, Finding, found
from bot.catalogue.validity import is_valid
from bot.text.normalise import split_words


def find_unreached(facts: Facts) -> Iterator[Finding]:
    """Services that are not found first by their own name, with language and id of what is.

    One with the very same name does not count; `duplicates` has it.
    """
    services = [service for service in facts.services() if is_valid(service, on=facts.today)]
    for number, service in enumerate(services, start=1):
        for language, text in service.texts.items():
            hits = facts.index().search(text.name, language, limit=1)
            if not hits:
                yield found(service, f"{language}: nothing")
            elif hits[0].id != service.id and split_words(hits[0].name) != split_words(text.name):
                yield found(service, f"{language}: {hits[0].id}")
        facts.progress(number, len(services))


def find_missed_words(facts: Facts) -> Iterator[Finding]:
    """Words of messages that were not understood, without those that would be found by now."""
    for missed in facts.missed:
        hits = facts.index().search(missed.word, missed.language, limit=1)
        if not hits or hits[0].score < facts.limits.least_score:
            yield Finding(id="", name=missed.word, values=(missed.language, str(missed.count)))
