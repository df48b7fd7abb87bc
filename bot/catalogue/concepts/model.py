"""Which concepts a question means: naive Bayes over weighted features, as arrays. NumPy only; saved without pickle."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from io import BytesIO
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bot.catalogue.concepts.features import MOST_WORDS, PIECES_WEIGHT, STEM, Floats, Ints, Vocabulary, extract
from bot.catalogue.concepts.spelling import Spellings
from bot.catalogue.concepts.vectors import NearWords, WordVectors
from bot.catalogue.question import Near
from bot.catalogue.words import content_words, question_words
from bot.language import LANGUAGES, Language
from bot.text.compounds import CompoundSplitter
from bot.text.stem import stem

PLAIN_WEIGHT = 0.5  # how much more often a plain concept is meant the more variants it has
MOST_UNKNOWN = 4  # words of a text for which near ones are looked up; bounds the cost

Halves = NDArray[np.float16]


@dataclass(frozen=True)
class Postings:
    """A sparse table by row: the entries of row r are those of `columns` and `values` from `starts[r]` on."""

    starts: Ints
    columns: Ints
    values: Halves
    width: int

    @classmethod
    def of(cls, rows: Ints, columns: Ints, values: Floats, *, shape: tuple[int, int]) -> Self:
        """The table of entries in any order; two in the same place are added up where they are used."""
        order = np.argsort(rows, kind="stable")
        starts = np.searchsorted(rows[order], np.arange(shape[0] + 1)).astype(np.int32)
        return cls(starts, columns[order].astype(np.int32), values[order].astype(np.float16), shape[1])

    def combine(self, rows: Ints, weights: Floats) -> NDArray[np.float64]:
        """The sum of the given rows, each times its weight: one number per column."""
        entries, lengths = self._entries(rows)
        return np.bincount(
            self.columns[entries], weights=self.values[entries] * np.repeat(weights, lengths), minlength=self.width
        )

    def having(self, rows: Ints, column: int) -> NDArray[np.bool_]:
        """Which of the given rows have an entry in `column`."""
        entries, lengths = self._entries(rows)
        owners = np.repeat(np.arange(len(rows)), lengths)
        return np.isin(np.arange(len(rows)), owners[self.columns[entries] == column])

    def _entries(self, rows: Ints) -> tuple[NDArray[np.int64], Ints]:
        starts = self.starts[rows]
        lengths = self.starts[rows + 1] - starts
        before = np.cumsum(lengths) - lengths
        return np.repeat(starts - before, lengths) + np.arange(lengths.sum()), lengths


@dataclass(frozen=True)
class Understanding:
    """How likely each concept is meant, one of them certainly, or all 0 where nothing in the text is known.

    `support` is the share of the text that the likeliest concept is known by: none of them need be meant at all.
    `near` has the unknown words that were understood as known ones, each with its cosine.
    """

    concepts: NDArray[np.float64]
    support: float
    near: Near


@dataclass(frozen=True)
class ConceptModel:
    """Learned from the thesaurus (see `learning`), the same for every town.

    `gains` is how much a feature speaks for a concept, `sizes` what every feature speaks against it (log). `phrases`
    holds the weights of titles and words; those of concept c are the columns from `phrase_starts[c]` on, and count by
    `phrase_weights`. `keys` are LeiKa keys or their beginnings; `plains` has the number of the plainer concept that
    each concept is a variant of, -1 where there is none; concepts of one of the `situations` are needed together.
    `words` are the folded words that compounds are split by and misspelt ones are compared with; `near` finds them for
    unknown ones in a language that has word vectors, and is not saved.
    """

    concepts: tuple[str, ...]
    keys: tuple[tuple[str, ...], ...]
    names: tuple[tuple[str, str], ...]  # German, English
    plains: tuple[int, ...]
    situations: tuple[str, ...]
    vocabulary: Vocabulary
    words: frozenset[str]
    splitter: CompoundSplitter
    gains: Postings
    sizes: Floats
    phrases: Postings
    phrase_starts: Ints
    phrase_weights: Floats
    near: Mapping[Language, NearWords] = field(default_factory=dict)

    def understand(self, text: str, language: Language) -> "Understanding":
        """Which concepts `text` means."""
        features = extract(text, language, self.splitter)
        near = self._near(text, language)
        parts = list(self._parts(near, language))
        rows, weights = self.vocabulary.weigh(features, near=parts)
        if not rows.size:
            return Understanding(np.zeros(len(self.concepts)), support=0.0, near=near)
        logits = self.gains.combine(rows, weights) - float(weights.sum()) * self.sizes + self._priors
        exponents = np.exp(logits - logits.max())
        likeliest = int(logits.argmax())
        support = self._support(features, likeliest, near=parts)
        return Understanding(exponents / exponents.sum(), support=support, near=near)

    @cached_property
    def _priors(self) -> NDArray[np.float64]:
        """What speaks for each concept before anything is said: the passport is meant more often than its variants."""
        variants = np.bincount([plain for plain in self.plains if plain >= 0], minlength=len(self.concepts))
        priors: NDArray[np.float64] = PLAIN_WEIGHT * np.log1p(variants)
        return priors

    def with_vectors(self, vectors: Mapping[Language, WordVectors]) -> Self:
        """The same model, which understands words it does not know by `vectors` where these have them."""
        near = {language: NearWords(words, self._nameable(language)) for language, words in vectors.items()}
        return replace(self, near=near)

    def _nameable(self, language: Language) -> Iterator[str]:
        """The words that may say which concept is meant."""
        listed = [question_words(language) for language in LANGUAGES]
        silent = frozenset().union(*(words.stop | words.facet for words in listed))
        return (word for word in self.words - silent if self._stem(word, language))

    def _near(self, text: str, language: Language) -> Near:
        content = dict.fromkeys(content_words(text, language)[:MOST_WORDS])
        unknown = [word for word in content if not self._stem(word, language) and not self.splitter.split(word)]
        nearest = {word: self._nearest(word, language) for word in unknown[:MOST_UNKNOWN]}
        return {word: near for word, near in nearest.items() if near}

    def _nearest(self, word: str, language: Language) -> Sequence[tuple[str, float]]:
        """Words that mean nearly the same, else the one that is written nearly the same."""
        alike = self.near[language].nearest(word) if language in self.near else ()
        return alike or [(near, part) for near, part in self._spellings.nearest(word) if self._stem(near, language)]

    @cached_property
    def _spellings(self) -> Spellings:
        return Spellings(self.words)

    def _parts(self, near: Near, language: Language) -> Iterator[tuple[str, float]]:
        """Stems of near words, each with its part of the unknown one: its cosine, less where there are several."""
        for words in near.values():
            total = sum(cosine for _, cosine in words)
            yield from ((self._stem(word, language), cosine * cosine / total) for word, cosine in words)

    def _stem(self, word: str, language: Language) -> str:
        """The feature by which the model knows `word`, in its own language first; "" where it does not."""
        features = (STEM + stem(word, each) for each in (language, *LANGUAGES))
        return next((feature for feature in features if feature in self.vocabulary.rows), "")

    def _support(self, features: Sequence[str], concept: int, *, near: Sequence[tuple[str, float]]) -> float:
        """The share of the stems, rare ones counting more, that the thesaurus has for `concept`."""
        stems = {feature for feature in features if feature[0] == STEM}
        known = [feature for feature in stems if feature in self.vocabulary.rows]
        if not known and not near:
            return 0.0
        unsure = {feature: part for feature, part in near if feature not in stems}
        rows = np.array([self.vocabulary.rows[feature] for feature in (*known, *unsure)], dtype=np.int32)
        idf = self.vocabulary.idf[rows] * np.array([1.0] * len(known) + [*unsure.values()], dtype=np.float32)
        total = float(idf[: len(known)].sum()) + (len(stems) - len(known)) * self.vocabulary.rarest
        return float(idf[self.gains.having(rows, concept)].sum()) / total

    def likeness(self, phrase: str, language: Language) -> NDArray[np.float64]:
        """How much `phrase`, a name or keyword, is like the nearest title or word of each concept; 1 is the same."""
        features = extract(phrase, language, self.splitter)
        rows, weights = self.vocabulary.weigh(features, unknown_weighs=True)
        if not rows.size:
            return np.zeros(len(self.concepts))
        near = self.phrases.combine(rows, weights) * self._phrase_scales
        likeness: NDArray[np.float64] = np.maximum.reduceat(near, self.phrase_starts)
        return likeness

    @cached_property
    def _phrase_scales(self) -> Floats:
        """By which a phrase that is the same counts as much as its weight says."""
        return self.phrase_weights / np.float32(1 + PIECES_WEIGHT**2)

    def to_bytes(self) -> bytes:
        """The model as a NumPy archive."""
        description = {
            "concepts": self.concepts,
            "keys": self.keys,
            "names": self.names,
            "plains": self.plains,
            "situations": self.situations,
        }
        texts: dict[str, Any] = {
            "description": json.dumps(description, ensure_ascii=False),
            "features": "\n".join(self.vocabulary.rows),
            "words": "\n".join(sorted(self.words)),
        }
        arrays: dict[str, Any] = {name: np.frombuffer(text.encode(), dtype=np.uint8) for name, text in texts.items()}
        for name in ("gains", "phrases"):
            table = getattr(self, name)
            arrays |= {f"{name}_{field.name}": getattr(table, field.name) for field in fields(table)}
        target = BytesIO()
        np.savez(
            target,
            **arrays,
            idf=self.vocabulary.idf,
            sizes=self.sizes,
            phrase_starts=self.phrase_starts,
            phrase_weights=self.phrase_weights,
        )
        return target.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """The model that `to_bytes` wrote.

        Raises:
            EOFError, ValueError, KeyError, BadZipFile: it did not.
        """
        with np.load(BytesIO(content), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        texts = {name: arrays[name].tobytes().decode() for name in ("description", "features", "words")}
        description = json.loads(texts["description"])
        words = frozenset(texts["words"].split("\n"))
        return cls(
            concepts=tuple(description["concepts"]),
            keys=tuple(map(tuple, description["keys"])),
            names=tuple(map(tuple, description["names"])),
            plains=tuple(description["plains"]),
            situations=tuple(description["situations"]),
            vocabulary=Vocabulary(_numbered(texts["features"].split("\n")), arrays["idf"]),
            words=words,
            splitter=CompoundSplitter(words),
            gains=_table(arrays, "gains"),
            sizes=arrays["sizes"],
            phrases=_table(arrays, "phrases"),
            phrase_starts=arrays["phrase_starts"],
            phrase_weights=arrays["phrase_weights"],
        )


def _numbered(features: Sequence[str]) -> dict[str, int]:
    return {feature: row for row, feature in enumerate(features)}


def _table(arrays: dict[str, Any], name: str) -> Postings:
    return Postings(
        arrays[f"{name}_starts"], arrays[f"{name}_columns"], arrays[f"{name}_values"], int(arrays[f"{name}_width"])
    )
