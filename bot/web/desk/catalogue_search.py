"""Search as staff need it: while a word is still being typed, and without guesses where nothing fits.

Search for citizens expects a question and always ranks something; its probabilities say how much that is worth. Staff
know what services are called and see a list change with each letter.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.catalogue.importers.record import ServiceRecord
from bot.catalogue.naming import button_name, name_of
from bot.catalogue.search import Ranking
from bot.catalogue.snapshot import Snapshot
from bot.language import Language
from bot.text.identify import identify
from bot.text.normalise import split_words

MOST_FOUND = 8
RANKED = 50  # hits that order services found by their names
LEAST_SHARE = 0.1  # of the likeliest


@dataclass(frozen=True, kw_only=True)
class Found:
    """A service that search found, by the name it has for who works at the desk."""

    id: str
    name: str


def find_services(snapshot: Snapshot, query: str, language: Language) -> list[Found]:
    """The services for words in any of our languages: those so called first. They are named in `language`."""
    if not query:
        return []
    asked_in = identify(query, previous=language).language or language
    ranking = snapshot.index.rank(query, asked_in, limit=RANKED)
    score = {hit.id: hit.score for hit in ranking.hits} if ranking else {}
    named = sorted(_named(snapshot, query), key=lambda service: (-score.get(service.id, 0.0), service.id))
    likely = _likely(ranking) if ranking else []
    ids = list(dict.fromkeys([*(service.id for service in named), *likely]))[:MOST_FOUND]
    catalogue = snapshot.catalogue
    return [
        Found(id=id_, name=button_name(name_of(catalogue, catalogue.services[id_], language), language)) for id_ in ids
    ]


def _likely(ranking: Ranking) -> list[str]:
    """The ids of what is worth showing; none where no word is known, only pieces of words."""
    if not (ranking.properties["both"] or ranking.properties["texts"]):
        return []
    return [hit.id for hit in ranking.hits if hit.score >= LEAST_SHARE * ranking.hits[0].score]


def _named(snapshot: Snapshot, query: str) -> Iterable[ServiceRecord]:
    """The services with a name in which every word of the question begins a word: "vorl reise"."""
    beginnings = split_words(query)
    if not beginnings:
        return
    for service in snapshot.catalogue.services.values():
        names = [text.name for text in service.texts.values()]
        names.append(snapshot.catalogue.english_names.get(service.id, ""))
        if any(_begins(beginnings, _words_of(name)) for name in names):
            yield service


@lru_cache(maxsize=4_096)
def _words_of(name: str) -> tuple[str, ...]:
    """The words of a name, which is the same with every letter that is typed."""
    return tuple(split_words(name))


def _begins(beginnings: Sequence[str], words: Sequence[str]) -> bool:
    return all(any(word.startswith(beginning) for word in words) for beginning in beginnings)
