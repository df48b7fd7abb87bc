"""Which services of a town are what a concept means, by LeiKa key, name and keywords."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.catalogue.concepts.model import ConceptModel
from bot.catalogue.importers.record import ServiceRecord
from bot.language import Language

KEYWORDS_WEIGHT = 0.15  # three keywords that all name the concept, against a name that does
BEST_KEYWORDS = 3
MOST_KEYWORDS = 6  # of a service that are looked at
LEAST_LIKENESS = 0.15  # less than this counts as nothing
KEY_WEIGHT = 0.15  # the same key, against the same name: many services share a key
KEY_SHARES = {14: 1.0, 11: 0.8, 8: 0.5}  # by how many digits agree
FLOOR = 0.45  # a service that is less like a concept is something else
RIVALRY = 6.0  # how fast a service that is less like a concept than another one stops being meant
LEAST_COVERED = 0.3  # a concept that services stand for to a smaller part is not offered
FLATTENING = 0.5  # how much likelier concepts count among those offered, once the likeliest is not
STANDS_IN = 0.8  # how much a plain concept's services stand for a variant that the town does not offer by itself
INTERNAL_SHARE = 0.75  # an internal counter is as good as a public service that is so much like the concept

_KEY = re.compile(r"\d{14}")


@dataclass(frozen=True)
class Offers:
    """For entry i: the concept `concepts[i]` means the service at `positions[i]` to the part `shares[i]`.

    The parts of a concept c are `covered[c]` together, below 1; the rest is that the town does not offer it.
    `situations` has for each service the number of that of the concept it is most, -1 where it is none.
    """

    concepts: NDArray[np.int32]
    positions: NDArray[np.int32]
    shares: NDArray[np.float32]
    covered: NDArray[np.float64]
    services: int
    situations: NDArray[np.int32]

    def services_for(self, concepts: NDArray[np.float64]) -> NDArray[np.float64]:
        """From probabilities of concepts to those of services, by position."""
        meant: NDArray[np.float64] = np.bincount(
            self.positions, weights=concepts[self.concepts] * self.shares, minlength=self.services
        )
        return meant

    def neighbours_of(self, concepts: NDArray[np.float64]) -> NDArray[np.float64]:
        """What citizens may be helped with where the town does not offer what they most likely mean, by position.

        "Meine Oma ist gestorben" means to report a death; a town that only lists the certificate has that.
        """
        missing = float(concepts.sum() - concepts @ self.covered)
        near = np.where(self.covered >= LEAST_COVERED, concepts**FLATTENING, 0.0)
        total = float(near.sum())
        return self.services_for(near * (missing / total)) if total else np.zeros(self.services)


def find_offers(model: ConceptModel, services: Sequence[ServiceRecord]) -> Offers:
    """What each concept means in a town with these `services`."""
    by_key = _concepts_by_key(model)
    phrases = _Phrases(model)
    found: list[tuple[int, int, float]] = []
    for position, service in enumerate(services):
        likeness = _likeness(phrases, service) + KEY_WEIGHT * _key_shares(by_key, service, len(model.concepts))
        if service.internal:
            likeness *= INTERNAL_SHARE
        like = np.flatnonzero(likeness >= FLOOR)
        # A service that clearly is one concept hardly is another: "Wohnsitz abmelden" is not "Wohnsitz ummelden".
        most = float(likeness.max(initial=FLOOR))
        found += [(int(concept), position, float(likeness[concept]) ** 2 / most) for concept in like]
    concepts = np.array([concept for concept, _, _ in found], dtype=np.int32)
    strengths = np.array([strength for _, _, strength in found]) ** RIVALRY
    totals = np.bincount(concepts, weights=strengths, minlength=len(model.concepts)) + FLOOR**RIVALRY
    positions = np.array([position for _, position, _ in found], dtype=np.int32)
    concepts, positions, shares = _with_variants(model, concepts, positions, strengths / totals[concepts])
    return Offers(
        concepts=concepts,
        positions=positions,
        shares=shares.astype(np.float32),
        covered=np.bincount(concepts, weights=shares, minlength=len(model.concepts)),
        services=len(services),
        situations=_situations(model, concepts, positions, shares, services=len(services)),
    )


def _situations(
    model: ConceptModel,
    concepts: NDArray[np.int32],
    positions: NDArray[np.int32],
    shares: NDArray[np.float64],
    *,
    services: int,
) -> NDArray[np.int32]:
    numbers = np.unique(model.situations, return_inverse=True)[1]
    situations = np.full(services, -1, dtype=np.int32)
    order = np.argsort(shares, kind="stable")
    situations[positions[order]] = numbers[concepts[order]]  # the largest share comes last, and stays
    return situations


def _with_variants(
    model: ConceptModel, concepts: NDArray[np.int32], positions: NDArray[np.int32], shares: NDArray[np.float64]
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
    """The entries, and those by which services of a plain concept stand in for its variants.

    A town without an entry for moving within it has one for registering an address.
    """
    covered = np.bincount(concepts, weights=shares, minlength=len(model.concepts))
    entries_of = [np.flatnonzero(concepts == plain) for plain in model.plains]  # none where there is no plain one
    entries = np.concatenate(entries_of).astype(np.int32)
    variants = np.repeat(np.arange(len(entries_of), dtype=np.int32), [len(entries) for entries in entries_of])
    more = shares[entries] * (1 - covered[variants]) * STANDS_IN
    return (
        np.concatenate([concepts, variants]),
        np.concatenate([positions, positions[entries]]),
        np.concatenate([shares, more]),
    )


class _Phrases:
    """How much phrases are like concepts. Services share keywords, so what was found is kept, without its zeros."""

    def __init__(self, model: ConceptModel) -> None:
        self._model = model
        self._known: dict[tuple[str, Language], tuple[NDArray[np.int64], NDArray[np.float64]]] = {}

    def likeness(self, phrase: str, language: Language) -> NDArray[np.float64]:
        if (phrase, language) not in self._known:
            found = self._model.likeness(phrase, language)
            like = np.flatnonzero(found >= LEAST_LIKENESS)
            self._known[phrase, language] = like, found[like]
        like, values = self._known[phrase, language]
        likeness = np.zeros(len(self._model.concepts))
        likeness[like] = values
        return likeness


def _likeness(phrases: _Phrases, service: ServiceRecord) -> NDArray[np.float64]:
    names, keywords = [], []
    for language, text in service.texts.items():
        names.append(phrases.likeness(text.name, language))
        keywords += [phrases.likeness(keyword, language) for keyword in text.keywords[:MOST_KEYWORDS]]
    likeness: NDArray[np.float64] = np.stack(names).max(axis=0)
    if keywords:
        best = np.sort(np.stack(keywords), axis=0)[-BEST_KEYWORDS:]
        likeness += KEYWORDS_WEIGHT * best.mean(axis=0)
    return likeness


def _concepts_by_key(model: ConceptModel) -> Mapping[str, Sequence[tuple[int, str]]]:
    by_object: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for number, keys in enumerate(model.keys):
        for key in keys:
            by_object[key[:8]].append((number, key))
    return by_object


def _key_shares(
    by_key: Mapping[str, Iterable[tuple[int, str]]], service: ServiceRecord, concepts: int
) -> NDArray[np.float64]:
    shares = np.zeros(concepts)
    for key in _KEY.findall(service.leika):
        for number, known in by_key.get(key[:8], ()):
            agreed = len(known) if key.startswith(known) else 8
            shares[number] = max(shares[number], KEY_SHARES[agreed])
    return shares
