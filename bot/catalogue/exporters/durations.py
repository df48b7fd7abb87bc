"""Plain durations in texts: "Etwa zwei Wochen." → "P14D". The words are in data/export/durations.yml."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.language import Language

WORDS = Path(__file__).parents[3] / "data" / "export" / "durations.yml"
# xsd:duration knows no weeks.
_FORMS = {
    "minute": ("PT{}M", 1),
    "hour": ("PT{}H", 1),
    "day": ("P{}D", 1),
    "week": ("P{}D", 7),
    "month": ("P{}M", 1),
    "year": ("P{}Y", 1),
}
_DIGITS = r"[0-9]{1,4}"


def duration_in(texts: Mapping[Language, str]) -> str:
    """The first plain duration, as xsd:duration; "" where no text is one."""
    return next(filter(None, (parse_duration(text, language) for language, text in texts.items())), "")


def parse_duration(text: str, language: Language) -> str:
    """The duration as xsd:duration; "" for a range, a condition and everything else that says more than a duration."""
    words = _words()[language]
    units = {form: unit for unit, forms in words["units"].items() for form in forms}
    numbers: dict[str, int] = words["numbers"]
    found = re.fullmatch(
        rf"(?:(?:{_any(words['around'])}) )*({_any(numbers)}|{_DIGITS}) ({_any(units)})",
        " ".join(text.lower().split()).removesuffix("."),
    )
    if found is None:
        return ""
    form, factor = _FORMS[units[found[2]]]
    count = numbers[found[1]] if found[1] in numbers else int(found[1])
    return form.format(count * factor)


def _any(words: Any) -> str:
    return "|".join(map(re.escape, words))


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    return words
