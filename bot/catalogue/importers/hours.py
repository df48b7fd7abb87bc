"""Opening hours as people type them; and written so that they are read the same."""

import re
from collections.abc import Sequence
from datetime import time
from itertools import groupby

from bot.catalogue.importers.record import OpeningHours
from bot.catalogue.importers.table_words import Words

LONGEST_HOURS = 200  # characters of one line of opening hours

_TIME = r"(?<!\d)(2[0-3]|[01]?\d)(?:[:.]([0-5]\d))?(?!\d)"


def read_hours(cell: str, words: Words) -> tuple[OpeningHours, ...] | None:
    """ "Mo–Mi 8–12 Uhr und 14:00-18:00; Fr 8 bis 12" → periods by day; None as soon as a part is anything else."""
    days = {name.lower(): number for number, names in enumerate(words.weekdays) for name in names}
    name = "|".join(sorted(map(re.escape, days), key=len, reverse=True))
    until = "|".join(map(re.escape, words.range))
    clock = "|".join(map(re.escape, words.clock))
    period = rf"{_TIME}\s*(?:{clock})?\s*(?:{until})\s*{_TIME}\s*(?:{clock})?"
    run = rf"(?:{name})\.?(?:\s*(?:{until}|[,+&]|und|and)\s*(?:{name})\.?)*"
    line = re.compile(rf"({run})\s*:?\s*({period}(?:\s*(?:,|und|and|\+)\s*{period})*)", re.IGNORECASE)
    found: list[OpeningHours] = []
    for part in filter(None, (one.strip(" ,.") for one in re.split(r"[;\n]", cell))):
        match = line.fullmatch(part) if len(part) <= LONGEST_HOURS else None
        if match is None:
            return None
        times = [_period(*one) for one in re.findall(period, match[2], re.IGNORECASE)]
        if any(one is None for one in times):
            return None
        for day in _days(match[1], days, name, until):
            found += [OpeningHours(weekday=day, opens=one[0], closes=one[1]) for one in times if one]
    return tuple(found)


def write_hours(hours: Sequence[OpeningHours], words: Words) -> str:
    """A line for each run of periods on the same day, in the order they have."""
    lines = []
    for day, periods in groupby(hours, key=lambda one: one.weekday):
        times = ", ".join(f"{one.opens:%H:%M}-{one.closes:%H:%M}" for one in periods)
        lines.append(f"{words.weekdays[day][0]} {times}")
    return "\n".join(lines)


def _days(run: str, days: dict[str, int], name: str, until: str) -> list[int]:
    """ "Mo bis Mi, Fr" → [0, 1, 2, 4]"""
    found: list[int] = []
    pieces = re.findall(rf"({name})|(\b(?:{until})\b|[–-])", run, re.IGNORECASE)
    ranged = False
    for day, joint in pieces:
        if joint:
            ranged = True
        elif ranged and found:
            found += [*range(found[-1] + 1, days[day.lower()] + 1)]
            ranged = False
        else:
            found.append(days[day.lower()])
    return list(dict.fromkeys(found))


def _period(hour: str, minute: str, end_hour: str, end_minute: str) -> tuple[time, time] | None:
    opens, closes = time(int(hour), int(minute or 0)), time(int(end_hour), int(end_minute or 0))
    return (opens, closes) if opens < closes else None
