from collections.abc import Sequence

import msgspec
import numpy as np
import pytest

from bot.catalogue.concepts.learning import learn
from bot.catalogue.concepts.model import ConceptModel
from bot.catalogue.concepts.offers import find_offers
from bot.catalogue.importers.record import ServiceRecord
from bot.catalogue.search import SearchIndex
from tests.catalogue.concepts.samples import CARD, CONCEPTS, DOG, SERVICES, service


@pytest.fixture(scope="module")
def model() -> ConceptModel:
    return learn(CONCEPTS)


def shares(model: ConceptModel, services: Sequence[ServiceRecord], concept: str) -> dict[str, float]:
    """Per service to what part the concept means it."""
    asked = np.zeros(len(model.concepts))
    asked[model.concepts.index(concept)] = 1.0
    meant = find_offers(model, services).services_for(asked)
    return {service.id: float(share) for service, share in zip(services, meant, strict=True) if share}


def test_concept_means_the_service_of_its_name(model: ConceptModel) -> None:
    assert list(shares(model, SERVICES, "personalausweis")) == ["perso"]
    assert shares(model, SERVICES, "personalausweis")["perso"] > 0.9


def test_concept_means_the_service_of_its_key_and_keywords_whatever_its_name(model: ConceptModel) -> None:
    assert list(shares(model, SERVICES, "hundesteuer")) == ["hund"]
    without = (service("hund", "Tiere im Haushalt"), CARD)
    assert shares(model, without, "hundesteuer") == {}


def test_concept_the_town_does_not_offer_means_nothing(model: ConceptModel) -> None:
    assert shares(model, SERVICES, "bestattung") == {}


def test_the_plain_service_stands_in_for_a_variant_the_town_does_not_offer() -> None:
    concepts = [
        msgspec.structs.replace(concept, variant_of="personalausweis" if concept.concept == "bestattung" else "")
        for concept in CONCEPTS
    ]
    learned = learn(concepts)
    assert (
        0.5 < shares(learned, SERVICES, "bestattung")["perso"] < shares(learned, SERVICES, "personalausweis")["perso"]
    )


def test_rival_services_share_a_concept_and_the_nearer_one_gets_more(model: ConceptModel) -> None:
    express = service("express", "Personalausweis im Eilverfahren")
    found = shares(model, (CARD, express), "personalausweis")
    assert found["perso"] > 3 * found["express"] > 0
    assert sum(found.values()) < 1.0


def test_internal_counter_comes_behind_the_public_service(model: ConceptModel) -> None:
    counter = service("schalter", "Personalausweis", internal=True)
    found = shares(model, (counter, CARD), "personalausweis")
    assert found["perso"] > 3 * found["schalter"]


def test_key_that_is_none_and_service_without_keywords_are_no_trouble(model: ConceptModel) -> None:
    odd = service("odd", "Personalausweis", leika="990")
    assert shares(model, (odd, DOG), "personalausweis")["odd"] > 0.9


def test_empty_catalogue_offers_nothing(model: ConceptModel) -> None:
    assert find_offers(model, ()).services_for(np.ones(len(model.concepts))).tolist() == []


def test_services_of_one_situation_are_likelier_beside_each_other() -> None:
    animals = {"hundesteuer": "animals", "personalausweis": "identity", "bestattung": "animals"}
    learned = learn([msgspec.structs.replace(concept, situation=animals[concept.concept]) for concept in CONCEPTS])
    index = SearchIndex(SERVICES, learned)
    alone, beside, elsewhere = (
        {hit.id: hit.score for hit in ranking.hits}
        for ranking in (index.rank("Welpe und Ausweis", "de", beside=ids) for ids in ((), ("hund",), ("perso",)))
        if ranking
    )
    assert beside["hund"] / beside["perso"] > 2 * alone["hund"] / alone["perso"]
    assert elsewhere["hund"] / elsewhere["perso"] < alone["hund"] / alone["perso"] / 2
