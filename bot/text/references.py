"""How a message points at what was said before: "den zweiten", "nein, das andere", "back to the car", "and for that?"

Pure reading, without knowing what was offered; `bot.catalogue.references` finds out what is meant. The words stand in
words/references.<language>.yml. A typing error in a word of five letters or more is tolerated ("den zwieten").
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, Optional

import yaml

from bot.language import Language
from bot.text.normalise import fold, split_words

WORDS = Path(__file__).parent / "words"
LONGEST_REPLY = 8  # words; whoever writes more tells something new
MISSPELT_LENGTH = 5
MISSPELT_LIKENESS = 0.8  # of difflib; and the first two letters are right nearly always
_SEGMENT = re.compile(r"[,;:.!?\n]+")


@dataclass(frozen=True)
class Reference:
    """What a message says beyond its own words; most of it is nothing for most messages.

    `position` counts what was offered from 1, -1 is the last. `rest` is what remains to be looked up: what follows
    "ich meinte" or "zurück zu", without what it `negates` ("nicht der Pass"). `own_words` are those of the message that
    point nowhere; a `whole` reference has none: "ja, den zweiten bitte". An `elliptic` one leaves out what it is about:
    "und die für Studenten?"
    """

    position: Optional[int] = None
    other: bool = False
    before: bool = False
    answer: Optional[Literal["yes", "no"]] = None
    corrects: bool = False
    returns: bool = False
    same_question: bool = False
    elliptic: bool = False
    new_topic: bool = False
    points_back: bool = False
    whole: bool = False
    negates: bool = False
    rest: str = ""
    own_words: tuple[str, ...] = ()

    @property
    def picks(self) -> bool:
        """Names one of several things by its place: nothing but the dialogue tells which."""
        return self.whole and (self.position is not None or self.other or self.before)


@dataclass(frozen=True)
class _Marks:
    positions: Mapping[str, int]
    numbers: Mapping[str, int]
    words: Mapping[str, frozenset[str]]  # other, articles, yes, no, not, fillers, points_back
    phrases: Mapping[str, tuple[str, ...]]  # corrects, returns, before, same_question, elliptic, new_topic
    known: frozenset[str]  # all of positions, numbers and words
    misspelt: Mapping[str, tuple[str, ...]]  # words that may be misspelt, by their first two letters


def read_reference(text: str, language: Language) -> Reference:
    """What `text` points at.

    "nein, ich meinte das Auto" → answer "no", corrects, rest "das Auto"; "den zweiten" → position 2, whole
    """
    marks = _marks(language)
    words = split_words(text)
    if not words:
        return Reference()
    is_short = len(words) <= LONGEST_REPLY
    spelled = [_spelled(word, marks) for word in words] if is_short else words
    line = f" {' '.join(words)} "
    opening = line.removeprefix(" und").removeprefix(" and")
    answer = _answer(spelled, marks)
    corrects, returns = (_after(line, marks.phrases[kind]) is not None for kind in ("corrects", "returns"))
    before = is_short and any(f" {phrase} " in line for phrase in marks.phrases["before"])
    own_words = tuple(word for word in spelled if not _is_mark(word, marks, before=before))
    whole = is_short and not own_words
    rest, negates = _rest(text, marks)
    kept = [_spelled(word, marks) for word in rest.split()] if is_short else []
    return Reference(
        position=_position(kept, marks, whole=whole),
        other=_other(spelled, marks, whole=whole),
        before=before,
        answer=answer,
        corrects=corrects,
        returns=returns,
        same_question=any(line.startswith(f" {phrase} ") for phrase in marks.phrases["same_question"]),
        elliptic=any(opening.startswith(f" {phrase} ") for phrase in marks.phrases["elliptic"]),
        new_topic=any(f" {phrase} " in line for phrase in marks.phrases["new_topic"]),
        points_back=not marks.words["points_back"].isdisjoint(words),
        whole=whole,
        negates=negates,
        rest=rest,
        own_words=own_words,
    )


def _position(words: list[str], marks: _Marks, *, whole: bool) -> Optional[int]:
    found = [marks.positions[word] for word in words if word in marks.positions]
    if not found and whole:
        found = [marks.numbers[word] for word in words if word in marks.numbers]
    return found[0] if found else None


def _other(words: list[str], marks: _Marks, *, whole: bool) -> bool:
    """ "das andere", not "etwas anderes"."""
    others = [place for place, word in enumerate(words) if word in marks.words["other"]]
    return any(whole or (place > 0 and words[place - 1] in marks.words["articles"]) for place in others)


def _answer(words: list[str], marks: _Marks) -> Optional[Literal["yes", "no"]]:
    """What the first word says that is no filler: "ach nein, das andere" → "no"."""
    first = next((word for word in words if word not in marks.words["fillers"] or word in marks.words["no"]), "")
    if first in marks.words["no"]:
        return "no"
    return "yes" if first in marks.words["yes"] else None


def _is_mark(word: str, marks: _Marks, *, before: bool) -> bool:
    return word in marks.known or (before and word in marks.phrases["before"])


def _rest(text: str, marks: _Marks) -> tuple[str, bool]:
    """The last thing that is not negated, after the phrase that announces it; and whether something is."""
    line = _SEGMENT.sub(" , ", text)
    segments = [" ".join(split_words(segment)) for segment in line.split(",")]
    segments = [segment for segment in segments if segment]
    kept = [segment for segment in segments if segment.split()[0] not in marks.words["not"]] or segments
    joined = f" {' '.join(kept)} "
    # "Zurück zum Pass: geht das online?" goes back to the pass; what follows a correction belongs to it.
    for line, kind in ((joined, "corrects"), *((f" {segment} ", "returns") for segment in kept)):
        after = _after(line, marks.phrases[kind])
        if after:
            return after, len(kept) < len(segments)
    return joined.strip(), len(kept) < len(segments)


def _after(line: str, phrases: tuple[str, ...]) -> Optional[str]:
    """What follows the last of `phrases` in `line`; None where there is none of them."""
    ends = [line.rfind(f" {phrase} ") + len(phrase) + 2 for phrase in phrases if f" {phrase} " in line]
    return line[max(ends) :].strip() if ends else None


def _spelled(word: str, marks: _Marks) -> str:
    if len(word) < MISSPELT_LENGTH or _is_mark(word, marks, before=True):
        return word
    candidates = marks.misspelt.get(word[:2], ())
    if not any(_is_as_long(candidate, word) for candidate in candidates):
        return word
    near = get_close_matches(word, candidates, n=1, cutoff=MISSPELT_LIKENESS)
    return near[0] if near and _is_as_long(near[0], word) else word


def _is_as_long(one: str, other: str) -> bool:
    return abs(len(one) - len(other)) <= 1


@lru_cache(maxsize=8)
def _marks(language: Language) -> _Marks:
    listed: dict[str, Any] = yaml.safe_load((WORDS / f"references.{language}.yml").read_text(encoding="utf-8"))

    def by_word(name: str) -> dict[str, int]:
        return {fold(word): place for place, line in listed[name].items() for word in str(line).split()}

    positions = by_word("positions")
    words = {
        name: frozenset(fold(word) for word in listed[name].split())
        for name in ("other", "articles", "yes", "no", "not", "fillers", "points_back")
    }
    # Of words for the last one, some are near to others: "untere", "Unterlagen".
    counted = [word for word, place in positions.items() if place > 0]
    misspelt: dict[str, tuple[str, ...]] = {}
    for word in sorted({*counted, *words["other"]}):
        if len(word) >= MISSPELT_LENGTH:
            misspelt[word[:2]] = (*misspelt.get(word[:2], ()), word)
    numbers = by_word("numbers")
    return _Marks(
        positions=positions,
        numbers=numbers,
        words=words,
        known=frozenset().union(positions, numbers, *words.values()),
        phrases={
            name: tuple(fold(phrase) for phrase in listed[name])
            for name in ("corrects", "returns", "before", "same_question", "elliptic", "new_topic")
        },
        misspelt=misspelt,
    )
