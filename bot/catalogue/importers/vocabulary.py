"""The words by which importers recognise facets, links and counters: data/import/<language>.yml, checked on loading."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from bot.errors import InputError
from bot.facets import Facet
from bot.language import Language

FOLDER = Path(__file__).resolve().parents[3] / "data" / "import"
LONGEST_SENTENCE = 1_000

_WORD = re.compile(r"[\w§]+(?:-[\w]+)*-?")


class _Rule(msgspec.Struct, forbid_unknown_fields=True):
    match: list[str]
    unless: list[str] = []


class _LinkRule(msgspec.Struct, forbid_unknown_fields=True):
    titles: list[str] = []
    addresses: list[str] = []


class _File(msgspec.Struct, forbid_unknown_fields=True):
    headings: dict[Facet, list[str]]
    sentences: dict[Facet, _Rule]
    references: list[str]
    empty_headings: list[str]
    fees_in_description: _Rule
    links: dict[str, _LinkRule]
    empty_titles: list[str]
    counters: list[str]


@dataclass(frozen=True)
class Evidence:
    """Regular expressions for sentences; one of `match` and none of `unless` must be found."""

    match: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]

    def stands_in(self, sentence: str) -> bool:
        """Whether the sentence is evidence. One that never ends is not; it would only cost time."""
        if len(sentence) > LONGEST_SENTENCE:
            return False
        return any(p.search(sentence) for p in self.match) and not any(p.search(sentence) for p in self.unless)


@dataclass(frozen=True)
class LinkSigns:
    """What tells a kind of link: words of its title, parts of its address (both in lower case)."""

    titles: tuple[str, ...]
    addresses: tuple[str, ...]

    def fit(self, title: str, url: str) -> bool:
        """Whether one of the signs is there."""
        return has_word(title, self.titles) or any(part in url.lower() for part in self.addresses)


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """All of it for one language."""

    headings: Mapping[Facet, tuple[str, ...]]
    sentences: Mapping[Facet, Evidence]
    references: tuple[tuple[str, ...], ...]
    empty_headings: frozenset[str]
    fees_in_description: Evidence
    links: Mapping[str, LinkSigns]
    empty_titles: frozenset[str]
    counters: tuple[str, ...]

    def refers_back(self, sentence: str) -> bool:
        """Whether the sentence needs the one before it to be understood."""
        words = [word.lower() for word in _WORD.findall(sentence)]
        return any(
            len(words) >= len(reference) and all(map(fnmatchcase, words, reference)) for reference in self.references
        )

    def facets_of_heading(self, heading: str) -> tuple[Facet, ...]:
        """The facets the text under `heading` belongs to, in the order of the file; mostly none or one."""
        return tuple(facet for facet, words in self.headings.items() if has_word(heading, words))


def has_word(text: str, patterns: Iterable[str]) -> bool:
    """Whether a word of `text` fits a pattern with "*", or a pattern of several words occurs in it as whole words."""
    words = [word.lower() for word in _WORD.findall(text)]
    phrase = f" {' '.join(words)} "
    return any(
        f" {pattern} " in phrase if " " in pattern else any(fnmatchcase(word, pattern) for word in words)
        for pattern in patterns
    )


@cache
def load_vocabulary(language: Language) -> Vocabulary:
    """The vocabulary of data/import/<language>.yml.

    Raises:
        InputError: the file is missing, has an unknown key or facet, or a broken expression; named with its place.
    """
    path = FOLDER / f"{language}.yml"
    try:
        file = msgspec.convert(_load(path), _File)
    except msgspec.ValidationError as error:
        raise InputError(f"{path.name}: {error}") from error
    return Vocabulary(
        headings={facet: _lower(words) for facet, words in file.headings.items()},
        sentences={facet: _evidence(rule, f"{path.name}: sentences.{facet}") for facet, rule in file.sentences.items()},
        references=tuple(tuple(words.split()) for words in _lower(file.references)),
        empty_headings=frozenset(_lower(file.empty_headings)),
        fees_in_description=_evidence(file.fees_in_description, f"{path.name}: fees_in_description"),
        links={kind: LinkSigns(_lower(rule.titles), _lower(rule.addresses)) for kind, rule in file.links.items()},
        empty_titles=frozenset(_lower(file.empty_titles)),
        counters=_lower(file.counters),
    )


def _load(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise InputError(f"{path.name}: cannot be read ({error})") from error


def _lower(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(word.lower() for word in words)


def _evidence(rule: _Rule, place: str) -> Evidence:
    return Evidence(
        match=tuple(_compile(expression, place) for expression in rule.match),
        unless=tuple(_compile(expression, place) for expression in rule.unless),
    )


def _compile(expression: str, place: str) -> re.Pattern[str]:
    try:
        return re.compile(expression, re.IGNORECASE)
    except re.error as error:
        raise InputError(f"{place}: {expression!r} is not a regular expression ({error})") from error
