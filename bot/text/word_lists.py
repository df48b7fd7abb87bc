"""Reads the lists of words in bot/text/words."""

from pathlib import Path

from bot.text.normalise import fold

WORDS = Path(__file__).parent / "words"

# Letters that no accent makes of others; Unicode has no plain form of them.
_PLAIN = str.maketrans("ıłđøæœ", "ildoao")


def plain(word: str) -> str:
    """A folded word without strokes either, as it is typed on a German keyboard: "zgubiłem" → "zgubilem"."""
    return word.translate(_PLAIN)


def read_words(file: Path) -> dict[str, frozenset[str]]:
    """The folded words of a list by section; a section begins with its name and a colon."""
    sections: dict[str, set[str]] = {}
    words: set[str] = set()
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.endswith(":") and not line.startswith("#"):
            words = sections.setdefault(line[:-1], set())
        elif not line.startswith("#"):
            words.update(plain(fold(word)) for word in line.split())
    return {name: frozenset(found) for name, found in sections.items()}
