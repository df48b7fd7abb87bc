"""The beginning of a long text: what is said first. The rest stands on the card."""

import re
from collections.abc import Iterator

from bot.text.sentences import sentence_ends

MOST_SENTENCES = 3
ITEM_COST = 0.25  # of an item of a list, in sentences: twelve of them are said, or eight and a sentence
LONGEST = 500  # characters; one sentence is said in any case
SHORT_LINE = 60  # characters; a longer line is a sentence, whatever it ends with

_NUMBER = re.compile(r"\d")


def begin(text: str, *, sentences: int = MOST_SENTENCES) -> str:
    """The first sentences or list items of `text`, unchanged; all of it where it is short.

    It ends where a sentence or an item ends, never with a heading: "Kinder:\n- bis 12 Jahre: 14 Euro\n…" is cut behind
    an item.
    """
    end, spent = 0, 0.0
    for unit_end, cost, introduces in _units(text):
        spent += cost
        if end and (spent > sentences or unit_end > LONGEST):
            break
        if not introduces:
            end = unit_end
    return text[:end] or text


def _units(text: str) -> Iterator[tuple[int, float, bool]]:
    """Sentences and list items: where each ends, what it costs, and whether it only introduces what follows."""
    lines = text.split("\n")
    start = 0
    for number, line in enumerate(lines):
        follows = any(map(str.strip, lines[number + 1 :]))
        ends = sentence_ends(line)
        if line.startswith("- ") or _is_entry(line):
            yield start + len(line.rstrip()), float(len(ends)) if len(ends) > 1 else ITEM_COST, line.endswith(":")
        elif line.strip():
            for end in ends[:-1]:
                yield start + end, 1.0, False
            introduces = follows and (line.rstrip().endswith(":") or _is_heading(line))
            yield start + len(line.rstrip()), 0.0 if introduces and len(line) <= SHORT_LINE else 1.0, introduces
        start += len(line) + 1


def _is_entry(line: str) -> bool:
    """ "14–16 Jahre: 352 Euro": an item without its dash."""
    return bool(_NUMBER.search(line)) and not _is_sentence(line)


def _is_heading(line: str) -> bool:
    """ "Allgemeine Informationen"."""
    return not (_is_sentence(line) or _NUMBER.search(line))


def _is_sentence(line: str) -> bool:
    return len(line) > SHORT_LINE or line.rstrip()[-1:] in (".", "!", "?", ":", "")
