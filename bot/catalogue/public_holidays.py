"""The days on which offices are closed by law, from the library `holidays`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays

from bot.language import Language

COUNTRY = "DE"
LANDS = frozenset(holidays.country_holidays(COUNTRY).subdivisions)
IN_PARTS = ("public", "catholic")  # categories; "catholic": in those municipalities of a Land where most people are
_LANGUAGES: Mapping[Language, str] = {"de": "de", "en": "en_US"}  # what the library has


@dataclass(frozen=True)
class PublicHolidays:
    """The public holidays of one Land, two letters as in ISO 3166-2:DE; "" where the Land is not known."""

    land: str = ""

    def name_on(self, day: date, language: Language) -> str:
        """What holiday it is; "" where it is none."""
        return _names(self.land, day.year, language).get(day, "")

    def may_be_on(self, day: date) -> bool:
        """Whether it is a holiday in a part of the Land only; with the Land unknown, in some Land."""
        return day in _elsewhere(self.land, day.year)


@lru_cache(maxsize=16)
def _names(land: str, year: int, language: Language) -> Mapping[date, str]:
    return dict(
        holidays.country_holidays(COUNTRY, subdiv=_known(land) or None, years=year, language=_LANGUAGES[language])
    )


@lru_cache(maxsize=8)
def _elsewhere(land: str, year: int) -> frozenset[date]:
    lands = [_known(land)] if _known(land) else LANDS
    days = {
        day
        for subdivision in lands
        for day in holidays.country_holidays(COUNTRY, subdiv=subdivision, years=year, categories=IN_PARTS)
    }
    return frozenset(days - _names(land, year, "de").keys())


def _known(land: str) -> str:
    return land if land in LANDS else ""
