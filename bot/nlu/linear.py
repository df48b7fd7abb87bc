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

    def probabilities(self, features: Iterable[str]) -> np.ndarray:
        """One probability per label."""
        rows, values = self.vocabulary.weigh(features)
        return softmax(self.sharpness * (values @ self.weights[rows] + self.bias))

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
            vocabulary = Vocabulary({feature: row for row, feature in enumerate(features)}, arrays["idf"])
            return cls(
                labels=tuple(description["labels"]),
                vocabulary=vocabulary,
                weights=arrays["weights"].astype(np.float32),
                bias=arrays["bias"],
                sharpness=description["sharpness"],
            )


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities along the last axis."""
    exponents = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exponents / exponents.sum(axis=-1, keepdims=True)
