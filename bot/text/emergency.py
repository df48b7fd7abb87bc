"""Signs of an emergency in a message: danger, violence, self-harm. Beside the classifier, which may miss one.

The signs are rows of words (words/emergency/*.txt): "will nicht mehr leben" is found in "ich wil echt nich mer lebn".
They stand for what cannot be misunderstood; what needs the whole sentence is left to the classifier.
"""

from functools import lru_cache
from typing import NamedTuple

from bot.text.normalise import split_words
from bot.text.word_lists import WORDS, plain

GAP = 2  # other words that may stand between two words of a sign
SHORTEST = 3  # consonants from which on a word is known by them

# "wil", "will"; "schlegt", "schlaegt"; "lebn", "leben"; "brent", "brennt": what is heard is written in many ways.
_SOUNDS = str.maketrans({"b": "p", "d": "t", "g": "k", "c": "k", "q": "k", "v": "f", "w": "f", "z": "s", "ß": "s"})
_SILENT = frozenset("aeiouyh")


class Word(NamedTuple):
    """A word of a sign, as written and by its sound; only its beginning counts where `is_prefix`."""

    written: str
    sound: str
    is_prefix: bool


Sign = tuple[frozenset[Word], ...]


def is_emergency(text: str) -> bool:
    """True if `text` has a sign of an emergency."""
    words = [plain(word) for word in split_words(text)]
    heard = [(word, sound_of(word)) for word in words]
    beginnings = _signs()
    return any(
        _follows(sign, heard, position)
        for position, (word, sound) in enumerate(heard)
        for key in (word[:1], sound[:1])
        for sign in beginnings.get(key, ())
    )


def sound_of(word: str) -> str:
    """The consonants of a folded word, alike ones as one: "brennt", "brent" → "prnt"; "" for a short word.

    The first letter stays, also a vowel.
    """
    letters = word.translate(_SOUNDS)
    kept = "".join(letter for place, letter in enumerate(letters) if place == 0 or letter not in _SILENT)
    single = "".join(letter for place, letter in enumerate(kept) if place == 0 or letter != kept[place - 1])
    return single if len(single) >= SHORTEST else ""


def _follows(sign: Sign, heard: list[tuple[str, str]], position: int) -> bool:
    """True if the words of `sign` stand in `heard` from `position` on."""
    if not sign:
        return True
    options, *rest = sign
    word, sound = heard[position]
    if not any(_is(option, word, sound) for option in options):
        return False
    if not rest:
        return True
    following = range(position + 1, min(position + 2 + GAP, len(heard)))
    return any(_follows(tuple(rest), heard, place) for place in following)


def _is(option: Word, word: str, sound: str) -> bool:
    if option.is_prefix:
        return word.startswith(option.written) or bool(option.sound and sound.startswith(option.sound))
    return word == option.written or bool(option.sound and sound == option.sound)


@lru_cache(maxsize=None)
def _signs() -> dict[str, list[Sign]]:
    """The signs by what their first word may begin with."""
    found: dict[str, list[Sign]] = {}
    for file in sorted((WORDS / "emergency").glob("*.txt")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                sign = tuple(frozenset(map(_word, part.split("/"))) for part in line.split())
                for key in {letter[:1] for option in sign[0] for letter in (option.written, option.sound) if letter}:
                    found.setdefault(key, []).append(sign)
    return found


def _word(written: str) -> Word:
    folded = plain("".join(split_words(written)))
    is_exact = written.startswith("=")
    return Word(folded, "" if is_exact else sound_of(folded), written.endswith("*"))
