"""The rows of the figures as people read them: names of teams, days and weeks; durations; shares."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_date

from bot.conversations.figures import Figures, Key
from bot.language import Language
from bot.phrases import REGIONS, load_phrases
from bot.staff.roles import Team
from bot.web.desk.statistics_form import StatisticsForm

MINUTE, HOUR = 60, 3_600
WEEK_END = timedelta(days=6)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the tables; `is_total` is the last one, of all together."""

    label: str
    figures: Figures
    is_total: bool = False


def label_rows(
    figures: Mapping[Key, Figures],
    total: Figures,
    form: StatisticsForm,
    *,
    teams: Mapping[int, Team],
    language: Language,
) -> list[Row]:
    """A row for each key, and one for all together where there are several."""
    phrases = load_phrases("statistics", language)
    rows = [Row(label=_label(key, form, teams, language), figures=figures[key]) for key in figures]
    if len(rows) == 1:
        return rows
    return [*rows, Row(label=phrases["total"], figures=total, is_total=True)]


def format_seconds(seconds: int, language: Language) -> str:
    """ "45 s", "3 Min. 20 s", "1 Std. 5 Min."."""
    phrases = load_phrases("statistics", language)
    if seconds < MINUTE:
        return phrases["seconds"].format(seconds=seconds)
    if seconds < HOUR:
        return phrases["minutes"].format(minutes=seconds // MINUTE, seconds=seconds % MINUTE)
    return phrases["hours"].format(hours=seconds // HOUR, minutes=seconds % HOUR // MINUTE)


def percent(part: int, whole: int) -> int:
    """Rounded to whole percent, 0 of nothing."""
    return round(100 * part / whole) if whole else 0


def _label(key: Key, form: StatisticsForm, teams: Mapping[int, Team], language: Language) -> str:
    if not isinstance(key, date):
        return teams[key].name(language) if key in teams else load_phrases("statistics", language)["unknown_team"]
    phrases, locale = load_phrases("statistics", language), REGIONS[language]
    if form.by == "day":
        return format_date(key, phrases["pattern_day"], locale=locale)
    days = (max(key, form.wanted.since), min(key + WEEK_END, form.wanted.until))
    first, last = (format_date(day, phrases["pattern_week"], locale=locale) for day in days)
    return phrases["week"].format(number=key.isocalendar().week, first=first, last=last)
