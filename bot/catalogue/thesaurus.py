"""The thesaurus of public administration: concepts, and what citizens call them (data/thesaurus/<situation>/*.yml).

It is data about the field, not about one town: it ties citizens' words and sentences, in both languages, to the
services of any catalogue (see `concepts`).
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

import msgspec
import yaml
from msgspec.structs import replace

from bot.errors import InputError
from bot.language import LANGUAGES, Language

THESAURUS = Path(__file__).parents[2] / "data" / "thesaurus"
FEWEST_SENTENCES = 4

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ID = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
_KEY = re.compile(r"99\d{6}(\d{3}){0,2}")

Phrase = Annotated[str, msgspec.Meta(min_length=2, max_length=300)]


class Wording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One concept in one language.

    `name` is what a good website calls it, `titles` are the official ways to call it, as in catalogues and laws,
    `words` are citizens' words and short phrases for it, `sentences` what citizens say or type who need it.
    """

    name: Phrase
    titles: tuple[Phrase, ...]
    words: tuple[Phrase, ...]
    sentences: Annotated[tuple[Phrase, ...], msgspec.Meta(min_length=FEWEST_SENTENCES)]


class Concept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of service as towns offer it.

    `leika` holds LeiKa keys (14 digits) or their beginnings (8 or 11 digits: the object, with its act).
    `variant_of` names the plain concept that is meant unless this one is asked for ("vorläufig", "Kind", "Verlust").
    `situation` is the directory of its file, shared by what citizens need together: "marriage", "vehicles".
    """

    concept: str
    de: Wording
    en: Wording
    leika: tuple[str, ...] = ()
    variant_of: str = ""
    situation: str = ""

    def wording(self, language: Language) -> Wording:
        """The concept in `language`."""
        return {"de": self.de, "en": self.en}[language]


@lru_cache(maxsize=4)
def read_thesaurus(directory: Path = THESAURUS) -> tuple[Concept, ...]:
    """All concepts in the order of the files.

    Raises:
        InputError: one line for each mistake, with file and concept.
    """
    mistakes: list[str] = []
    concepts: dict[str, Concept] = {}
    for path in sorted(directory.glob("*/*.yml")):
        for place, entry in _entries(path, directory, mistakes):
            try:
                concept = replace(msgspec.convert(entry, Concept), situation=path.parent.name)
            except msgspec.ValidationError as error:
                mistakes.append(f"{place}: {error}")
                continue
            mistakes += [f"{place}: {mistake}" for mistake in _mistakes(concept)]
            if concept.concept in concepts:
                mistakes.append(f"{place}: the concept stands twice")
            concepts[concept.concept] = concept
    mistakes += [
        f"{concept.concept}: variant_of names no concept: {concept.variant_of!r}"
        for concept in concepts.values()
        if concept.variant_of and (concept.variant_of not in concepts or concept.variant_of == concept.concept)
    ]
    if not concepts and not mistakes:
        mistakes.append("there is no concept in <situation>/<topic>.yml")
    if mistakes:
        raise InputError(f"{directory}: mistakes: {len(mistakes)}\n" + "\n".join(mistakes))
    return tuple(concepts.values())


def _entries(path: Path, directory: Path, mistakes: list[str]) -> Iterator[tuple[str, Any]]:
    name = path.relative_to(directory)
    try:
        entries = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 it is a safe loader
    except (OSError, ValueError, yaml.YAMLError) as error:
        mistakes.append(f"{name}: cannot be read ({error})")
        return
    if not isinstance(entries, list):
        mistakes.append(f"{name}: expected a list of concepts")
        return
    for number, entry in enumerate(entries, start=1):
        known = entry.get("concept") if isinstance(entry, dict) else None
        yield f"{name}, concept {known or number}", entry


def _mistakes(concept: Concept) -> Iterator[str]:
    if not _ID.fullmatch(concept.concept):
        yield "an id is of lower-case letters, digits and single underscores"
    for key in concept.leika:
        if not _KEY.fullmatch(key):
            yield f"no LeiKa key of 8, 11 or 14 digits: {key!r}"
    for language in LANGUAGES:
        wording = concept.wording(language)
        for kind in ("titles", "words", "sentences"):
            twice = [phrase for phrase, count in Counter(getattr(wording, kind)).items() if count > 1]
            yield from (f"{language}.{kind}: stands twice: {phrase!r}" for phrase in twice)
