from decimal import Decimal

import pytest

from bot.catalogue.importers.fees import read_fees
from bot.catalogue.importers.record import Fee


def fee(amount: str, label: str = "", to: str | None = None) -> Fee:
    return Fee(amount=Decimal(amount), label=label, amount_to=None if to is None else Decimal(to))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("40 Euro", [fee("40")]),
        ("12,50 €", [fee("12.50")]),
        ("1.250,00 EUR.", [fee("1250")]),
        ("50 bis 60 Euro", [fee("50", to="60")]),
        ("5–7,50 Euro (je nach Größe)", [fee("5", "je nach Größe", "7.50")]),
        ("unter 24 Jahren: 27,60 Euro", [fee("27.60", "unter 24 Jahren")]),
        ("- Erwachsene: 46 Euro\n- Kinder: 20 Euro", [fee("46", "Erwachsene"), fee("20", "Kinder")]),
        ("12 Monate gültig: 30 Euro", [fee("30", "12 Monate gültig")]),
        ("8 Euro pro Seite", [fee("8", "pro Seite")]),
        ("70 Euro (Personen ab 24 Jahren)", [fee("70", "Personen ab 24 Jahren")]),
        ("gebührenfrei", [fee("0")]),
        ("Es fallen keine Gebühren an.", [fee("0")]),
        ("Anzeige: kostenlos", [fee("0", "Anzeige")]),
        ("", []),
    ],
)
def test_plain_amounts_are_read(text: str, expected: list[Fee]) -> None:
    assert list(read_fees(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "ab 20 Euro",
        "bis 100 Euro",
        "in der Regel 120 €",
        "10 Euro, beziehungsweise 15 Euro",
        "46 Euro (ab 24 Jahren) oder 27,60 Euro (bis 24 Jahre)",
        "Gebühr plus 22 Euro Aufpreis",
        "zwischen 25 und 100 Euro",
        "60 bis 50 Euro",
        "20 Dollar",
        "2.000.000 Euro",
        "40 Euro\nBitte zahlen Sie bar.",
        "Es fallen keine Gebühren an, wenn Sie selbst kommen.",
        "je Antrag 255 Euro",
    ],
)
def test_what_is_not_plain_is_left_to_the_wording(text: str) -> None:
    assert read_fees(text) == ()
