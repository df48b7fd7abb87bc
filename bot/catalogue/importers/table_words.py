"""The headings and words of tables: data/import/table.yml, checked on loading."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec
import yaml

from bot.catalogue.importers.record import LinkKind
from bot.errors import InputError
from bot.language import DEFAULT_LANGUAGE, Language

PATH = Path(__file__).resolve().parents[3] / "data" / "import" / "table.yml"

_SUFFIX = re.compile(r"(.+?)\s*\(\s*([\w-]+)\s*\)")
_BESIDE = re.compile(r"[\s:*]+$")


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`columns`: name → language → headings. The first word of each list is the one an exported table has."""

    columns: dict[str, dict[Language, list[str]]]
    languages: dict[Language, list[str]]
    rows: dict[str, list[str]]
    affirmative: list[str]
    negative: list[str]
    links: dict[LinkKind, list[str]]
    office_parts: dict[str, list[str]]
    range: list[str]
    currency: list[str]
    free: list[str]
    weekdays: list[list[str]]
    clock: list[str]

    def heading(self, column: str, language: Language) -> str:
        """What an exported table calls a column: "Name", "Name (en)"."""
        name = self.columns[column][DEFAULT_LANGUAGE][0]
        return name if language == DEFAULT_LANGUAGE else f"{name} ({self.languages[language][0]})"


def key_of(words: Mapping[str, list[str]], written: str) -> str:
    """The key whose list has the word, in upper or lower case; "" for none."""
    lowered = written.strip().lower()
    return next((key for key, known in words.items() if lowered in map(str.lower, known)), "")


def read_heading(written: str, words: Words) -> tuple[str, Language] | None:
    """The column and language of a heading: "Gebühren (Englisch)" → fees, en; None for an unknown one."""
    text = " ".join(_BESIDE.sub("", written).split())
    found = _SUFFIX.fullmatch(text)
    language: Language = DEFAULT_LANGUAGE
    if found:
        named = key_of({str(code): names for code, names in words.languages.items()}, found[2])
        if not named:
            return None
        text, language = found[1], named  # type: ignore[assignment]
    column = key_of(_all_headings(words), text)
    return (column, language) if column else None


def _all_headings(words: Words) -> dict[str, list[str]]:
    return {
        column: [one for known in languages.values() for one in known] for column, languages in words.columns.items()
    }


@cache
def load_words() -> Words:
    """The words.

    Raises:
        InputError: the file is missing, has a mistake, or a heading stands for two columns; named with its place.
    """
    try:
        words = msgspec.convert(yaml.safe_load(PATH.read_text(encoding="utf-8")), Words)
    except (OSError, yaml.YAMLError, msgspec.ValidationError) as error:
        raise InputError(f"{PATH.name}: {error}") from error
    seen: dict[str, str] = {}
    for column, headings in _all_headings(words).items():
        for heading in headings:
            if seen.setdefault(heading.lower(), column) != column:
                raise InputError(f"{PATH.name}: {heading!r} stands for {seen[heading.lower()]} and for {column}")
    return words
