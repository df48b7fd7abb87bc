"""Amounts, dates, times and yes or no, as people type them; and written so that they are read the same."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import groupby

from bot.catalogue.importers.fees import HIGHEST_FEE
from bot.catalogue.importers.record import Fee, OpeningHours
from bot.catalogue.importers.table.words import Words

LONGEST_HOURS = 200  # characters of one line of opening hours

_DAY_FIRST = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_NUMBER = r"\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?|\d{1,3}(?:,\d{3})+\.\d{1,2}|\d{1,6}(?:[.,]\d{1,2})?"
_TIME = r"(?<!\d)(2[0-3]|[01]?\d)(?:[:.]([0-5]\d))?(?!\d)"


def read_date(cell: str) -> date | None:
    """ "01.02.2026" or "2026-02-01", with a time of day or without; None for everything else."""
    found = _DAY_FIRST.fullmatch(cell)
    try:
        if found:
            return date(int(found[3]), int(found[2]), int(found[1]))
        return datetime.fromisoformat(cell).date()
    except ValueError:
        return None


def write_date(day: date | None) -> str:
    """ "01.02.2026" """
    return f"{day:%d.%m.%Y}" if day else ""


def read_fee(line: str, words: Words) -> Fee | None:
    """ "ab 24 Jahren: 37,00 €", "22,80 bis 25,10 €", "37"; None where the line is a sentence."""
    currency = "|".join(map(re.escape, words.currency))
    until = "|".join(map(re.escape, words.range))
    money = rf"(?:{currency})?\s*({_NUMBER})\s*(?:{currency})?"
    found = re.fullmatch(rf"(?:(.{{1,300}}):\s*)?{money}(?:\s*(?:{until})\s*{money})?", line, re.IGNORECASE | re.DOTALL)
    if found is None:
        label, _, last = line.rpartition(":")
        free = last.strip().lower() in map(str.lower, words.free)
        return Fee(amount=Decimal("0.00"), label=label.strip()) if free else None
    amount, upper = _amount(found[2]), _amount(found[3]) if found[3] else None
    if amount >= HIGHEST_FEE or (upper is not None and not amount < upper < HIGHEST_FEE):
        return None
    return Fee(amount=amount, amount_to=upper, label=(found[1] or "").strip())


def write_fee(fee: Fee, words: Words) -> str:
    """One line."""
    amount = f"{_written(fee.amount)} €"
    if fee.amount_to is not None:
        amount = f"{_written(fee.amount)} {words.range[0]} {_written(fee.amount_to)} €"
    return f"{fee.label}: {amount}" if fee.label else amount


def _amount(number: str) -> Decimal:
    """ "1.234,50", "1,234.50", "37.5", "1.234" (a thousand) → cents and euro."""
    if "," in number and "." in number:
        thousands = "." if number.rfind(",") > number.rfind(".") else ","
        number = number.replace(thousands, "")
    elif re.fullmatch(r"\d{1,3}(?:\.\d{3})+", number):
        number = number.replace(".", "")
    return Decimal(number.replace(",", ".")).quantize(Decimal("0.01"))


def _written(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")


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
