"""Short phrases per language, for everything a program puts together itself (locales/<topic>.<language>.yml)."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import yaml
from babel.dates import format_date

from bot.errors import InputError
from bot.language import Language

LOCALES = Path(__file__).parents[1] / "locales"

# The regional form for dates, times and amounts.
REGIONS: Mapping[Language, str] = MappingProxyType({"de": "de_DE", "en": "en_GB"})


@lru_cache(maxsize=32)
def load_phrases(topic: str, language: Language, directory: Path = LOCALES) -> Mapping[str, str]:
    """The phrases of one topic, by key, with `{placeholders}`.

    Raises:
        InputError: the file is missing, is no YAML or holds something else than texts.
    """
    path = directory / f"{topic}.{language}.yml"
    try:
        phrases = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise InputError(f"{path}: cannot be read ({error})") from error
    if not isinstance(phrases, dict) or not all(isinstance(text, str) for text in phrases.values()):
        raise InputError(f"{path}: expected a text for every key")
    return MappingProxyType(phrases)


def render_date(day: date, language: Language) -> str:
    """ "15.09.2026", "15 September 2026"."""
    return format_date(day, load_phrases("answers", language)["date"], locale=REGIONS[language])
