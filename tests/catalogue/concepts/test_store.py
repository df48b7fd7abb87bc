from pathlib import Path

import pytest
import yaml

from bot.catalogue.concepts import store
from bot.catalogue.concepts.store import KEPT, concept_model, concept_model_path
from bot.errors import InputError
from tests.catalogue.concepts.samples import CONCEPTS

WORDING = {"name": "Feuerstelle", "titles": ["Lagerfeuer"], "words": ["grillen"], "sentences": ["a1", "a2", "a3", "a4"]}


@pytest.fixture
def thesaurus(tmp_path: Path) -> Path:
    folder = tmp_path / "thesaurus"
    (folder / "events").mkdir(parents=True)
    write(folder, {"concept": "feuer", "de": WORDING, "en": WORDING})
    return folder


def write(folder: Path, *entries: object) -> None:
    (folder / "events" / "fire.yml").write_text(yaml.safe_dump(list(entries)), "utf-8")


@pytest.fixture(autouse=True)
def forget() -> None:
    store._at.cache_clear()
    store.read_thesaurus.cache_clear()


def test_model_is_learned_once_and_read_from_then_on(
    tmp_path: Path, thesaurus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = concept_model(tmp_path / "models", thesaurus=thesaurus)
    assert concept_model_path(tmp_path / "models", thesaurus=thesaurus).is_file()
    forget_kept()
    monkeypatch.setattr(store, "learn", lambda _concepts: pytest.fail("learned again"))
    assert concept_model(tmp_path / "models", thesaurus=thesaurus).concepts == first.concepts == ("feuer",)


def forget_kept() -> None:
    store._at.cache_clear()


def test_changed_thesaurus_is_learned_and_old_models_go(tmp_path: Path, thesaurus: Path) -> None:
    models = tmp_path / "models"
    for number in range(KEPT + 2):
        write(thesaurus, {"concept": f"feuer_{number}", "de": WORDING, "en": WORDING})
        store.read_thesaurus.cache_clear()
        assert concept_model(models, thesaurus=thesaurus).concepts == (f"feuer_{number}",)
    assert len(list(models.iterdir())) == KEPT


def test_damaged_file_is_learned_again(tmp_path: Path, thesaurus: Path) -> None:
    path = concept_model_path(tmp_path, thesaurus=thesaurus)
    for content in (b"", b"half a mod", path.name.encode() * 100):
        path.write_bytes(content)
        forget_kept()
        assert concept_model(tmp_path, thesaurus=thesaurus).concepts == ("feuer",)


def test_folder_that_cannot_be_written_to_costs_only_time(tmp_path: Path, thesaurus: Path) -> None:
    (tmp_path / "models").write_text("a file, no folder")
    assert concept_model(tmp_path / "models", thesaurus=thesaurus).concepts == ("feuer",)


def test_mistake_in_the_thesaurus_is_named(tmp_path: Path, thesaurus: Path) -> None:
    write(thesaurus, {"concept": "feuer"})
    with pytest.raises(InputError, match=r"events/fire\.yml, concept feuer: .*`de`"):
        concept_model(tmp_path, thesaurus=thesaurus)


def test_samples_are_as_the_thesaurus_demands() -> None:
    assert len({concept.concept for concept in CONCEPTS}) == len(CONCEPTS)
