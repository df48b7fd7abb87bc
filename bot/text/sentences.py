"""Splits running German or English text into sentences, without a model and without losing anything."""

import re
from itertools import pairwise

# A full stop after these does not end a sentence; neither does one after a number ("1. März") or a letter ("z. B.",
# "i.d.R.").
_ABBREVIATIONS = {
    "abs", "art", "bspw", "bzw", "ca", "co", "dr", "einschl", "entspr", "etc", "evtl", "ggf", "gem", "inkl", "lfd",
    "max", "min", "mio", "mrd", "nr", "nrn", "prof", "rd", "sog", "st", "std", "str", "tel", "usw", "vgl", "zzgl",
    "zzt", "no", "mr", "mrs", "ms",
}  # fmt: skip
_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZÄÖÜ„“\"(0-9])|\n+")
_LAST_WORD = re.compile(r"([\w.]+)\.$")


def split_sentences(text: str) -> list[str]:
    """The sentences of `text` in order, each trimmed; a line break always ends one.

    "Das dauert bis 1. März. Danach z. B. Ende." → ["Das dauert bis 1. März.", "Danach z. B. Ende."]
    """
    ends = sentence_ends(text)
    return [sentence for start, end in pairwise([0, *ends]) if (sentence := text[start:end].strip())]


def sentence_ends(text: str) -> list[int]:
    """Where the sentences of `text` end, as positions behind their last characters; the last one is its length."""
    ends: list[int] = []
    start = 0
    for gap in _END.finditer(text):
        if "\n" in gap.group() or not _goes_on(text[start : gap.start()]):
            ends.append(gap.start())
            start = gap.end()
    return [*ends, len(text)]


def _goes_on(text: str) -> bool:
    match = _LAST_WORD.search(text)
    if match is None:
        return False
    word = match.group(1).lower()
    pieces = word.split(".")
    return word.isdigit() or word in _ABBREVIATIONS or all(len(piece) == 1 for piece in pieces)
