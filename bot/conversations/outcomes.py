"""Outcomes: how one citizen message ended. Names, labels and colours stand in outcomes.yml."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

import yaml

from bot.language import Language

Outcome = Literal[
    "service",
    "choices",
    "faq",
    "greet",
    "thanks",
    "bye",
    "bot_challenge",
    "abuse",
    "crisis",
    "complaint",
    "out_of_scope",
    "handoff",
    "language_switch",
    "unknown",
]

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
FILE = Path(__file__).with_name("outcomes.yml")


@dataclass(frozen=True, kw_only=True)
class OutcomeEntry:
    """One outcome: label per language, colour as "#rrggbb", names of replies that mean it ("*" at the end = any)."""

    label: dict[Language, str]
    colour: str
    responses: tuple[str, ...]


@cache
def load_outcomes() -> dict[Outcome, OutcomeEntry]:
    """All outcomes as outcomes.yml has them."""
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {
        name: OutcomeEntry(label=row["label"], colour=row["colour"], responses=tuple(row["responses"]))
        for name, row in rows.items()
    }


@cache
def outcome_of_response(response: str) -> Outcome | None:
    """The outcome that the reply `response` means, such as "utter_faq/contact" → "faq"; None if none does."""
    for outcome, entry in load_outcomes().items():
        for pattern in entry.responses:
            if response == pattern or (pattern.endswith("*") and response.startswith(pattern[:-1])):
                return outcome
    return None
