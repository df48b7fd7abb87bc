"""Word stems for search, by Snowball, on folded words."""

from functools import lru_cache

import Stemmer

from bot.language import Language

_ALGORITHMS: dict[Language, str] = {"de": "german", "en": "english"}
_STEMMERS = {language: Stemmer.Stemmer(name) for language, name in _ALGORITHMS.items()}


@lru_cache(maxsize=65_536)
def stem(word: str, language: Language) -> str:
    """The stem of a folded word: "anmeldungen" → "anmeld"."""
    stemmed: str = _STEMMERS[language].stemWord(word)
    return stemmed
