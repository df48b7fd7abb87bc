"""Counts of words, word pairs and pieces of words, weighted by TF-IDF. Plain NumPy; no scikit-learn."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from bot.text.normalise import fold

PIECES = range(2, 6)  # lengths of pieces of words, in characters
LONGEST_WORD = 40  # characters of a word that are looked at


@dataclass(frozen=True)
class Vocabulary:
    """Known features and their weights: `index[feature]` is a row of the model, `idf[row]` its weight (float32)."""

    index: dict[str, int]
    idf: np.ndarray

    def weigh(self, features: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
        """Rows (intp) and weights (float32, length 1 per kind of feature together) of a message."""
        index = self.index
        counts = Counter(index[feature] for feature in features if feature in index)
        rows = np.fromiter(counts.keys(), dtype=np.intp, count=len(counts))
        weights = np.log1p(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)), dtype=np.float32)
        weights *= self.idf[rows]
        norm = float(np.sqrt(weights @ weights))
        return rows, weights / norm if norm else weights


def learn_vocabulary(documents: Sequence[Sequence[str]], *, min_count: int) -> Vocabulary:
    """The features that stand in at least `min_count` of `documents`, in alphabetical order."""
    frequency = Counter(feature for document in documents for feature in set(document))
    known = sorted(feature for feature, count in frequency.items() if count >= min_count)
    total = len(documents)
    idf = np.array([math.log((1 + total) / (1 + frequency[feature])) + 1 for feature in known], dtype=np.float32)
    return Vocabulary({feature: row for row, feature in enumerate(known)}, idf)


def extract(words: Sequence[str], lemmas: Sequence[str]) -> list[str]:
    """The features of a message, each as often as it occurs; the first character names the kind.

    "w" word, "b" pair of words, "l" lemma, "c" piece of a word with its edges marked by blanks.
    """
    folded = [word for word in map(_fold, words) if word]
    features = ["w" + word for word in folded]
    features += ["b" + first + " " + second for first, second in zip(["^", *folded], [*folded, "$"])]
    features += ["l" + lemma for lemma in map(_fold, lemmas) if lemma]
    for word in folded:
        features += _pieces(word)
    return features


@lru_cache(maxsize=8_192)
def _fold(word: str) -> str:
    """Folded letters and digits of a token; every number is "0", so that no example's number matters."""
    letters = "".join(character for character in fold(word) if character.isalnum())
    return "0" if letters.isdigit() else letters[:LONGEST_WORD]


@lru_cache(maxsize=8_192)
def _pieces(word: str) -> list[str]:
    padded = f" {word} "
    return ["c" + padded[start : start + length] for length in PIECES for start in range(len(padded) - length + 1)]
