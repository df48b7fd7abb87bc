"""German compounds, split by a vocabulary: "hundesteueranmeldung" → hunde + steuer + anmeldung."""

from collections.abc import Set
from functools import lru_cache

MIN_PART = 4
LINKS = ("", "s", "es", "n", "en", "er", "e")


class CompoundSplitter:
    """Splits folded words into parts that are words of `vocabulary` (folded, in any inflected form)."""

    def __init__(self, vocabulary: Set[str]) -> None:
        self.vocabulary = frozenset(word for word in vocabulary if len(word) >= MIN_PART and word.isalpha())
        self._split_cached = lru_cache(maxsize=16_384)(self._split)

    def split(self, word: str) -> tuple[str, ...]:
        """The parts of `word` in order, () where it is no compound of known words.

        The fewest parts win, then the longest first part: "wohnsitzanmeldung" → ("wohnsitz", "anmeldung").
        """
        if len(word) < 2 * MIN_PART or len(word) > 60 or not word.isalpha():
            return ()
        return self._split_cached(word)

    def _split(self, word: str) -> tuple[str, ...]:
        best = self._parts(word, 0, {})
        return best if best is not None and len(best) > 1 else ()

    def _parts(self, word: str, start: int, known: dict[int, tuple[str, ...] | None]) -> tuple[str, ...] | None:
        if start == len(word):
            return ()
        if start in known:
            return known[start]
        known[start] = None
        best: tuple[str, ...] | None = None
        for end in range(len(word), start + MIN_PART - 1, -1):
            part = word[start:end]
            if part not in self.vocabulary or (start == 0 and end == len(word)):
                continue
            for link in LINKS:
                if (end < len(word) and word.startswith(link, end)) or not link:
                    rest = self._parts(word, end + len(link), known)
                    if rest is not None and (link == "" or rest) and (best is None or 1 + len(rest) < len(best)):
                        best = (part, *rest)
        known[start] = best
        return best
