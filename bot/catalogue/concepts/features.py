"""What a phrase or question is compared by: stems, parts of compounds, whole verbs, pairs of words, pieces of words.

The first character of a feature names its kind; features of both languages share one space, since citizens mix them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, pairwise, repeat
from math import log

import numpy as np
from numpy.typing import NDArray

from bot.catalogue.words import question_words
from bot.language import DEFAULT_LANGUAGE, Language
from bot.text.compounds import CompoundSplitter
from bot.text.normalise import split_words
from bot.text.stem import stem
from bot.text.verbs import whole_verbs

STEM, WEAK, PAIR, PIECE = "s", "w", "p", "c"
PIECE_LENGTHS = (3, 4, 5)  # characters
LONGEST_WORD = 40  # characters of a word that are looked at
MOST_WORDS = 200  # of a text; bounds the cost
WEAK_WEIGHT = 0.3  # "kostet" and "für mein" say less about the service than "Reisepass"
PIECES_WEIGHT = 0.6  # all pieces together, against all stems and pairs together

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]


def extract(text: str, language: Language, splitter: CompoundSplitter) -> list[str]:
    """The features of `text`, each as often as it occurs.

    "Perso weg" → ["sperso", "cper", …, "sweg", "pperso weg", …]
    """
    listed = question_words(language)
    silent = listed.stop - listed.hints
    said = [word for word in split_words(text)[:MOST_WORDS] if len(word) > 1]
    # "Bei mir ist eingebrochen": pairs with a word that says nothing still tell a little.
    features = [f"{WEAK}{first} {second}" for first, second in pairwise(said) if first in silent or second in silent]
    words = [word for word in said if word not in silent]
    stems = [stem(word, language) for word in words]
    features += [f"{PAIR}{first} {second}" for first, second in pairwise(stems)]
    for word, word_stem in zip(words, stems, strict=True):
        if word in listed.facet:
            features.append(WEAK + word_stem)
        else:
            features.append(STEM + word_stem)
            features += _pieces(word)
        features += [STEM + stem(part, DEFAULT_LANGUAGE) for part in splitter.split(word)]
    if language == DEFAULT_LANGUAGE:
        features += [STEM + stem(verb, language) for verb in whole_verbs(text, splitter.vocabulary)]
    return features


@lru_cache(maxsize=65_536)
def _pieces(word: str) -> tuple[str, ...]:
    edged = f" {word[:LONGEST_WORD]} "
    return tuple(
        PIECE + edged[start : start + length] for length in PIECE_LENGTHS for start in range(len(edged) - length + 1)
    )


@dataclass(frozen=True)
class Vocabulary:
    """The features known: `rows[feature]` is a row of the model, `idf[row]` tells how rare it is."""

    rows: Mapping[str, int]
    idf: Floats

    @classmethod
    def of(cls, documents: Sequence[Sequence[str]]) -> "Vocabulary":
        """All features of `documents`."""
        counts = Counter(feature for document in documents for feature in set(document))
        rows = {feature: row for row, feature in enumerate(sorted(counts))}
        idf = [log((1 + len(documents)) / (1 + counts[feature])) + 1 for feature in rows]
        return cls(rows, np.array(idf, dtype=np.float32))

    def weigh(
        self, features: Iterable[str], *, near: Iterable[tuple[str, float]] = (), unknown_weighs: bool = False
    ) -> tuple[Ints, Floats]:
        """Rows and weights (TF-IDF) of a text; stems and pairs together, and pieces together, have a fixed length.

        Features nobody knows are left out; with `unknown_weighs` they still make the known ones count less. Those of
        `near` count by their part of an occurrence.
        """
        known: dict[int, float] = defaultdict(float)
        unknown: Counter[str] = Counter()
        of_piece: dict[int, bool] = {}
        weak: set[int] = set()
        for feature, share in chain(zip(features, repeat(1.0)), near):
            row = self.rows.get(feature)
            if row is None:
                unknown[feature] += 1
                continue
            known[row] += share
            of_piece[row] = feature[0] == PIECE
            if feature[0] == WEAK:
                weak.add(row)
        rows = np.fromiter(known, dtype=np.int32, count=len(known))
        weights = np.log1p(np.fromiter(known.values(), dtype=np.float32, count=len(known))) * self.idf[rows]
        weights *= np.array([WEAK_WEIGHT if row in weak else 1.0 for row in known], dtype=np.float32)
        pieces = np.array([of_piece[row] for row in known], dtype=bool)
        for group, share, is_piece in ((pieces, PIECES_WEIGHT, True), (~pieces, 1.0, False)):
            squares = float(weights[group] @ weights[group])
            if unknown_weighs:
                squares += self._unknown_squares(unknown, pieces=is_piece)
            if squares:
                weights[group] *= share / squares**0.5
        return rows, weights

    @cached_property
    def rarest(self) -> float:
        """The largest of `idf`, which is what a feature nobody knows has."""
        return float(self.idf.max(initial=1.0))

    def _unknown_squares(self, unknown: Mapping[str, int], *, pieces: bool) -> float:
        return sum(
            (log(1 + count) * self.rarest) ** 2 for feature, count in unknown.items() if (feature[0] == PIECE) == pieces
        )
