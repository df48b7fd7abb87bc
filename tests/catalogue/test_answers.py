from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bot.catalogue.answers import answer_facet, service_card
from bot.catalogue.importers.record import Fee, ServiceOffice, ServiceRecord, ServiceText
from bot.catalogue.queries import Catalogue
from bot.facets import FACETS
from tests.catalogue.records import CITIZENS_OFFICE, PASSPORT, catalogue, service

TOWN = catalogue(PASSPORT)


def test_amounts_come_first_and_the_note_after_them() -> None:
    answer = answer_facet(TOWN, PASSPORT, "fees", "de")
    assert (
        answer.text
        == "- ab 24 Jahren: 70,00\u00a0€\n- Eilzuschlag: 10,00\u00a0€ bis 32,50\u00a0€\n\nZahlung nur mit Karte."
    )
    assert answer.recorded


def test_a_text_missing_in_english_is_given_in_german_and_said_to_be() -> None:
    answer = answer_facet(TOWN, PASSPORT, "processing_time", "en")
    assert (answer.text, answer.language) == ("Etwa vier Wochen.", "de")


def test_opening_hours_come_from_the_office_in_the_language_of_the_question() -> None:
    answer = answer_facet(TOWN, PASSPORT, "opening_hours", "en")
    assert answer.language == "en"
    assert answer.text.startswith("Citizens’ office:\n- Monday and Tuesday")


def test_what_is_not_recorded_is_said_to_be() -> None:
    answer = answer_facet(TOWN, PASSPORT, "legal_basis", "de")
    assert not answer.recorded
    assert answer.text == ""


@pytest.mark.parametrize("facet", FACETS)
def test_a_bare_entry_answers_every_facet_without_failing(facet: str) -> None:
    bare = service("bare", "Bare")
    assert not answer_facet(catalogue(bare), bare, facet, "en").recorded  # type: ignore[arg-type]


def test_many_offices_are_counted_after_the_first_three() -> None:
    offices = [replace(CITIZENS_OFFICE, id=str(number)) for number in range(5)]
    record = replace(PASSPORT, offices=tuple(ServiceOffice(office_id=office.id) for office in offices))
    text = answer_facet(catalogue(record, offices=offices), record, "location", "de").text
    assert text.count("Am Markt 1") == 3
    assert text.endswith("und 2 weitere Stellen")


def test_the_card_keeps_to_the_contract() -> None:
    answers = [answer_facet(TOWN, PASSPORT, facet, "en") for facet in ("documents", "legal_basis")]
    card = service_card(TOWN, PASSPORT, answers, "en")
    assert card["kind"] == "service"
    assert card["service"] == {"id": "reisepass", "name": "Passport", "url": "https://www.auenfurt.example/reisepass"}
    assert [(facet["facet"], facet["recorded"]) for facet in card["facets"]] == [
        ("documents", True),
        ("legal_basis", False),
    ]
    assert "Citizens’ office, phone 05999 400-100" in card["facets"][1]["text"]
    assert card["offices"][0]["address"] == "Am Markt 1, 29990 Auenfurt"
    assert card["valid_as_of"] == "2026-09-15"
    assert "online_url" not in card


def test_amounts_that_the_town_words_itself_are_not_said_twice() -> None:
    wording = ServiceText(
        name="Kopie", fees=(Fee(amount=Decimal("40.00")),), facets={"fees": "Die Kopie kostet 40 Euro."}
    )
    record = ServiceRecord(id="kopie", texts={"de": wording})
    assert answer_facet(catalogue(record), record, "fees", "de").text == "Die Kopie kostet 40 Euro."


def test_a_long_description_is_cut_after_a_paragraph() -> None:
    paragraphs = ["Erster Absatz.", "Zweiter Absatz. " * 20, "Dritter Absatz. " * 20]
    record = service("lang", "Lang", summary="\n\n".join(paragraphs))
    assert answer_facet(catalogue(record), record, "find", "de").text == "\n\n".join(paragraphs[:2])


def switched_off(*facets: str | None) -> Catalogue:
    reasons = {("reisepass", facet): {"de": "Bitte rufen Sie an."} for facet in facets}
    return replace(TOWN, switched_off=reasons)  # type: ignore[arg-type]


def test_what_is_switched_off_is_not_shown_elsewhere_on_the_card() -> None:
    record = replace(PASSPORT, online_url="https://www.auenfurt.example/online")
    town = switched_off("online", "opening_hours", "location")
    card = service_card(town, record, [answer_facet(town, record, "fees", "de")], "de")
    assert "online_url" not in card
    assert [(office["hours"], office["address"]) for office in card["offices"]] == [("", "")]
    assert card["facets"][0]["recorded"] is True
    whole = switched_off(None)
    card = service_card(whole, record, [answer_facet(whole, record, "online", "en")], "en")
    assert card["facets"] == [{"facet": "online", "text": "Bitte rufen Sie an.", "recorded": False, "language": "de"}]
    assert "online_url" not in card
    assert card["offices"][0]["hours"]


def test_the_date_is_that_of_what_is_told() -> None:
    office = replace(CITIZENS_OFFICE, source_date=date(2026, 3, 1))
    town = catalogue(PASSPORT, offices=(office,))
    dates = {facet: answer_facet(town, PASSPORT, facet, "de").as_of for facet in ("fees", "opening_hours", "deadline")}
    assert dates == {"fees": date(2026, 9, 15), "opening_hours": date(2026, 3, 1), "deadline": date(2026, 9, 15)}
    answers = [answer_facet(town, PASSPORT, facet, "de") for facet in ("fees", "opening_hours")]
    assert service_card(town, PASSPORT, answers, "de")["valid_as_of"] == "2026-03-01"
