from decimal import Decimal

import pytest

from bot.catalogue.importers.record import Fee, ServiceRecord, ServiceText
from bot.catalogue.wordings import amounts_text, own_text


def with_fees(*fees: Fee, text: str = "") -> ServiceRecord:
    facets = {"fees": text} if text else {}
    return ServiceRecord(id="a", texts={"de": ServiceText(name="A", fees=fees, facets=facets)})  # type: ignore[arg-type]


def fee(amount: str, label: str = "", *, to: str | None = None) -> Fee:
    return Fee(amount=Decimal(amount), label=label, amount_to=None if to is None else Decimal(to))


@pytest.mark.parametrize(
    ("record", "english"),
    [
        (with_fees(fee("37.00", "ab 24 Jahren")), "€37.00"),
        (with_fees(fee("22.80", "unter 24"), fee("37.00", "ab 24")), "Amounts in the German text: €22.80, €37.00"),
        (with_fees(fee("10", to="32.50")), "€10.00 to €32.50"),
        (with_fees(fee("0")), "free of charge"),
        (with_fees(fee("0", "mit Ausweis"), fee("5", "ohne")), "Amounts in the German text: free of charge, €5.00"),
        (with_fees(fee("1200")), "€1,200.00"),
        (with_fees(), ""),
    ],
)
def test_amounts_are_told_in_english_without_their_german_labels(record: ServiceRecord, english: str) -> None:
    assert amounts_text(record, "en") == english


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("Die Kopie kostet 5 Euro.", "€5.00"),
        ("Unter 24 Jahren: 27,60 Euro, sonst 46 €", "€27.60, €46.00"),
        ("Es fallen zwischen 5,00 und 7,50 Euro je Plan an.", "€5.00 to €7.50"),
        ("47 bis 50 Euro, dazu 1.250,00 EUR", "€47.00 to €50.00, €1,250.00"),
        ("10 Euro und 10 Euro", "€10.00"),
        ("; ".join(f"{n} Euro" for n in range(1, 8)), "€1.00 to €7.00"),
    ],
)
def test_amounts_are_found_in_german_texts(text: str, amounts: str) -> None:
    assert amounts_text(with_fees(text=text), "en") == f"Amounts in the German text: {amounts}"


@pytest.mark.parametrize("text", ["Kostenlos.", "Nach § 5 der Satzung vom 01.02.2024.", "Bis 2 Stunden, 3 % mehr"])
def test_other_numbers_are_no_amounts(text: str) -> None:
    assert amounts_text(with_fees(text=text), "en") == ""


def test_what_costs_nothing_is_said_once() -> None:
    assert own_text(with_fees(fee("0")), "fees", "de") == "- kostenlos"
    assert own_text(with_fees(fee("0"), text="Es fallen keine Gebühren an."), "fees", "de") == (
        "Es fallen keine Gebühren an."
    )
    assert own_text(with_fees(fee("0", "mit Ausweis")), "fees", "de") == "- mit Ausweis: kostenlos"
