"""Services that are perhaps the same: the same name, or the same key and nearly the same name."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import combinations

from bot.catalogue.importers.record import ServiceRecord
from bot.catalogue.report.facts import Facts, Finding, found
from bot.language import DEFAULT_LANGUAGE
from bot.text.normalise import split_words

NEARLY_SAME = 0.8  # share of equal letters
MOST_COMPARED = 50  # services with one key; with more the key says nothing


def find_duplicates(facts: Facts) -> Iterator[Finding]:
    """Each service with the ids of those it is perhaps the same as."""
    services = list(facts.services())
    same: defaultdict[str, set[str]] = defaultdict(set)
    for one, other in _pairs(services):
        same[one.id].add(other.id)
        same[other.id].add(one.id)
    return (found(service, *sorted(same[service.id])) for service in services if service.id in same)


def _pairs(services: Sequence[ServiceRecord]) -> Iterator[tuple[ServiceRecord, ServiceRecord]]:
    by_name: defaultdict[str, list[ServiceRecord]] = defaultdict(list)
    by_key: defaultdict[str, list[ServiceRecord]] = defaultdict(list)
    for service in services:
        by_name[_name(service)].append(service)
        if service.leika:
            by_key[service.leika].append(service)
    yield from _all_pairs(by_name.values())
    for one, other in _all_pairs(group for group in by_key.values() if len(group) <= MOST_COMPARED):
        if SequenceMatcher(None, _name(one), _name(other)).ratio() >= NEARLY_SAME:
            yield one, other


def _all_pairs(groups: Iterable[Sequence[ServiceRecord]]) -> Iterator[tuple[ServiceRecord, ServiceRecord]]:
    for group in groups:
        # In a large group everybody is compared with the first only.
        yield from combinations(group, 2) if len(group) <= MOST_COMPARED else ((group[0], one) for one in group[1:])


def _name(service: ServiceRecord) -> str:
    return " ".join(split_words(service.texts[DEFAULT_LANGUAGE].name))
