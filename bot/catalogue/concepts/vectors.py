"""Words the thesaurus does not have count as the nearest ones it has, by the word vectors of an installed spaCy model.

Optional: without the setting STADTLOTSE_SEARCH_VECTORS neither spaCy nor a model has to be there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.errors import SettingsError
from bot.language import LANGUAGES, Language
from bot.settings import PREFIX
from bot.text.normalise import fold

MOST_NEAR = 3  # words that an unknown one counts as
LEAST_COSINE = 0.6  # words less near than this share a subject, not a meaning

SETTING = f"{PREFIX}SEARCH_VECTORS"


@dataclass(frozen=True)
class WordVectors:
    """The vectors of one model: that of a folded word is `table[rows[word]]`."""

    rows: Mapping[str, int]
    table: NDArray[np.float32]

    def units(self, words: Sequence[str]) -> NDArray[np.float32]:
        """A vector of length 1 for each of `words`, all of which are in `rows`; a zero vector stays as it is."""
        vectors = self.table[[self.rows[word] for word in words]]
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)


class NearWords:
    """Finds the words nearest in meaning to an unknown one, among `known` ones; all are folded."""

    def __init__(self, vectors: WordVectors, known: Iterable[str]) -> None:
        self._vectors = vectors
        self._words = sorted(word for word in known if word in vectors.rows)
        self._units = vectors.units(self._words)
        self._nearest_cached = lru_cache(maxsize=16_384)(self._nearest)

    def nearest(self, word: str) -> tuple[tuple[str, float], ...]:
        """Known words with their cosines, nearest first; () where none is near or `word` has no vector."""
        return self._nearest_cached(word) if word in self._vectors.rows else ()

    def _nearest(self, word: str) -> tuple[tuple[str, float], ...]:
        cosines = self._units @ self._vectors.units([word])[0]
        near = sorted((-float(cosines[position]), position) for position in np.flatnonzero(cosines >= LEAST_COSINE))
        return tuple((self._words[position], -cosine) for cosine, position in near[:MOST_NEAR])


def open_vectors(setting: str) -> dict[Language, WordVectors]:
    """The vectors that the setting names, "de=MODEL,en=MODEL": installed packages or folders. None for "".

    Raises:
        SettingsError: it has another form, or names what is not there or has no vectors; it tells what to do.
    """
    vectors: dict[Language, WordVectors] = {}
    for entry in setting.split(",") if setting else ():
        code, _, model = (part.strip() for part in entry.partition("="))
        language = next((known for known in LANGUAGES if known == code), None)
        if language is None or not model or language in vectors:
            raise SettingsError(
                f"{SETTING}={setting}: expected LANGUAGE=MODEL, each language once, with commas between; "
                f"languages are {', '.join(LANGUAGES)}"
            )
        vectors[language] = _load(model, where=f"{SETTING}={setting}")
    return vectors


def _load(model: str, *, where: str) -> WordVectors:
    try:
        import spacy  # noqa: PLC0415 - heavy, and not installed unless somebody wants vectors
    except ImportError as error:
        raise SettingsError(f"{where}: spaCy is not installed; get it with: python -m pip install spacy") from error
    try:
        # Vectors only: no component of the model is loaded.
        pipeline = spacy.load(model, config={"nlp": {"pipeline": [], "disabled": []}})
    except (OSError, ValueError, ImportError) as error:
        raise SettingsError(
            f"{where}: {model} is no installed spaCy model and no folder with one; "
            f"get it with: python -m spacy download {model}"
        ) from error
    rows = _rows(pipeline.vocab)
    if not rows:
        raise SettingsError(
            f"{where}: the spaCy model {model} has no vectors of words; models with names in _md or _lg have them"
        )
    return WordVectors(rows, np.asarray(pipeline.vocab.vectors.data, dtype=np.float32))


def _rows(vocabulary: Any) -> dict[str, int]:
    """Where spellings of a word have vectors of their own, the first counts: frequent ones stand first in models."""
    rows: dict[str, int] = {}
    for key, row in vocabulary.vectors.key2row.items():
        if key in vocabulary.strings:
            rows.setdefault(fold(vocabulary.strings[key]), row)
    return rows
