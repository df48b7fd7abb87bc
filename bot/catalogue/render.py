"""What the catalogue records as data, written out for one language: hours, amounts, addresses."""

from collections.abc import Sequence
from datetime import datetime, time
from decimal import Decimal
from itertools import groupby

from babel.dates import format_time, get_day_names
from babel.numbers import format_currency

from bot.catalogue.importers.record import Fee, OfficeRecord, OpeningHours
from bot.language import DEFAULT_LANGUAGE, Language
from bot.phrases import REGIONS, load_phrases

CURRENCY = "EUR"


def office_name(office: OfficeRecord, language: Language) -> str:
    """The office's name; the German one where there is no other."""
    return office.names.get(language) or office.names[DEFAULT_LANGUAGE]


def render_address(office: OfficeRecord) -> str:
    """One line: "Am Markt 1, 29990 Auenfurt"; "" where nothing is recorded."""
    town = f"{office.postal_code} {office.city}".strip()
    return ", ".join(part for part in (office.street, town) if part)


def render_hours(hours: Sequence[OpeningHours], language: Language) -> list[str]:
    """A line per run of days with the same hours: ["Montag bis Mittwoch: 08:00–16:00 Uhr", …]."""
    phrases = load_phrases("answers", language)
    names = get_day_names("wide", locale=REGIONS[language])
    by_day = {
        day: phrases["hours_join"].join(
            phrases["hours_time"].format(
                opens=render_clock(period.opens, language), closes=render_clock(period.closes, language)
            )
            for period in periods
        )
        for day, periods in groupby(
            sorted(hours, key=lambda period: (period.weekday, period.opens)), key=lambda period: period.weekday
        )
    }
    return [
        phrases["hours_line"].format(days=_days([names[day] for day in run], language), times=by_day[run[0]])
        for run in _runs(by_day)
    ]


def _days(names: Sequence[str], language: Language) -> str:
    """ "Montag", "Montag und Dienstag", "Montag bis Mittwoch"."""
    phrases = load_phrases("answers", language)
    if len(names) > 2:
        return phrases["hours_days"].format(first=names[0], last=names[-1])
    return phrases["hours_join"].join(names)


def _runs(by_day: dict[int, str]) -> list[list[int]]:
    """Neighbouring days with equal hours together: {0: a, 1: a, 3: a} → [[0, 1], [3]]."""
    runs: list[list[int]] = []
    for day in sorted(by_day):
        if runs and runs[-1][-1] == day - 1 and by_day[runs[-1][-1]] == by_day[day]:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def render_fee(fee: Fee, language: Language) -> str:
    """One line: "ab 24 Jahren: 37,00 €"; "kostenlos" where it costs nothing."""
    phrases = load_phrases("answers", language)
    amount = render_span(fee, language)
    return phrases["fee_line"].format(label=fee.label, amount=amount) if fee.label else amount


def render_span(fee: Fee, language: Language) -> str:
    """What it costs, without what it is for: "37,00 €", "10,00 € bis 32,50 €", "kostenlos"."""
    phrases = load_phrases("answers", language)
    if fee.amount_to is not None:
        return phrases["fee_range"].format(
            amount=render_amount(fee.amount, language), amount_to=render_amount(fee.amount_to, language)
        )
    return render_amount(fee.amount, language) if fee.amount else phrases["fee_free"]


def as_list(lines: Sequence[str]) -> str:
    """Lines as the plain-text list of record.py."""
    return "\n".join(f"- {line}" for line in lines)


def render_clock(moment: time | datetime, language: Language) -> str:
    """ "08:00"."""
    # Of a moment with a zone, Babel would write the time it then is elsewhere.
    clock = moment.time() if isinstance(moment, datetime) else moment
    return format_time(clock, "HH:mm", locale=REGIONS[language])


def render_amount(amount: Decimal, language: Language) -> str:
    """ "37,00 €", "€37.00"."""
    return format_currency(amount, CURRENCY, locale=REGIONS[language])
