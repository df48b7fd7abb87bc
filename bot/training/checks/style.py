"""How replies and phrases are written: short, in a calm tone, with "Sie" in German."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml

from bot.language import LANGUAGES, Language
from bot.training.checks.outcomes import covers
from bot.training.project import Project, Reply

WORDS = Path(__file__).with_name("words.yml")

# Characters at most, with placeholders as they stand; the first pattern that covers a reply counts.
LONGEST: Mapping[str, int] = MappingProxyType(
    {
        "utter_answer_*": 100,  # a line above what the catalogue says
        "utter_missing_*": 180,  # what is not known, and whom to ask
        "utter_faq/*": 600,  # an explanation, with one list at most
        "utter_crisis": 480,  # read in need: the numbers, and what to do first
        "*": 380,  # two or three sentences, or a short list
    }
)
LONGEST_BUTTON = 40

# Signs that Unicode counts among the pictures and that belong into texts.
_PLAIN_SIGNS = frozenset("°©®")


def too_long(project: Project) -> Iterator[tuple[str, str]]:
    """A reply or button that is longer than its kind may be."""
    for reply in project.replies:
        longest = next(limit for pattern, limit in LONGEST.items() if covers(pattern, reply.name))
        for text in reply.texts:
            if len(text) > longest:
                yield reply.place, f"{len(text)} characters, more than {longest}"
        for title, _payload in reply.buttons:
            if len(title) > LONGEST_BUTTON:
                yield reply.place, f"the button {title!r} has more than {LONGEST_BUTTON} characters"


def familiar(project: Project) -> Iterator[tuple[str, str]]:
    """Words that address a citizen like a friend, "du"."""
    yield from _with_words(project, "familiar", "addresses citizens like friends")


def filler(project: Project) -> Iterator[tuple[str, str]]:
    """Phrases that say nothing, or say it like an office."""
    yield from _with_words(project, "filler", "can do without")


def marks(project: Project) -> Iterator[tuple[str, str]]:
    """Exclamation marks and emoji."""
    for reply, text in _texts(project):
        for mark in dict.fromkeys(character for character in text if _is_mark(character)):
            yield reply.place, f"without {mark!r}"


def _is_mark(character: str) -> bool:
    return character in "!¡❗" or (unicodedata.category(character) == "So" and character not in _PLAIN_SIGNS)


def _with_words(project: Project, kind: str, complaint: str) -> Iterator[tuple[str, str]]:
    for reply, text in _texts(project):
        pattern = _patterns(kind)[reply.language]
        for found in dict.fromkeys(pattern.findall(text)):
            yield reply.place, f"{complaint}: {found!r}"


def _texts(project: Project) -> Iterator[tuple[Reply, str]]:
    for reply in (*project.replies, *project.phrases):
        for text in (*reply.texts, *(title for title, _payload in reply.buttons)):
            yield reply, text


@cache
def _patterns(kind: str) -> Mapping[Language, re.Pattern[str]]:
    """What finds the words of a kind, as whole words, in any case."""
    words: Mapping[str, Mapping[str, list[str]]] = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    return {language: _pattern(words[kind].get(language, [])) for language in LANGUAGES}


def _pattern(words: list[str]) -> re.Pattern[str]:
    # Without words it would find the empty text everywhere.
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)" if words else r"(?!)", re.I)
