"""Names of people and teams: which can be used."""

import re

from bot.staff.faults import FaultError
from bot.staff.models import NAME_LENGTH

NAME = re.compile(r"[a-z0-9äöüß](?:[a-z0-9äöüß._@+-]*[a-z0-9äöüß])?")


def normalise_name(name: str) -> str:
    """The name as it is stored and compared.

    Raises:
        FaultError: it is empty, too long or has other characters than a name to sign in with may have.
    """
    folded = name.strip().lower()
    if len(folded) > NAME_LENGTH or not NAME.fullmatch(folded):
        raise FaultError("name", f"{name!r} cannot be a name: up to {NAME_LENGTH} letters, digits and . _ @ + - inside")
    return folded


def check_display_name(text: str) -> str:
    """The name for others, without outer spaces.

    Raises:
        FaultError: it is empty, too long or not one line of text.
    """
    text = text.strip()
    if not text or len(text) > NAME_LENGTH or not text.isprintable():
        raise FaultError(
            "display_name", f"{text[:NAME_LENGTH]!r} cannot be shown as a name: one line of up to {NAME_LENGTH} letters"
        )
    return text
