"""Lemmas, pairs of lemmas and pieces of words of a message, weighted by TF-IDF. Plain NumPy; no scikit-learn."""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from bot.text.normalise import fold

# The first character of a feature names its kind; pieces come first in alphabetical order.
PIECE, LEMMA, PAIR = "c", "l", "p"
PIECE_LENGTHS = range(2, 6)  # characters
PAIR_DISTANCE = 3  # "how much does a passport cost" has the pair "how … a", not "how … cost"
LONGEST_WORD = 40  # characters of a word that are looked at


@dataclass(frozen=True)
class Vocabulary:
    """Known features in alphabetical order: `index[feature]` is a row of the model, `idf[row]` its weight (float32)."""

    index: dict[str, int]
    idf: np.ndarray
    pieces: int  # rows below this one are pieces of words

    @classmethod
    def of(cls, features: Sequence[str], idf: np.ndarray) -> "Vocabulary":
        """The vocabulary of sorted `features` with their weights."""
        return cls({feature: row for row, feature in enumerate(features)}, idf, bisect_left(features, LEMMA))

    def weigh(self, features: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
        """Rows (intp) and weights (float32) of a message.

        Pieces together have the length 1, lemmas and pairs together have the length 1: otherwise the pieces, ten
        times as many, would drown them (CLINC150: 0.926 → 0.932).
        """
        index = self.index
        counts = Counter(index[feature] for feature in features if feature in index)
        rows = np.fromiter(counts.keys(), dtype=np.intp, count=len(counts))
        weights = np.log1p(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))
        weights *= self.idf[rows]
        are_pieces = rows < self.pieces
        for group in (are_pieces, ~are_pieces):
            length = float(np.sqrt(weights[group] @ weights[group]))
            if length:
                weights[group] /= length
        return rows, weights


def learn_vocabulary(documents: Sequence[Sequence[str]], *, min_count: int) -> Vocabulary:
    """The features that stand in at least `min_count` of `documents`."""
    frequency = Counter(feature for document in documents for feature in set(document))
    known = sorted(feature for feature, count in frequency.items() if count >= min_count)
    total = len(documents)
    idf = [math.log((1 + total) / (1 + frequency[feature])) + 1 for feature in known]
    return Vocabulary.of(known, np.array(idf, dtype=np.float32))


def extract(words: Sequence[str], lemmas: Sequence[str]) -> list[str]:
    """The features of a message, each as often as it occurs; "^" and "$" are its beginning and end."""
    folded = [lemma for lemma in map(_fold, lemmas) if lemma]
    features = [LEMMA + lemma for lemma in folded]
    edged = ["^", *folded, "$"]
    for position, first in enumerate(edged):
        following = edged[position + 1 : position + 1 + PAIR_DISTANCE]
        features += [f"{PAIR}{first} {second}" for second in following if (first, second) != ("^", "$")]
    for word in map(_fold, words):
        features += _pieces(word)
    return features


@lru_cache(maxsize=8_192)
def _fold(word: str) -> str:
    """Folded letters and digits of a token; every number is "0", so that no example's number matters."""
    letters = "".join(character for character in fold(word) if character.isalnum())
    return "0" if letters.isdigit() else letters[:LONGEST_WORD]


@lru_cache(maxsize=8_192)
def _pieces(word: str) -> list[str]:
    padded = f" {word} " if word else ""
    return [
        PIECE + padded[start : start + length] for length in PIECE_LENGTHS for start in range(len(padded) - length + 1)
    ]
