"""A week of opening hours as a form has it: for each weekday some pairs of times; a day without any is closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time

from bot.conversations.working_time import Hours
from bot.web.staff.forms import Form

LEAST_PAIRS = 2
MOST_PAIRS = 6  # on one day

Fields = Mapping[str, str]  # what was typed, by the name of the field
Faults = Mapping[str, str]  # the end of a phrase's key, by the name of the field


@dataclass(frozen=True, kw_only=True)
class WeekForm:
    """What was typed, the hours it stands for, and what is wrong with it."""

    fields: Fields
    week: Sequence[Hours]
    faults: Faults

    def pairs(self, weekday: int) -> list[tuple[str, str]]:
        """The names of the fields to show for the day: those with something in them, and an empty pair behind."""
        filled = [pair for pair in range(MOST_PAIRS) if any(self.fields.get(name) for name in _names(weekday, pair))]
        last = max(filled, default=-1)
        return [_names(weekday, pair) for pair in range(min(MOST_PAIRS, max(LEAST_PAIRS, last + 2)))]


def show_week(week: Sequence[Hours]) -> WeekForm:
    """The form as it is filled in for these hours."""
    fields: dict[str, str] = {}
    for weekday in range(7):
        for pair, hours in enumerate(one for one in week if one.weekday == weekday):
            opens, closes = _names(weekday, pair)
            fields |= {opens: f"{hours.opens:%H:%M}", closes: f"{hours.closes:%H:%M}"}
    return WeekForm(fields=fields, week=week, faults={})


def read_week(form: Form) -> WeekForm:
    """The form as it was sent; `week` holds only pairs without a fault."""
    fields: dict[str, str] = {}
    faults: dict[str, str] = {}
    week: list[Hours] = []
    for weekday in range(7):
        today: list[Hours] = []
        for pair in range(MOST_PAIRS):
            opens, closes = _names(weekday, pair)
            fields |= {name: form.text(name).strip() for name in (opens, closes)}
            found = _fault(opens, closes, fields, today)
            if found:
                faults[found[0]] = found[1]
            elif fields[opens]:
                today.append(Hours(weekday=weekday, opens=_time(fields[opens]), closes=_time(fields[closes])))  # type: ignore[arg-type]
        week += sorted(today, key=lambda hours: hours.opens)
    return WeekForm(fields=fields, week=week, faults=faults)


def _fault(opens: str, closes: str, fields: Fields, before: Sequence[Hours]) -> tuple[str, str] | None:
    """Which field of a pair has which fault, if one has; `before` are the day's hours so far."""
    for name, other in ((opens, closes), (closes, opens)):
        if fields[name] and _time(fields[name]) is None:
            return name, "time"
        if not fields[name] and fields[other]:
            return name, "missing"
    begin, end = _time(fields[opens]), _time(fields[closes])
    if begin is None or end is None:
        return None
    if begin >= end:
        return closes, "order"
    if any(begin < one.closes and one.opens < end for one in before):
        return opens, "overlap"
    return None


def _names(weekday: int, pair: int) -> tuple[str, str]:
    return f"opens-{weekday}-{pair}", f"closes-{weekday}-{pair}"


def _time(text: str) -> time | None:
    """ "08:00", "8:00" or "8.00"; browsers without a field for times send what was typed."""
    hour, _, minute = text.replace(".", ":").partition(":")
    if not (hour.isascii() and hour.isdigit() and len(hour) <= 2 and len(minute) in {0, 2}):
        return None
    if minute and not (minute.isascii() and minute.isdigit()):
        return None
    at = int(hour), int(minute or 0)
    return time(*at) if at[0] < 24 and at[1] < 60 else None
