"""Reads the filter of the history from an address, and says field by field what cannot be used."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.catalogue.service_names import Names, find_by_name
from bot.catalogue.validity import TOWN_TIME
from bot.conversations.clock_days import midnight
from bot.conversations.handoff import RESULTS
from bot.conversations.history import MOST_WORDS, HistoryFilter, HistoryOutcome
from bot.language import LANGUAGES
from bot.text.normalise import split_words

OUTCOMES: tuple[HistoryOutcome, ...] = (*RESULTS, "left")
RATINGS: Mapping[str, bool] = {"helpful": True, "unhelpful": False}
LONGEST = 200  # characters of a field
DAY = re.compile(r"(?:19|20|21)\d\d-\d\d-\d\d", re.ASCII)
ID = re.compile(r"\d{1,9}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What somebody may filter by: names by id; and `staff`, the names of all staff, to be shown."""

    teams: Mapping[int, str]
    people: Mapping[int, str]
    services: Mapping[str, Names]
    staff: Mapping[int, str]


@dataclass(frozen=True, kw_only=True)
class HistoryForm:
    """The fields as typed, the ends of the keys of phrases that say what is wrong with some, and what they mean.

    `is_unknown`: a field names something that there is not, or not for this member of staff.
    """

    typed: Mapping[str, str]
    faults: Mapping[str, str]
    is_unknown: bool
    wanted: HistoryFilter


class _FieldError(Exception):
    """A field cannot be used; its text is the end of a phrase's key."""


def read_history_form(query: Mapping[str, str], choices: Choices) -> HistoryForm:
    """The form; where a field has a fault, `wanted` is not to be used."""
    typed = {name: query.get(name, "").strip() for name in FIELDS}
    values: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for name, read in FIELDS.items():
        try:
            values[name] = _checked(typed[name], read, choices)
        except _FieldError as error:
            faults[name] = str(error)
    since, until = values.get("since"), values.get("until")
    if since and until and until < since:
        faults["until"] = "order"
    return HistoryForm(
        typed={name: text[:LONGEST].replace("\0", "") for name, text in typed.items()},
        faults=faults,
        is_unknown=any(fault in UNKNOWN for fault in faults.values()),
        wanted=HistoryFilter(
            teams=frozenset(choices.teams) if values.get("team") is None else frozenset({values["team"]}),
            since=midnight(since, TOWN_TIME) if since else None,
            until=midnight(until + timedelta(days=1), TOWN_TIME) if until else None,
            outcome=values.get("outcome"),
            services=values.get("service"),
            language=values.get("language"),
            assignee_id=values.get("caseworker"),
            helpful=values.get("feedback"),
            words=values.get("words") or "",
        ),
    )


def _checked(text: str, read: Callable[[str, Choices], Any], choices: Choices) -> Any:
    if not text:
        return None
    if len(text) > LONGEST or "\0" in text:
        raise _FieldError("unusable")
    return read(text, choices)


def _words(text: str, _: Choices) -> str:
    words = set(split_words(text))
    if not words:
        raise _FieldError("no_words")
    if len(words) > MOST_WORDS:
        raise _FieldError("many_words")
    return text


def _day(text: str, _: Choices) -> date:
    if not DAY.fullmatch(text):
        raise _FieldError("day")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _FieldError("day") from error


def _team(text: str, choices: Choices) -> int:
    return _known_id(text, choices.teams, "team")


def _caseworker(text: str, choices: Choices) -> int:
    return _known_id(text, choices.people, "caseworker")


def _known_id(text: str, known: Mapping[int, str], field: str) -> int:
    if not ID.fullmatch(text):
        raise _FieldError("id")
    if int(text) not in known:
        raise _FieldError(field)
    return int(text)


def _service(text: str, choices: Choices) -> frozenset[str]:
    found = find_by_name(choices.services, text)
    if not found:
        raise _FieldError("service")
    return found


def _outcome(text: str, _: Choices) -> Any:
    return _one_of(text, {known: known for known in OUTCOMES})


def _language(text: str, _: Choices) -> Any:
    return _one_of(text, {known: known for known in LANGUAGES})


def _feedback(text: str, _: Choices) -> Any:
    return _one_of(text, RATINGS)


def _one_of(text: str, known: Mapping[Any, Any]) -> Any:
    if text not in known:
        raise _FieldError("choice")
    return known[text]


UNKNOWN = frozenset({"team", "caseworker"})
FIELDS: Mapping[str, Callable[[str, Choices], Any]] = {
    "words": _words,
    "since": _day,
    "until": _day,
    "team": _team,
    "caseworker": _caseworker,
    "outcome": _outcome,
    "service": _service,
    "language": _language,
    "feedback": _feedback,
}
