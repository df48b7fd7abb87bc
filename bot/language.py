"""The languages Stadtlotse speaks. Adding one: see CONTRIBUTING.md, "add a language"."""

from typing import Literal, get_args

Language = Literal["de", "en"]

LANGUAGES: tuple[Language, ...] = get_args(Language)
DEFAULT_LANGUAGE: Language = "de"


def is_language(value: object) -> bool:
    """True for a language code that has texts, replies and training data."""
    return value in LANGUAGES
