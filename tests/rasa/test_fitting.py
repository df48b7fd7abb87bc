"""Training the linear model."""

from pathlib import Path

import numpy as np
import pytest

from bot.errors import TrainingDataError
from bot.nlu.fitting import fit
from bot.nlu.linear import LinearModel

DOCUMENTS = [[f"l{word}", f"lx{number}"] for number in range(12) for word in ("cost", "form", "hello")]
LABELS = ["ask_fees", "ask_documents", "greet"] * 12


def fitted(**options: object) -> LinearModel:
    return fit(DOCUMENTS, LABELS, min_count=1, strength=1.0, **options)  # type: ignore[arg-type]


def test_what_was_learned_is_said_with_confidence() -> None:
    model = fitted()
    probabilities = model.probabilities(model.scores(["lcost"]))
    assert model.labels[probabilities.argmax()] == "ask_fees"
    assert probabilities.max() > 0.9
    assert probabilities.sum() == pytest.approx(1.0)


def test_confidence_follows_what_is_right_on_unseen_documents() -> None:
    chance = np.random.default_rng(3)
    documents = [["lcost" if chance.random() < 0.7 else "lform"] for _ in range(300)]
    labels = ["ask_fees" if chance.random() < 0.7 else "ask_documents" for _ in documents]
    model = fit(documents, labels, min_count=1, strength=1.0)
    # The word says nothing: seven in ten are fees with either.
    assert model.probabilities(model.scores(["lcost"])).max() == pytest.approx(0.7, abs=0.12)


def test_two_intents_are_enough() -> None:
    model = fit([["la"], ["lb"]] * 4, ["greet", "thanks"] * 4, min_count=1, strength=1.0)
    assert model.labels[model.scores(["lb"]).argmax()] == "thanks"


def test_one_intent_is_refused() -> None:
    with pytest.raises(TrainingDataError, match="at least two intents, found: greet"):
        fit([["la"]], ["greet"], min_count=1, strength=1.0)


def test_an_intent_with_one_example_is_learned() -> None:
    model = fit([*DOCUMENTS, ["lbye"]], [*LABELS, "goodbye"], min_count=1, strength=1.0)
    assert model.labels[model.scores(["lbye"]).argmax()] == "goodbye"


def test_variants_add_no_features_and_no_labels() -> None:
    model = fitted(variants=[(0, ["lcost", "lplease"])])
    assert "lplease" not in model.vocabulary.index
    assert model.labels == ("ask_documents", "ask_fees", "greet")


def test_saved_model_scores_the_same(tmp_path: Path) -> None:
    model = fitted()
    model.save(tmp_path)
    loaded = LinearModel.load(tmp_path)
    assert loaded.labels == model.labels
    assert loaded.vocabulary.index == model.vocabulary.index
    assert np.allclose(loaded.scores(["lcost", "lx3"]), model.scores(["lcost", "lx3"]), atol=1e-2)
    assert {path.name for path in tmp_path.iterdir()} == {"model.npz", "model.json"}


def test_model_of_another_format_is_refused(tmp_path: Path) -> None:
    fitted().save(tmp_path)
    description = tmp_path / "model.json"
    description.write_text(description.read_text().replace('"format": 1', '"format": 99'))
    with pytest.raises(TrainingDataError, match="format 99, expected 1; train again"):
        LinearModel.load(tmp_path)
