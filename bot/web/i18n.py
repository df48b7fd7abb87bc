"""Sentences the system itself says to citizens (locales/system.<language>.yml)."""

from collections.abc import Sequence

from bot.language import Language
from bot.phrases import load_phrases


def say_unavailable(*, language: Language, phone: str) -> str:
    """That the answer cannot be looked up just now; `phone` is the town's."""
    return load_phrases("system", language)["unavailable"].format(phone=phone)


def say_masked(kinds: Sequence[str], *, language: Language, is_kept: bool = False) -> str:
    """That personal data was taken out of a message; `kinds` as bot.text.personal_data names them.

    `is_kept` is true where a caseworker may look at what was written, as long as the conversation with them lasts.
    """
    names = load_phrases("personal_data", language)
    listed = ", ".join(names[kind] for kind in kinds)
    key = "personal_data_kept" if is_kept else "personal_data"
    return load_phrases("system", language)[key].format(kinds=listed)
