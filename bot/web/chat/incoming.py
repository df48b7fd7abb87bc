"""What a citizen may send: a text with something to see in it, or a pressed button."""

import unicodedata
from dataclasses import dataclass

from bot.web.errors import ApiError

# Taken out before storing: control characters (with NUL), zero-width and bidirectional ones, halves of surrogates.
REMOVED_CATEGORIES = frozenset({"Cc", "Cf", "Cs"})
KEPT = frozenset("\n\t")
# Letters and symbols by category, but nothing to see: Hangul fillers and the empty Braille pattern.
FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """One message as sent: a text (cleaned), a choice, or the wish for a human; one of them.

    `key` is the client's Idempotency-Key.
    """

    text: str | None = None
    choice: str | None = None
    human: bool = False
    key: str | None = None


def clean_text(text: str, *, limit: int, field: str = "text") -> str:
    """The text without what cannot be seen: "\\u200bPass\\x00 " → "Pass".

    `limit` counts characters as sent, `field` is what a refusal names.

    Raises:
        ApiError: nothing visible is left (`invalid`), or it is too long (`too_long`).
    """
    if len(text) > limit:
        raise ApiError("too_long", f"{field} is longer than {limit} characters", field=field)
    if not any(map(is_visible, text)):
        raise ApiError("invalid", f"{field} must hold something visible", field=field)
    return "".join(
        character
        for character in text
        if character in KEPT or unicodedata.category(character) not in REMOVED_CATEGORIES
    ).strip()


def is_visible(character: str) -> bool:
    """True for a character one can see, also for one our fonts may lack."""
    category = unicodedata.category(character)
    return category not in REMOVED_CATEGORIES and not category.startswith("Z") and character not in FILLERS
