"""What is told of a service's offices: name, address, hours, whether they are open."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from bot.catalogue.importers.record import OfficeRecord, OpeningHours
from bot.catalogue.opening import find_opening
from bot.catalogue.opening_text import render_opening
from bot.catalogue.public_holidays import PublicHolidays
from bot.catalogue.render import as_list, office_name, render_address, render_hours
from bot.facets import Facet
from bot.language import Language
from bot.phrases import load_phrases

OFFICES_IN_TEXT = 3  # the card lists them all


@dataclass(frozen=True, kw_only=True)
class Moment:
    """When something is said, by the town's clock, and the holidays of the town."""

    at: datetime
    holidays: PublicHolidays


def offices_text(
    offices: Sequence[OfficeRecord], facet: Facet, language: Language, *, moment: Moment | None = None
) -> str:
    """What the offices' data say about `facet`; "" where they say nothing. With `moment`, also whether they are open.

    One paragraph an office, and how many more there are.
    """
    if facet not in _WRITERS:
        return ""
    write = _WRITERS[facet]
    told = [office for office in offices if _TELLS[facet](office)]
    shown: Iterable[str] = [write(office, language, moment) for office in told[:OFFICES_IN_TEXT]]
    more = len(told) - OFFICES_IN_TEXT
    rest = [load_phrases("answers", language)["and_more"].format(count=more)] if more > 0 else []
    return "\n\n".join([*shown, *rest])


def offices_tell(offices: Iterable[OfficeRecord], facet: Facet) -> bool:
    """Whether `offices_text` is something: the same question, for less."""
    return facet in _TELLS and any(map(_TELLS[facet], offices))


def opening_line(office: OfficeRecord, language: Language, moment: Moment | None) -> str:
    """Whether the office is open, with day and time; "" where it cannot be told."""
    if moment is None or not office.hours:
        return ""
    # Times are written to the minute, so what was written is right until the next one.
    return _opening_line(office.hours, language, moment.at.replace(second=0, microsecond=0), moment.holidays)


@lru_cache(maxsize=256)
def _opening_line(hours: tuple[OpeningHours, ...], language: Language, at: datetime, holidays: PublicHolidays) -> str:
    opening = find_opening(hours, at, holidays)
    return render_opening(opening, holidays, language) if opening else ""


def _hours(office: OfficeRecord, language: Language, moment: Moment | None) -> str:
    phrases = load_phrases("answers", language)
    heading = phrases["office_heading"].format(office=office_name(office, language))
    lines = (heading, opening_line(office, language, moment), as_list(hours_lines(office, language)))
    return "\n".join(filter(None, lines))


def hours_lines(office: OfficeRecord, language: Language) -> Sequence[str]:
    """The opening hours, a line per run of equal days."""
    return _hours_lines(office.hours, language)


@lru_cache(maxsize=1024)
def _hours_lines(hours: tuple[OpeningHours, ...], language: Language) -> Sequence[str]:
    return tuple(render_hours(hours, language))


def _location(office: OfficeRecord, language: Language, moment: Moment | None) -> str:
    place = load_phrases("answers", language)["office_line"].format(
        office=office_name(office, language), detail=render_address(office)
    )
    return "\n".join(filter(None, (place, office.hints.get(language, ""), opening_line(office, language, moment))))


def _office(office: OfficeRecord, language: Language, moment: Moment | None) -> str:
    phone = load_phrases("answers", language)["phone"].format(phone=office.phone) if office.phone else ""
    return "\n".join(filter(None, (office_name(office, language), phone, opening_line(office, language, moment))))


_TELLS: Mapping[Facet, Callable[[OfficeRecord], object]] = {
    "opening_hours": lambda office: office.hours,
    "location": render_address,
    "office": lambda office: office.names,
}
_WRITERS: Mapping[Facet, Callable[[OfficeRecord, Language, Moment | None], str]] = {
    "opening_hours": _hours,
    "location": _location,
    "office": _office,
}
