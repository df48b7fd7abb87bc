from dataclasses import replace
from pathlib import Path

import pytest

from bot.catalogue.concepts.model import ConceptModel
from bot.catalogue.concepts.store import concept_model
from bot.catalogue.naming import Name, button_name, english_names, name_of, quote_name
from tests.catalogue.records import PASSPORT, catalogue, service

ROOT = Path(__file__).parents[2]
GERMAN_ONLY = replace(PASSPORT, texts={"de": PASSPORT.texts["de"]})


@pytest.fixture(scope="module")
def model() -> ConceptModel:
    return concept_model(ROOT / "models")


def test_a_service_is_called_in_english_what_the_thesaurus_calls_it(model: ConceptModel) -> None:
    services = [GERMAN_ONLY, service("kurz", "Kurzzeitkennzeichen"), service("fahne", "Fahnenschmuck am Rathaus 7b")]
    assert english_names(services, model) == {"reisepass": "Applying for a passport", "kurz": "Short-term plates"}


def test_a_service_that_has_english_texts_keeps_its_name(model: ConceptModel) -> None:
    assert english_names([PASSPORT], model) == {}


def test_a_name_that_two_services_would_have_is_given_to_neither(model: ConceptModel) -> None:
    assert english_names([GERMAN_ONLY, replace(GERMAN_ONLY, id="noch-einer")], model) == {}


def test_counters_of_the_town_hall_have_no_english_name(model: ConceptModel) -> None:
    assert english_names([replace(GERMAN_ONLY, internal=True)], model) == {}


def test_a_name_nearly_the_same_needs_the_same_key(model: ConceptModel) -> None:
    concept = next(n for n, keys in enumerate(model.keys) if any(len(key) == 14 for key in keys))
    key = next(key for key in model.keys[concept] if len(key) == 14)
    name = f"{model.names[concept][0]} Westerhausen"
    likeness = float(model.likeness(name, "de").max())
    assert likeness < 0.95, "the test needs a name that is not the same"
    assert english_names([service("a", name)], model) == {}
    assert set(english_names([service("a", name, leika=key)], model).values()) <= {model.names[concept][1]}


def test_the_reader_gets_the_name_they_understand_and_the_official_one() -> None:
    town = replace(catalogue(GERMAN_ONLY), english_names={"reisepass": "Applying for a passport"})
    name = name_of(town, GERMAN_ONLY, "en")
    assert name == Name("Applying for a passport", "en", "Reisepass")
    assert quote_name(name, "en") == "“Applying for a passport” (in German: “Reisepass”)"
    assert button_name(name, "en") == "Applying for a passport (Reisepass)"
    german = name_of(town, GERMAN_ONLY, "de")
    assert (german, quote_name(german, "de"), button_name(german, "de")) == (
        Name("Reisepass", "de"),
        "„Reisepass“",
        "Reisepass",
    )


def test_a_german_name_in_english_is_said_to_be_german() -> None:
    name = name_of(catalogue(GERMAN_ONLY), GERMAN_ONLY, "en")
    assert name == Name("Reisepass", "de")
    assert quote_name(name, "en") == "“Reisepass” (German name)"
    assert button_name(name, "en") == "Reisepass (German name)"


def test_a_town_with_english_texts_is_quoted_as_it_is() -> None:
    assert quote_name(name_of(catalogue(PASSPORT), PASSPORT, "en"), "en") == "“Passport”"
