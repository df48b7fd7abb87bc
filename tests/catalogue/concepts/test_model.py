from zipfile import BadZipFile

import msgspec
import numpy as np
import pytest

from bot.catalogue.concepts.features import extract
from bot.catalogue.concepts.learning import learn
from bot.catalogue.concepts.model import ConceptModel
from bot.language import Language
from bot.text.compounds import CompoundSplitter
from tests.catalogue.concepts.samples import CONCEPTS


@pytest.fixture(scope="module")
def model() -> ConceptModel:
    return learn(CONCEPTS)


@pytest.mark.parametrize(
    ("text", "language", "concept"),
    [
        ("meine tante ist verstorben", "de", "bestattung"),
        ("welpe", "de", "hundesteuer"),
        ("hundemrake verloren", "de", "hundesteuer"),
        ("we have a puppy now", "en", "hundesteuer"),
        ("perso abgelaufen", "de", "personalausweis"),
        ("my Personalausweis is old", "en", "personalausweis"),
    ],
)
def test_question_means_the_concept_people_say_such_things_about(
    model: ConceptModel, text: str, language: Language, concept: str
) -> None:
    understood = model.understand(text, language)
    assert model.concepts[int(understood.concepts.argmax())] == concept
    assert understood.concepts.sum() == pytest.approx(1.0)


@pytest.mark.parametrize("text", ["", "und der die das", "…", "12345 67"])
def test_text_without_anything_known_means_no_concept(model: ConceptModel, text: str) -> None:
    understood = model.understand(text, "de")
    assert understood.concepts.sum() == 0.0
    assert understood.support == 0.0


@pytest.mark.parametrize("text", ["Hund abzumelden", "ich melde meinen hund ab", "hund abgemeldet"])
def test_a_verb_that_comes_apart_says_the_same(text: str) -> None:
    on, off = (
        msgspec.structs.replace(
            concept,
            concept=verb,
            de=msgspec.structs.replace(
                concept.de,
                name=f"Hund {verb}",
                titles=(),
                words=(f"Hund {verb}",),
                sentences=(f"einen Hund {verb}",) * 4,
            ),
            en=msgspec.structs.replace(concept.en, words=(), titles=()),
        )
        for concept, verb in zip((CONCEPTS[0], CONCEPTS[0]), ("anmelden", "abmelden"), strict=True)
    )
    understood = learn([on, off]).understand(text, "de")
    assert understood.concepts[1] > understood.concepts[0]


def test_words_that_say_nothing_by_themselves_tell_something_beside_others() -> None:
    features = extract("Mein Ausweis ist weg", "de", CompoundSplitter(frozenset()))
    assert {"sausweis", "sweg", "wmein ausweis", "wausweis ist"} <= set(features)
    assert "smein" not in features


def test_a_plain_concept_is_meant_rather_than_its_variant_where_nothing_else_tells() -> None:
    plain, other = (msgspec.structs.replace(CONCEPTS[0], concept=name) for name in ("plain", "other"))
    variant = msgspec.structs.replace(other, variant_of="plain")
    alike, kept = (learn([plain, second]).understand("Welpe", "de").concepts for second in (other, variant))
    assert alike[0] == pytest.approx(alike[1])
    assert kept[0] > kept[1]


def test_support_tells_how_much_of_the_question_speaks_for_the_concept(model: ConceptModel) -> None:
    whole = model.understand("Hundemarke", "de").support
    part = model.understand("Hundemarke Quantenphysik Weltraumteleskop", "de").support
    assert whole == 1.0
    assert 0.0 < part < 0.6


def test_a_misspelt_word_counts_as_the_one_meant(model: ConceptModel) -> None:
    understood = model.understand("personalauswies", "de")
    assert understood.near["personalauswies"][0][0] == "personalausweis"
    assert understood.support > 0.5


def test_likeness_is_one_for_a_title_and_less_with_further_words(model: ConceptModel) -> None:
    dog = model.concepts.index("hundesteuer")
    same = model.likeness("Anmeldung zur Hundesteuer", "de")[dog]
    longer = model.likeness("Anmeldung zur Hundesteuer im Kurpark bei Sonnenschein", "de")[dog]
    assert same == pytest.approx(1.0, abs=0.01)
    assert longer < 0.85
    assert model.likeness("Quantenphysik", "de")[dog] < 0.2


def test_model_is_the_same_after_it_was_written_and_read(model: ConceptModel) -> None:
    read = ConceptModel.from_bytes(model.to_bytes())
    assert (read.concepts, read.keys, read.names) == (model.concepts, model.keys, model.names)
    for text in ("welpe aus dem tierheim", "grandmother died", "hundesteueranmeldung"):
        assert np.array_equal(read.understand(text, "de").concepts, model.understand(text, "de").concepts)
        assert np.array_equal(read.likeness(text, "de"), model.likeness(text, "de"))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not an archive", b"x" * 1000])
def test_what_is_no_model_is_refused(content: bytes) -> None:
    with pytest.raises((ValueError, BadZipFile, EOFError)):
        ConceptModel.from_bytes(content)


def test_longest_message_takes_a_few_milliseconds_of_work(model: ConceptModel) -> None:
    understood = model.understand("hund " * 10_000, "de")
    assert model.concepts[int(understood.concepts.argmax())] == "hundesteuer"
