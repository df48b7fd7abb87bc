from datetime import time
from decimal import Decimal

from bot.catalogue.importers.record import Fee, OfficeRecord, OpeningHours
from bot.catalogue.render import office_name, render_address, render_fee, render_hours
from tests.catalogue.records import CITIZENS_OFFICE


def test_days_with_the_same_hours_are_one_line() -> None:
    assert render_hours(CITIZENS_OFFICE.hours, "de") == [
        "Montag und Dienstag: 08:00–16:00 Uhr",
        "Donnerstag: 08:00–12:30 Uhr und 14:00–18:00 Uhr",
    ]


def test_hours_are_written_for_the_language() -> None:
    assert render_hours(CITIZENS_OFFICE.hours, "en")[0] == "Monday and Tuesday: 08:00–16:00"


def test_amounts_are_written_for_the_language() -> None:
    fee = Fee(amount=Decimal("1234.5"), label="Antrag")
    assert render_fee(fee, "de") == "Antrag: 1.234,50\u00a0€"
    assert render_fee(fee, "en") == "Antrag: €1,234.50"


def test_a_range_names_both_ends() -> None:
    assert render_fee(Fee(amount=Decimal(5), amount_to=Decimal(10)), "en") == "€5.00 to €10.00"


def test_an_address_is_one_line_without_gaps() -> None:
    assert render_address(CITIZENS_OFFICE) == "Am Markt 1, 29990 Auenfurt"
    assert render_address(OfficeRecord(id="x", names={"de": "X"})) == ""


def test_an_office_without_english_name_keeps_its_german_one() -> None:
    assert office_name(OfficeRecord(id="x", names={"de": "Steueramt"}), "en") == "Steueramt"


def test_three_days_in_a_row_are_named_by_the_first_and_the_last() -> None:
    days = [OpeningHours(weekday=day, opens=time(9), closes=time(12)) for day in (0, 1, 2, 4)]
    assert render_hours(days, "de") == ["Montag bis Mittwoch: 09:00–12:00 Uhr", "Freitag: 09:00–12:00 Uhr"]
