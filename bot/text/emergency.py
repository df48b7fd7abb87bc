"""Signs of an emergency in a message: danger, violence, self-harm. Beside the classifier, which may miss one.

The signs are rows of words (words/emergency/*.txt): "will nicht mehr leben" is found in "ich wil echt nich mer lebn".
They stand for what cannot be misunderstood; what needs the whole sentence is left to the classifier.
"""

from collections.abc import Iterable
from functools import lru_cache

from bot.text.normalise import split_words
from bot.text.word_lists import WORDS, plain

GAP = 2  # other words that may stand between two words of a sign
SHORTEST = 3  # consonants from which on a word is known by them

# "wil", "will"; "schlegt", "schlaegt"; "lebn", "leben"; "brent", "brennt": what is heard is written in many ways.
_SOUNDS = str.maketrans({"b": "p", "d": "t", "g": "k", "c": "k", "q": "k", "v": "f", "w": "f", "z": "s", "ß": "s"})
_SILENT = frozenset("aeiouyh")

# A word is known by its keys: as written ("brennt"), by its sound ("~prnt"), by beginnings of both ("bren*", "~prn*").
Keys = frozenset[str]
Sign = tuple[Keys, ...]  # of each of its words, the keys of which one is enough


def is_emergency(text: str) -> bool:
    """True if `text` has a sign of an emergency."""
    heard = [_keys_heard(plain(word)) for word in split_words(text)]
    signs = _signs()
    return any(
        _follows(rest, heard, position)
        for position, keys in enumerate(heard, start=1)
        for key in keys
        for rest in signs.get(key, ())
    )


def sound_of(word: str) -> str:
    """The consonants of a folded word, alike ones as one: "brennt", "brent" → "prnt"; "" for a short word.

    The first letter stays, also a vowel.
    """
    letters = word.translate(_SOUNDS)
    kept = "".join(letter for place, letter in enumerate(letters) if place == 0 or letter not in _SILENT)
    single = "".join(letter for place, letter in enumerate(kept) if place == 0 or letter != kept[place - 1])
    return single if len(single) >= SHORTEST else ""


def _follows(rest: Sign, heard: list[Keys], position: int) -> bool:
    """True if the words of `rest` stand in `heard` from `position` on, with at most `GAP` others before each."""
    if not rest:
        return True
    return any(
        not rest[0].isdisjoint(heard[place]) and _follows(rest[1:], heard, place + 1)
        for place in range(position, min(position + 1 + GAP, len(heard)))
    )


def _keys_heard(word: str) -> Keys:
    """All keys by which a sign may know a folded word."""
    return frozenset(
        key
        for form, shortest in ((word, 1), (_marked(word), 1 + SHORTEST))
        for key in (form, *(f"{form[:length]}*" for length in range(shortest, len(form) + 1)))
    )


def _keys_meant(written: str) -> Iterable[str]:
    """The keys of a word as a list has it: "=in" only as written, "brenn*" by its beginning."""
    word = plain("".join(split_words(written)))
    ending = "*" if written.endswith("*") else ""
    forms = [word] if written.startswith("=") else [word, _marked(word)]
    return [form + ending for form in forms if form]


def _marked(word: str) -> str:
    """The sound of a word, to be told from a word; "" where it has none."""
    sound = sound_of(word)
    return f"~{sound}" if sound else ""


@lru_cache(maxsize=None)
def _signs() -> dict[str, list[Sign]]:
    """What follows the first word of a sign, by the keys of that word."""
    found: dict[str, list[Sign]] = {}
    for file in sorted((WORDS / "emergency").glob("*.txt")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                first, *rest = (
                    frozenset(key for option in part.split("/") for key in _keys_meant(option)) for part in line.split()
                )
                for key in first:
                    found.setdefault(key, []).append(tuple(rest))
    return found
