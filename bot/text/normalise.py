"""One spelling for what citizens spell in many ways: case, umlauts, hyphens, invisible characters."""

import re
import unicodedata

# ä is typed as "ä", "ae" or "a"; all three must meet. Vowels before "ue" keep it: "neue" is not "nü".
_UMLAUT_PAIRS = (
    (re.compile(r"ae"), "a"),
    (re.compile(r"oe"), "o"),
    (re.compile(r"(?<![aeiouq])ue"), "u"),
)
_WORD = re.compile(r"[^\W_]+")
_HYPHENATED = re.compile(r"[^\W_]+(?:-[^\W_]+)+")
_INVISIBLE_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn"}
_KEPT_CONTROLS = {"\n", "\t"}


def clean(text: str) -> str:
    """`text` without control, format (zero-width, direction) and unassigned characters, trimmed.

    Line feeds and tabs stay. An emoji joined by zero-width joiners falls into its parts, which is harmless.
    """
    if text.replace("\n", "").replace("\t", "").isprintable():
        return text.strip()  # nearly every text; looking at each character takes twenty times as long
    return "".join(
        character
        for character in text
        if character in _KEPT_CONTROLS or unicodedata.category(character) not in _INVISIBLE_CATEGORIES
    ).strip()


def fold(text: str) -> str:
    """The form in which words are compared: lower case, no accents, no umlauts.

    "Führerschein", "Fuehrerschein", "FUHRERSCHEIN" → "fuhrerschein"; "Straße" → "strasse"
    """
    plain = text.casefold()
    if not plain.isascii():
        letters = unicodedata.normalize("NFKD", plain)
        plain = "".join(character for character in letters if not unicodedata.combining(character))
    if "e" in plain:
        for pair, single in _UMLAUT_PAIRS:
            plain = pair.sub(single, plain)
    return plain


def split_words(text: str) -> list[str]:
    """The folded words of `text` in order, hyphenated ones also written as one.

    "Kfz-Zulassung in 2 Tagen" → ["kfz", "zulassung", "kfzzulassung", "in", "2", "tagen"]
    """
    found: list[tuple[int, str]] = [(match.start(), fold(match.group())) for match in _WORD.finditer(text)]
    found += [(match.end() - 1, fold(match.group().replace("-", ""))) for match in _HYPHENATED.finditer(text)]
    return [word for _position, word in sorted(found, key=lambda pair: pair[0]) if word]
