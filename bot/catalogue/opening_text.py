"""Whether an office is open, in words that stay true: with the day and time they were said."""

from datetime import date

from babel.dates import format_date, get_day_names

from bot.catalogue.opening import Opening
from bot.catalogue.public_holidays import PublicHolidays
from bot.catalogue.render import render_clock
from bot.language import Language
from bot.phrases import REGIONS, load_phrases


def render_opening(opening: Opening, holidays: PublicHolidays, language: Language) -> str:
    """One line: "Montag, 23.11., 10:15 Uhr: geöffnet bis 16:00 Uhr."."""
    phrases = load_phrases("answers", language)
    moment = phrases["opening_moment"].format(
        day=_weekday(opening.at, language),
        date=_short_date(opening.at, language),
        time=render_clock(opening.at, language),
    )
    if opening.until is not None:
        return phrases["opening_open"].format(moment=moment, until=render_clock(opening.until, language))
    holiday = holidays.name_on(opening.at.date(), language) if opening.holiday else ""
    closed = phrases["opening_holiday" if holiday else "opening_closed"].format(moment=moment, holiday=holiday)
    if opening.opens is None:
        return closed
    is_today = opening.opens.date() == opening.at.date()
    opens = phrases["opening_later" if is_today else "opening_on"].format(
        day=_weekday(opening.opens, language),
        date=_short_date(opening.opens, language),
        time=render_clock(opening.opens, language),
    )
    return f"{closed} {opens}"


def _weekday(day: date, language: Language) -> str:
    name: str = get_day_names("wide", locale=REGIONS[language])[day.weekday()]
    return name


def _short_date(day: date, language: Language) -> str:
    """Without the year."""
    return format_date(day, load_phrases("answers", language)["date_short"], locale=REGIONS[language])
