"""A linear model over weighted features, with calibrated probabilities. NumPy only; saved without pickle."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.errors import TrainingDataError
from bot.nlu.features import Vocabulary

ARRAYS, DESCRIPTION = "model.npz", "model.json"
FORMAT = 1


@dataclass(frozen=True)
class LinearModel:
    """`weights` is (features, labels) float32, `bias` (labels,); scores times `sharpness` are logits."""

    labels: tuple[str, ...]
    vocabulary: Vocabulary
    weights: np.ndarray
    bias: np.ndarray
    sharpness: float

    def scores(self, features: Iterable[str]) -> np.ndarray:
        """One score per label, above 0 where the label is likely; all 0 where no feature is known."""
        rows, values = self.vocabulary.weigh(features)
        if not rows.size:
            return np.zeros_like(self.bias)
        return values @ self.weights[rows] + self.bias

    def probabilities(self, scores: np.ndarray) -> np.ndarray:
        """The calibrated probabilities of `scores`; they add up to 1."""
        return softmax(self.sharpness * scores)

    def save(self, folder: Path) -> None:
        """Write the model to `folder`; half the precision is plenty for weights on disk."""
        text = "\n".join(self.vocabulary.index).encode()
        np.savez(
            folder / ARRAYS,
            features=np.frombuffer(text, dtype=np.uint8),
            idf=self.vocabulary.idf,
            weights=self.weights.astype(np.float16),
            bias=self.bias,
        )
        description = {"format": FORMAT, "labels": self.labels, "sharpness": self.sharpness}
        (folder / DESCRIPTION).write_text(json.dumps(description, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "LinearModel":
        """The model in `folder`.

        Raises:
            TrainingDataError: it was written by another version of this module.
        """
        description = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        if description["format"] != FORMAT:
            raise TrainingDataError(f"{folder}: format {description['format']}, expected {FORMAT}; train again")
        with np.load(folder / ARRAYS, allow_pickle=False) as arrays:
            features = arrays["features"].tobytes().decode().split("\n")
            return cls(
                labels=tuple(description["labels"]),
                vocabulary=Vocabulary.of(features, arrays["idf"]),
                weights=arrays["weights"].astype(np.float32),
                bias=arrays["bias"],
                sharpness=description["sharpness"],
            )


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities along the last axis."""
    exponents = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exponents / exponents.sum(axis=-1, keepdims=True)
