"""Splits running German or English text into sentences, without a model and without losing anything."""

import re

# A full stop after these does not end a sentence; neither does one after a number ("1. März") or a letter ("z. B.").
_ABBREVIATIONS = {
    "abs", "art", "bzw", "ca", "co", "dr", "etc", "evtl", "ggf", "gem", "inkl", "max", "min", "nr", "prof", "rd",
    "sog", "st", "str", "tel", "usw", "vgl", "zzgl", "e.g", "i.e", "no", "mr", "mrs", "ms",
}  # fmt: skip
_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZÄÖÜ„“\"(0-9])|\n+")
_LAST_WORD = re.compile(r"([\w.]+)\.$")


def split_sentences(text: str) -> list[str]:
    """The sentences of `text` in order, each trimmed; a line break always ends one.

    "Das dauert bis 1. März. Danach z. B. Ende." → ["Das dauert bis 1. März.", "Danach z. B. Ende."]
    """
    sentences: list[str] = []
    held = ""
    position = 0
    for gap in [*_END.finditer(text), None]:
        held += text[position : gap.start() if gap else len(text)]
        if gap is not None and "\n" not in gap.group() and _goes_on(held):
            held += " "
        elif held.strip():
            sentences.append(held.strip())
            held = ""
        position = gap.end() if gap else len(text)
    return sentences


def _goes_on(text: str) -> bool:
    match = _LAST_WORD.search(text)
    if match is None:
        return False
    word = match.group(1).lower()
    return word.isdigit() or len(word) == 1 or word in _ABBREVIATIONS
