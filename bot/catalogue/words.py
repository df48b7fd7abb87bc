"""Words of a question that say nothing about which service is meant, per language (data/search/<language>.yml)."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from bot.errors import InputError
from bot.language import Language
from bot.text.normalise import fold, split_words

SEARCH_DATA = Path(__file__).parents[2] / "data" / "search"


@dataclass(frozen=True)
class QuestionWords:
    """Folded words; `facet` ones ask for a kind of information, `stop` ones for nothing.

    `hints` are those of `stop` that tell something beside other words.
    """

    stop: frozenset[str]
    facet: frozenset[str]
    hints: frozenset[str]


@lru_cache(maxsize=8)
def question_words(language: Language, directory: Path = SEARCH_DATA) -> QuestionWords:
    """The lists of one language.

    Raises:
        InputError: the file is missing, is no YAML or lacks a list.
    """
    path = directory / f"{language}.yml"
    try:
        lists = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise InputError(f"{path}: cannot be read ({error})") from error
    if not isinstance(lists, dict) or not {"stop_words", "hint_words", "facet_words"} <= lists.keys():
        raise InputError(f"{path}: expected the lists stop_words, hint_words and facet_words")
    stop, hints, facet = (
        frozenset(fold(word) for word in lists[name].split()) for name in ("stop_words", "hint_words", "facet_words")
    )
    return QuestionWords(stop=stop | hints, facet=facet, hints=hints)


def content_words(text: str, language: Language) -> list[str]:
    """The folded words of `text` that may name a service, in order.

    "Was kostet ein Reisepass?" → ["reisepass"]; "und wie lange dauert das?" → []
    """
    listed = question_words(language)
    return [
        word
        for word in split_words(text)
        if word not in listed.stop and word not in listed.facet and not word.isdigit() and len(word) > 1
    ]
