"""Recognises that a message is in a language we do not answer in, and which; from two words on.

Other scripts tell by themselves. Languages in Latin script are told by listed words (words/other/<code>.txt): what is
taken for foreign is answered with one sentence, so a name, a street or a misspelt German word must not be.
"""

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Optional

from bot.language import LANGUAGES
from bot.text.normalise import split_words
from bot.text.word_lists import WORDS, plain, read_words

# The language a script is first thought of with; letters that only another one has decide otherwise.
_SCRIPTS = {
    "ARABIC": "ar", "CYRILLIC": "ru", "GREEK": "el", "HEBREW": "he", "CJK": "zh", "HIRAGANA": "ja", "KATAKANA": "ja",
    "HANGUL": "ko", "DEVANAGARI": "hi", "BENGALI": "bn", "TAMIL": "ta", "THAI": "th", "ETHIOPIC": "ti",
    "GEORGIAN": "ka", "ARMENIAN": "hy", "GURMUKHI": "pa", "SINHALA": "si", "KHMER": "km", "MYANMAR": "my",
}  # fmt: skip
_LETTERS = (("uk", "іїєґ"), ("ru", "ыэё"), ("bg", "ъ"), ("fa", "پچژگکی"), ("ja", "ぁあいうえおのはをん"))
FEWEST_LETTERS = 2  # of another script; a single one is a symbol ("α")

SURE, HIT, SHORT_HIT = 2.0, 1.0, 0.6  # what a listed word counts
SHORT = 2  # characters of a word that several languages may have
OURS = 1.0  # what one of our own listed words counts against
ENOUGH = 1.5


def recognise_other(text: str) -> Optional[str]:
    """The ISO 639-1 code of the language of `text`, None for German, English and what cannot be told.

    "nerede kayıt olabilirim" → "tr"; "Özlem Yıldız, Görlitzer Straße 5" → None
    """
    script = _script(unicodedata.normalize("NFKC", text))
    if script is not None:
        return script
    words = [plain(word) for word in split_words(text) if not word.isdigit()]
    scores = {code: _score(words, listed) for code, listed in _others().items()}
    best = max(scores, key=lambda code: scores[code], default=None)
    return best if best is not None and scores[best] >= ENOUGH else None


def _script(text: str) -> Optional[str]:
    letters = [character for character in text if character.isalpha()]
    names = [unicodedata.name(letter, "").split(" ")[0].split("-")[0] for letter in letters if letter > "\u02ff"]
    found = [name for name in names if name in _SCRIPTS]
    if len(found) < FEWEST_LETTERS or 2 * len(found) < len(letters):
        return None
    folded = text.casefold()
    common = _SCRIPTS[max(set(found), key=found.count)]
    for code, own in _LETTERS:
        if any(letter in folded for letter in own) and _same_script(code, common):
            return code
    return common


def _same_script(code: str, common: str) -> bool:
    return {"uk": "ru", "bg": "ru", "fa": "ar", "ja": "zh"}.get(code, code) in {common, code}


def _score(words: list[str], listed: Mapping[str, float]) -> float:
    """Points of the words that are listed, each once, less those of our own words that are not."""
    points = 0.0
    for word in dict.fromkeys(words):
        if word in listed:
            points += listed[word]
        elif word in _ours():
            points -= OURS
    return points


@lru_cache(maxsize=None)
def _others() -> dict[str, dict[str, float]]:
    """Points of each word by language. A word that is also ours ("die", "no") counts neither for nor against."""
    return {
        file.stem: {
            word: 0.0 if word in _ours() else _points(word, section)
            for section, words in read_words(file).items()
            for word in words
        }
        for file in sorted((WORDS / "other").glob("*.txt"))
    }


@lru_cache(maxsize=None)
def _ours() -> frozenset[str]:
    lists = (read_words(WORDS / f"{language}.txt").values() for language in LANGUAGES)
    return frozenset(word for sections in lists for words in sections for word in words)


def _points(word: str, section: str) -> float:
    if section == "words":
        return SHORT_HIT if len(word) <= SHORT else HIT
    return {"sure": SURE, "shared": 0.0}[section]
