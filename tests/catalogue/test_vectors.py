"""Word vectors of an installed spaCy model, here a tiny one made for the tests."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from bot.catalogue.concepts.learning import learn
from bot.catalogue.concepts.model import ConceptModel
from bot.catalogue.concepts.vectors import SETTING, NearWords, WordVectors, open_vectors
from bot.catalogue.search import Hit, SearchIndex
from bot.catalogue.thesaurus import Concept, Wording
from bot.errors import SettingsError
from tests.catalogue.records import service

spacy = pytest.importorskip("spacy", reason="spaCy is not installed (requirements/dev.txt)")

SERVICES = (service("hund", "Hundesteuer"), service("schein", "Führerschein"), service("müll", "Müllabfuhr"))

# "Töle" is near to "Hund", "Fleppe" to "Führerschein" and a little less to "Fahrerlaubnis"; "Quark" to nothing.
VECTORS = {
    "Hund": (1.0, 0.0, 0.0, 0.0),
    "Töle": (0.9, 0.2, 0.0, 0.0),
    "Führerschein": (0.0, 1.0, 0.0, 0.0),
    "Fahrerlaubnis": (0.0, 0.9, 0.3, 0.0),
    "Fleppe": (0.0, 2.0, 0.2, 0.0),
    "Müll": (0.0, 0.0, 1.0, 0.0),
    "Quark": (0.2, 0.2, 0.3, 0.9),
    "zack": (0.0, 0.0, 0.0, 0.0),
}


def wording(name: str, *words: str) -> Wording:
    return Wording(
        name=name, titles=(), words=words, sentences=tuple(f"{word} {name}" for word in ("eins", "zwei", "drei"))
    )


CONCEPTS = (
    Concept("dog_tax", de=wording("Hundesteuer", "Hund", "Steuer"), en=wording("Dog tax", "dog")),
    Concept("licence", de=wording("Führerschein", "Fahrerlaubnis"), en=wording("Driving licence", "drive")),
    Concept("waste", de=wording("Müllabfuhr", "Müll"), en=wording("Waste collection", "bin")),
)


@pytest.fixture(scope="module")
def concepts() -> ConceptModel:
    return learn(CONCEPTS)


def save(folder: Path, vectors: Mapping[str, tuple[float, ...]]) -> Path:
    pipeline = spacy.blank("de")
    pipeline.add_pipe("sentencizer")
    for word, vector in vectors.items():
        pipeline.vocab.set_vector(word, np.array(vector, dtype=np.float32))
    pipeline.to_disk(folder)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(tmp_path_factory.mktemp("model"), VECTORS)


@pytest.fixture(scope="module")
def index(concepts: ConceptModel, folder: Path) -> SearchIndex:
    return SearchIndex(SERVICES, concepts.with_vectors(open_vectors(f"de={folder}")))


@pytest.fixture(scope="module")
def without(concepts: ConceptModel) -> SearchIndex:
    return SearchIndex(SERVICES, concepts)


def found(hits: list[Hit]) -> list[str]:
    return [hit.id for hit in hits]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Mein Töle", "hund"),
        ("TOELE???", "hund"),
        ("wo bekomme ich meine fleppe", "schein"),
    ],
)
def test_an_unknown_word_counts_as_those_that_mean_nearly_the_same(
    index: SearchIndex, without: SearchIndex, question: str, expected: str
) -> None:
    assert found(without.search(question, "de")) == []
    hits = index.search(question, "de")
    assert hits[0].id == expected
    assert hits[0].score < index.search({"hund": "Mein Hund", "schein": "Führerschein"}[expected], "de")[0].score


def test_near_words_find_a_service_by_its_own_texts_too(index: SearchIndex) -> None:
    ranking = index.rank("Fleppe", "de")
    assert ranking is not None
    assert ranking.properties["texts"] > 0


@pytest.mark.parametrize("question", ["Quark", "zack", "Mitternachtsformel", "", "was kostet das"])
def test_a_word_near_to_none_finds_nothing(index: SearchIndex, question: str) -> None:
    assert index.search(question, "de") == []


@pytest.mark.parametrize("question", ["Hund", "Müllabfuhr", "Führerscheine", "Hundesteuer für den Hund"])
def test_known_words_keep_their_meaning(index: SearchIndex, without: SearchIndex, question: str) -> None:
    assert index.search(question, "de") == without.search(question, "de")


def test_another_language_goes_without(index: SearchIndex) -> None:
    assert index.search("Töle", "en") == []


def test_nearest_words_come_first_with_their_cosines(concepts: ConceptModel, folder: Path) -> None:
    understood = concepts.with_vectors(open_vectors(f"de={folder}")).understand("Töle und Fleppe", "de")
    assert {word: [name for name, _cosine in words] for word, words in understood.near.items()} == {
        "tole": ["hund"],
        "fleppe": ["fuhrerschein", "fahrerlaubnis"],
    }
    assert understood.near["tole"][0][1] == pytest.approx(0.976, abs=0.001)


def test_a_word_counts_as_three_others_at_most() -> None:
    known = ["ahorn", "birke", "buche", "eiche"]
    vectors = WordVectors(dict.fromkeys((*known, "ulme"), 0), np.ones((1, 2), dtype=np.float32))
    assert [word for word, _cosine in NearWords(vectors, known).nearest("ulme")] == known[:3]


def test_models_are_kept_without_vectors(concepts: ConceptModel, folder: Path) -> None:
    again = ConceptModel.from_bytes(concepts.with_vectors(open_vectors(f"de={folder}")).to_bytes())
    assert again.words == concepts.words
    assert not again.near


@pytest.mark.parametrize(
    "setting", ["de_core_news_md", "fr=fr_core_news_md", "de=", "=de_core_news_md", "de={folder},de={folder}", ","]
)
def test_another_form_is_refused_by_name_and_value(folder: Path, setting: str) -> None:
    setting = setting.format(folder=folder)
    with pytest.raises(SettingsError, match="expected LANGUAGE=MODEL") as refused:
        open_vectors(setting)
    assert str(refused.value).startswith(f"{SETTING}={setting}: ")


@pytest.mark.parametrize("model", ["de_core_news_none", "no/such/folder", "no such model"])
def test_a_model_that_is_not_installed_is_named_with_the_remedy(model: str) -> None:
    with pytest.raises(SettingsError) as refused:
        open_vectors(f"de={model}")
    assert str(refused.value).startswith(f"{SETTING}=de={model}: {model} is no installed spaCy model")
    assert f"python -m spacy download {model}" in str(refused.value)


def test_a_folder_that_is_no_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no folder with one"):
        open_vectors(f"de={tmp_path}")


def test_a_model_without_vectors_is_named(tmp_path: Path) -> None:
    folder = save(tmp_path, {})
    with pytest.raises(SettingsError, match="has no vectors of words") as refused:
        open_vectors(f"de={folder}")
    assert str(refused.value).startswith(f"{SETTING}=de={folder}: ")


def test_without_spacy_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(SettingsError, match="spaCy is not installed; get it with"):
        open_vectors("de=de_core_news_md")


def test_spacy_is_not_loaded_without_the_setting() -> None:
    program = (
        "import sys; from bot.catalogue.concepts.vectors import open_vectors; import actions.source;"
        "assert open_vectors('') == {}; sys.exit('spacy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_action_server_does_not_start_with_vectors_that_are_missing(tmp_path: Path, database_url: str) -> None:
    environment = {
        "STADTLOTSE_DATABASE_URL": database_url,
        SETTING: "de=de_core_news_none",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    }
    ended = subprocess.run(
        [sys.executable, "-m", "actions"], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 1
    assert ended.stderr.strip().splitlines()[-1].startswith(f"{SETTING}=de=de_core_news_none: ")
