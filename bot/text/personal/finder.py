"""What all finders share. A finder goes from a text to the places (start, end) where one kind of data stands.

A number alone rarely says what it is, so a finder asks for a checksum, an unmistakable form, or a word beside it that
names it ("Steuer-ID", "geboren am"). What a town hall talks about all day is no find: postcodes, fees, paragraphs,
LeiKa keys, times, years, 115, 110 and 112, free service numbers. All repetitions in patterns are bounded.
"""

import re
from typing import Callable, Iterator, Pattern, Tuple

Span = Tuple[int, int]
Finder = Callable[[str], Iterator[Span]]

BESIDE = 40  # characters between a word that names a number and the number


def verbose(text: str, *, ignore_case: bool = True) -> Pattern[str]:
    """A pattern in which spaces do not count and the group `it` is the find."""
    return re.compile(text, re.VERBOSE | (re.IGNORECASE if ignore_case else 0))


def spans(pattern: Pattern[str], text: str) -> Iterator[Span]:
    """The group `it` of every match."""
    for match in pattern.finditer(text):
        yield match.span("it")
