"""The known word that an unknown one is most likely a misspelling of."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

SHORTEST = 5  # letters; a shorter word is near to too many
LENGTHS = range(-2, 3)  # letters that may be missing or too many
CUTOFF = 0.75  # of the letters must be right; swapped neighbours count as one mistake


class Spellings:
    """Looks among `words`, those of the same first letter and about the same length: people rarely miss the first."""

    def __init__(self, words: Iterable[str]) -> None:
        self._alike: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word in sorted(words):
            if word:
                self._alike[word[0], len(word)].append(word)

    def nearest(self, word: str) -> Sequence[tuple[str, float]]:
        """The nearest word with how much it is like `word`, from 0 to 1; none where nothing is near.

        "regsiter" → [("register", 0.67)]
        """
        if len(word) < SHORTEST:
            return []
        alike = [near for more in LENGTHS for near in self._alike.get((word[0], len(word) + more), ())]
        found = extractOne(word, alike, scorer=OSA.normalized_similarity, score_cutoff=CUTOFF)
        # A word that is three quarters right is less than half as sure: the rest may belong to another one.
        return [(found[0], found[1] ** 3)] if found else []
