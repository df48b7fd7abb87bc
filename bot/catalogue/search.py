"""Search: a question in German or English → ranked services of one catalogue.

Two ways lead to a service, and what they find is added up:
- by its own texts (`texts`): words of the question → terms → worth in each service's fields, how much of the name and
  of the question was found;
- by what citizens say (`concepts`): question → concepts of the thesaurus → this town's services for them.
At the end the ranking becomes probabilities (`scores`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.catalogue.concepts.model import ConceptModel
from bot.catalogue.concepts.offers import find_offers
from bot.catalogue.importers.record import ServiceRecord
from bot.catalogue.question import Near
from bot.catalogue.scores import RIVALS, share_out
from bot.catalogue.texts import TextIndex, best
from bot.language import DEFAULT_LANGUAGE, Language

LEAST = 0.001  # a service less likely than this is not found
NEIGHBOURS_WEIGHT = 0.6  # of a service near to what is meant and not offered, against one that is meant
SAME_SITUATION = 5.0  # times as likely is a service of the situation that is talked about: the marriage, the car
TEXTS_WEIGHT = 0.2  # what is found by a service's own texts, against what is found by concepts


@dataclass(frozen=True)
class Hit:
    """A service found; `score` is the probability that it is the right one. All hits together may be below 1."""

    id: str
    name: str
    score: float


@dataclass(frozen=True)
class Ranking:
    """The hits, best first; the raw scores and the properties their probabilities were made from.

    `namesakes` are the ids of services that a question of one or two words names all alike: "Führerschein".
    """

    hits: tuple[Hit, ...]
    scores: tuple[float, ...]
    properties: Mapping[str, float]
    namesakes: frozenset[str] = frozenset()


class SearchIndex:
    """An immutable index over the services of one catalogue. Without `concepts`, texts alone are searched."""

    def __init__(self, services: Iterable[ServiceRecord], concepts: ConceptModel | None = None) -> None:
        self._services = tuple(services)
        self._texts = TextIndex(self._services)
        self._concepts = concepts
        self._offers = None if concepts is None else find_offers(concepts, self._services)
        self._positions = {service.id: position for position, service in enumerate(self._services)}

    def __len__(self) -> int:
        return len(self._services)

    def search(
        self, text: str, language: Language, *, limit: int = 10, among: Sequence[str] | None = None
    ) -> list[Hit]:
        """The best `limit` services for `text`, best first; none where no word is known.

        `among` narrows the search to these service ids.
        """
        ranking = self.rank(text, language, limit=limit, among=among)
        return list(ranking.hits[:limit]) if ranking else []

    def rank(
        self,
        text: str,
        language: Language,
        *,
        limit: int = RIVALS,
        among: Sequence[str] | None = None,
        beside: Sequence[str] = (),
    ) -> Ranking | None:
        """At least `RIVALS` hits where there are as many, with what their scores were made from.

        `beside` are the ids of services that are talked about: others of their situation are likelier then.
        """
        allowed = self._allowed(among)
        meant = self._by_concepts(text, language)
        question = self._texts.read(text, language, near=meant.near)
        by_texts = self._texts.rank(question, allowed=allowed)
        scores = (meant.services + NEIGHBOURS_WEIGHT * meant.neighbours) * allowed
        for position, score in by_texts:
            scores[position] += TEXTS_WEIGHT * score
        scores *= self._nearness(beside)
        scores[scores < LEAST] = 0.0
        ranked = sorted((-float(scores[position]), position) for position in best(scores, max(limit, RIVALS)))
        if not ranked:
            return None
        first = ranked[0][1]
        concepts = float(meant.services[first])
        properties = {
            "concepts": concepts,
            "both": concepts * meant.support,
            "neighbours": float(meant.neighbours[first]),
            "texts": by_texts[0][1] if by_texts and by_texts[0][0] == first else 0.0,
            "question": self._texts.question_share(first, question),
        }
        raw = tuple(-score for score, _position in ranked)
        # Without concepts, the scores of the texts are all there is, and they are probabilities already.
        likely = [score / TEXTS_WEIGHT for score in raw] if self._concepts is None else share_out(properties, raw)
        hits = tuple(
            Hit(id=self._services[position].id, name=self._name(position, language), score=round(probability, 4))
            for (_score, position), probability in zip(ranked, likely, strict=True)
        )
        namesakes = frozenset(self._services[position].id for position in self._texts.namesakes(question))
        return Ranking(hits, raw, properties, namesakes)

    def name_share(self, text: str, language: Language, service_id: str) -> float:
        """The share of the service's name that `text` says, from 0 to 1, in the language in which it says most."""
        return self.name_shares(text, language, [service_id])[0]

    def name_shares(self, text: str, language: Language, service_ids: Sequence[str]) -> list[float]:
        """The same for several services."""
        question = self._texts.read(text, language, near={})
        return [self._texts.name_share(self._positions[id_], question) for id_ in service_ids]

    def _allowed(self, among: Sequence[str] | None) -> NDArray[np.float32]:
        """1 for the services that may be found, 0 for the others."""
        if among is None:
            return np.ones(len(self._services), dtype=np.float32)
        allowed = np.zeros(len(self._services), dtype=np.float32)
        allowed[[self._positions[id_] for id_ in among if id_ in self._positions]] = 1.0
        return allowed

    def _nearness(self, beside: Sequence[str]) -> NDArray[np.float64]:
        """How much likelier each service is where those `beside` are talked about, by position."""
        if self._offers is None or not beside:
            return np.ones(len(self._services))
        situations = self._offers.situations
        talked_about = situations[[self._positions[id_] for id_ in beside]]
        return np.where(np.isin(situations, talked_about[talked_about >= 0]), SAME_SITUATION, 1.0)

    def _by_concepts(self, text: str, language: Language) -> "_Meant":
        if self._concepts is None or self._offers is None:
            nothing = np.zeros(len(self._services))
            return _Meant(nothing, nothing, support=0.0, near={})
        understood = self._concepts.understand(text, language)
        return _Meant(
            self._offers.services_for(understood.concepts),
            self._offers.neighbours_of(understood.concepts),
            support=understood.support,
            near=understood.near,
        )

    def _name(self, position: int, language: Language) -> str:
        texts = self._services[position].texts
        return (texts.get(language) or texts[DEFAULT_LANGUAGE]).name


@dataclass(frozen=True)
class _Meant:
    """Per service how likely its concept is meant, or only neighbours one the town does not offer; how much of the
    question speaks for the likeliest concept; words `near` to unknown ones.
    """

    services: NDArray[np.float64]
    neighbours: NDArray[np.float64]
    support: float
    near: Near
