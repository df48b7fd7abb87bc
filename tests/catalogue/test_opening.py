from datetime import UTC, date, datetime, time

import pytest

from bot.catalogue.importers.record import OpeningHours
from bot.catalogue.opening import find_opening
from bot.catalogue.opening_text import render_opening
from bot.catalogue.public_holidays import PublicHolidays
from bot.catalogue.validity import TOWN_TIME
from bot.language import Language

LOWER_SAXONY, BAVARIA, BERLIN, UNKNOWN = map(PublicHolidays, ("NI", "BY", "BE", ""))
WEEK = tuple(OpeningHours(weekday=day, opens=time(8), closes=time(16)) for day in range(5))
LUNCH = (
    *WEEK[:3],
    OpeningHours(weekday=3, opens=time(14), closes=time(18)),
    OpeningHours(weekday=3, opens=time(8), closes=time(12, 30)),
)


def said(
    at: str,
    hours: tuple[OpeningHours, ...] = WEEK,
    holidays: PublicHolidays = LOWER_SAXONY,
    *,
    language: Language = "de",
) -> str:
    """What is said of an office at a moment of the town's clock."""
    opening = find_opening(hours, datetime.fromisoformat(at).replace(tzinfo=TOWN_TIME), holidays)
    return render_opening(opening, holidays, language) if opening else ""


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-23 07:59", "Montag, 23.11., 07:59 Uhr: geschlossen. Öffnet um 08:00 Uhr."),
        ("2026-11-23 08:00", "Montag, 23.11., 08:00 Uhr: geöffnet bis 16:00 Uhr."),
        ("2026-11-23 15:59:59", "Montag, 23.11., 15:59 Uhr: geöffnet bis 16:00 Uhr."),
        ("2026-11-23 16:00", "Montag, 23.11., 16:00 Uhr: geschlossen. Öffnet am Dienstag, 24.11., um 08:00 Uhr."),
        ("2026-11-22 12:00", "Sonntag, 22.11., 12:00 Uhr: geschlossen. Öffnet am Montag, 23.11., um 08:00 Uhr."),
    ],
)
def test_it_is_open_from_the_first_minute_to_the_last(at: str, expected: str) -> None:
    assert said(at) == expected


def test_english_is_written_for_english_readers() -> None:
    assert said("2026-11-23 10:15", language="en") == "Monday 23 November, 10:15: open until 16:00."
    closed = "Friday 27 November, 16:00: closed. It opens on Monday 30 November at 08:00."
    assert said("2026-11-27 16:00", language="en") == closed
    holiday = "Friday 25 December, 10:00: closed because of a public holiday (Christmas Day). "
    assert said("2026-12-25 10:00", language="en").startswith(holiday)


def test_a_break_at_noon_is_kept() -> None:
    assert said("2026-11-26 12:00", LUNCH) == "Donnerstag, 26.11., 12:00 Uhr: geöffnet bis 12:30 Uhr."
    assert said("2026-11-26 12:30", LUNCH) == "Donnerstag, 26.11., 12:30 Uhr: geschlossen. Öffnet um 14:00 Uhr."
    assert said("2026-11-26 14:00", LUNCH) == "Donnerstag, 26.11., 14:00 Uhr: geöffnet bis 18:00 Uhr."


def test_periods_that_touch_are_one() -> None:
    hours = (
        OpeningHours(weekday=0, opens=time(12), closes=time(16)),
        OpeningHours(weekday=0, opens=time(8), closes=time(12)),
    )
    assert said("2026-11-23 11:00", hours).endswith("geöffnet bis 16:00 Uhr.")


def test_a_holiday_of_one_land_closes_the_offices_there_alone() -> None:
    assert said("2026-06-04 10:00", holidays=BAVARIA) == (
        "Donnerstag, 04.06., 10:00 Uhr: geschlossen, es ist Feiertag (Fronleichnam). "
        "Öffnet am Freitag, 05.06., um 08:00 Uhr."
    )
    assert said("2026-06-04 10:00", holidays=BERLIN).endswith("geöffnet bis 16:00 Uhr.")


def test_where_a_day_may_be_a_holiday_nothing_is_said() -> None:
    # Corpus Christi in a town of which the Land is not known; Assumption Day in a part of Bavaria.
    assert said("2026-06-04 10:00", holidays=UNKNOWN) == ""
    hours = tuple(OpeningHours(weekday=day, opens=time(8), closes=time(16)) for day in range(6))
    assert said("2026-08-15 10:00", hours, BAVARIA) == ""
    assert said("2026-08-15 10:00", hours, LOWER_SAXONY).endswith("geöffnet bis 16:00 Uhr.")
    assert said("2026-06-03 17:00", holidays=UNKNOWN) == "Mittwoch, 03.06., 17:00 Uhr: geschlossen."


def test_holidays_of_the_whole_country_count_where_the_land_is_not_known() -> None:
    assert "Feiertag (Neujahr)" in said("2027-01-01 10:00", holidays=UNKNOWN)


def test_christmas_eve_and_new_years_eve_are_days_like_others() -> None:
    assert said("2026-12-24 10:00").endswith("geöffnet bis 16:00 Uhr.")
    assert said("2026-12-31 10:00").endswith("geöffnet bis 16:00 Uhr.")


def test_the_next_opening_is_behind_a_weekend_and_a_holiday() -> None:
    # Maundy Thursday; Good Friday, Saturday, Easter Sunday, Easter Monday follow.
    assert said("2026-04-02 18:00") == (
        "Donnerstag, 02.04., 18:00 Uhr: geschlossen. Öffnet am Dienstag, 07.04., um 08:00 Uhr."
    )
    # Christmas Day and New Year’s Day are Fridays.
    fridays = (OpeningHours(weekday=4, opens=time(9), closes=time(12)),)
    assert said("2026-12-25 10:00", fridays).endswith("Öffnet am Freitag, 08.01., um 09:00 Uhr.")


def test_where_no_opening_is_near_none_is_promised() -> None:
    # Christmas Day and New Year’s Day are the next two Fridays; the third is too far off.
    fridays = (OpeningHours(weekday=4, opens=time(9), closes=time(12)),)
    assert said("2026-12-24 10:00", fridays) == "Donnerstag, 24.12., 10:00 Uhr: geschlossen."


@pytest.mark.parametrize(
    ("utc", "expected"),
    [
        ("2026-03-27T14:59", "Freitag, 27.03., 15:59 Uhr: geöffnet bis 16:00 Uhr."),
        ("2026-03-30T13:59", "Montag, 30.03., 15:59 Uhr: geöffnet bis 16:00 Uhr."),
        ("2026-03-30T14:00", "Montag, 30.03., 16:00 Uhr: geschlossen. Öffnet am Dienstag, 31.03., um 08:00 Uhr."),
        ("2026-10-26T14:59", "Montag, 26.10., 15:59 Uhr: geöffnet bis 16:00 Uhr."),
        ("2026-10-25T00:30", "Sonntag, 25.10., 02:30 Uhr: geschlossen. Öffnet am Montag, 26.10., um 08:00 Uhr."),
        ("2026-10-25T01:30", "Sonntag, 25.10., 02:30 Uhr: geschlossen. Öffnet am Montag, 26.10., um 08:00 Uhr."),
    ],
)
def test_hours_are_those_of_the_towns_clock_in_summer_and_in_winter(utc: str, expected: str) -> None:
    at = datetime.fromisoformat(utc).replace(tzinfo=UTC).astimezone(TOWN_TIME)
    opening = find_opening(WEEK, at, LOWER_SAXONY)
    assert opening is not None
    assert render_opening(opening, LOWER_SAXONY, "de") == expected


def test_an_office_without_hours_is_neither_open_nor_closed() -> None:
    assert said("2026-11-23 10:00", ()) == ""


@pytest.mark.parametrize("land", ["", "XX", "BY"])
def test_every_land_has_the_holidays_of_the_country(land: str) -> None:
    assert PublicHolidays(land).name_on(date(2026, 10, 3), "de") == "Tag der Deutschen Einheit"
    assert PublicHolidays(land).name_on(date(2026, 10, 3), "en") == "German Unity Day"
