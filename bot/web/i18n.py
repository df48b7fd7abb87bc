"""Sentences the system itself says to citizens (locales/system.<language>.yml)."""

from collections.abc import Sequence

from bot.language import Language
from bot.phrases import load_phrases


def say_unavailable(*, language: Language, phone: str) -> str:
    """That the answer cannot be looked up just now; `phone` is the town's."""
    return load_phrases("system", language)["unavailable"].format(phone=phone)


def say_masked(kinds: Sequence[str], *, language: Language) -> str:
    """That personal data was taken out of a message; `kinds` as bot.text.personal_data names them."""
    names = load_phrases("personal_data", language)
    listed = ", ".join(names[kind] for kind in kinds)
    return load_phrases("system", language)["personal_data"].format(kinds=listed)
