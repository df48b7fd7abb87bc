"""Reads single values of other programs' exports, whatever type they come in. Nothing here raises."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from bot.text.html import to_text
from bot.text.normalise import clean

LONGEST_URL = 2_000

_NOT_IN_URL = re.compile(r"[\s<>\"{}]")
_ID = re.compile(r"[\w.:/-]{1,200}")


def text_of(value: Any) -> str:
    """One line of clean text; HTML, which stands in plain fields too, is taken out. "" for null, true, false, lists."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return " ".join(to_text(str(value)).split())


def html_of(value: Any) -> str:
    """HTML as it stands; "" for everything that is not a string."""
    return value if isinstance(value, str) else ""


def id_of(value: Any) -> str:
    """An id of letters, digits and "._:/-", or a whole number as a string; "" for everything else."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    text = clean(str(value))
    return text if _ID.fullmatch(text) else ""


def minutes_of(value: Any) -> int | None:
    """A number of minutes from 1 to 600, also written as a string; None for everything else."""
    text = text_of(value)
    # At most three digits: isdecimal alone would let through a number of a million digits.
    minutes = int(text) if text.isdecimal() and len(text) <= 3 else 0
    return minutes if 1 <= minutes <= 600 else None


def flag_of(value: Any, *, default: bool) -> bool:
    """True or false, also as 0, 1, "0", "1", "true" and "false"; otherwise `default`."""
    if isinstance(value, bool):
        return value
    return {"1": True, "true": True, "0": False, "false": False}.get(text_of(value).lower(), default)


def date_of(value: Any) -> date | None:
    """The day of an ISO date or time."""
    text = text_of(value)
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        return None


def mapping_of(value: Any) -> Mapping[str, Any]:
    """An object; empty for everything else."""
    return value if isinstance(value, dict) else {}


def mappings_of(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a list; a single object counts as a list of one."""
    if isinstance(value, dict):
        return [value]
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def url_of(value: Any, **placeholders: str) -> str:
    """A web address with `{placeholder}`s filled in; "" for everything but http and https with a host."""
    # Not text_of: it would take "&copy=2" in an address for a sign.
    text = clean(value).replace("&amp;", "&") if isinstance(value, str) else ""
    for name, filled in placeholders.items():
        text = text.replace(f"{{{name}}}", filled)
    if len(text) > LONGEST_URL or _NOT_IN_URL.search(text):
        return ""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return ""
    return text if parts.scheme in {"http", "https"} and host else ""
