from dataclasses import replace
from datetime import date, datetime
from typing import Any

import msgspec

from bot.catalogue.answers import answer_facet
from bot.catalogue.card import choices_card, service_card
from bot.catalogue.importers.record import ServiceRecord, ServiceText
from bot.catalogue.office_texts import Moment
from bot.catalogue.public_holidays import PublicHolidays
from bot.catalogue.queries import Catalogue
from bot.catalogue.validity import TOWN_TIME
from bot.facets import Facet
from bot.language import Language
from bot.web.protocol.cards import Card
from tests.catalogue.records import CITIZENS_OFFICE, PASSPORT, catalogue, service

TOWN = catalogue(PASSPORT)
MONDAY = Moment(at=datetime(2026, 11, 23, 10, 15, tzinfo=TOWN_TIME), holidays=PublicHolidays("NI"))


def card_of(town: Catalogue, record: ServiceRecord, *facets: Facet, language: Language = "de") -> dict[str, Any]:
    """The card, which the contract must be able to read without losing anything."""
    answers = [answer_facet(town, record, facet, language) for facet in facets]
    card = service_card(town, record, answers, language, moment=MONDAY)
    known = msgspec.to_builtins(msgspec.convert(card, Card))
    assert known == card
    return card


def test_the_card_keeps_to_the_contract() -> None:
    card = card_of(TOWN, PASSPORT, "documents", "legal_basis", language="en")
    assert card["kind"] == "service"
    assert card["service"] == {"id": "reisepass", "name": "Passport", "url": "https://www.auenfurt.example/reisepass"}
    assert [(facet["facet"], facet["recorded"]) for facet in card["facets"]] == [
        ("documents", True),
        ("legal_basis", False),
    ]
    assert "Citizens’ office, phone 05999 400-100" in card["facets"][1]["text"]
    assert card["offices"][0]["address"] == "Am Markt 1, 29990 Auenfurt"
    assert (card["valid_as_of"], card["source_name"]) == ("2026-09-15", "service directory of Auenfurt")
    assert "online_url" not in card


def test_it_says_which_parts_are_german() -> None:
    office = replace(CITIZENS_OFFICE, names={"de": "Bürgerbüro"})
    record = replace(PASSPORT, texts={"de": PASSPORT.texts["de"]})
    card = card_of(catalogue(record, offices=(office,)), record, "fees", "processing_time", language="en")
    assert card["service"]["name"] == "Reisepass"
    assert card["service"]["language"] == card["offices"][0]["language"] == "de"
    fees, time = card["facets"]
    assert (fees["text"], fees["language"]) == ("Amounts in the German text: €70.00, €10.00 to €32.50", "en")
    assert fees["official"]["language"] == "de"
    assert fees["official"]["text"].startswith("- ab 24 Jahren: 70,00")
    assert (time["text"], time["language"]) == ("Etwa vier Wochen.", "de")


def test_a_name_of_the_thesaurus_stands_beside_the_official_one() -> None:
    record = replace(PASSPORT, texts={"de": PASSPORT.texts["de"]})
    town = replace(catalogue(record), english_names={"reisepass": "Applying for a passport"})
    named = {"name": "Applying for a passport", "official_name": {"text": "Reisepass", "language": "de"}}
    assert card_of(town, record, "fees", language="en")["service"] == {"id": "reisepass", "url": record.url} | named
    assert card_of(town, record, "fees", language="de")["service"]["name"] == "Reisepass"
    choices = choices_card(town, [record, PASSPORT], "en")
    assert choices["services"] == [{"id": "reisepass"} | named, {"id": "reisepass", "name": "Passport"}]


def test_the_whole_text_is_there_and_the_beginning_that_was_said() -> None:
    long = "Eins gilt. Zwei gilt. Drei gilt. Vier gilt."
    record = service("lang", "Lang", texts={"de": ServiceText(name="Lang", facets={"eligibility": long})})
    facet = card_of(catalogue(record), record, "eligibility")["facets"][0]
    assert (facet["text"], facet["short"]) == (long, "Eins gilt. Zwei gilt. Drei gilt.")
    assert "short" not in card_of(TOWN, PASSPORT, "fees")["facets"][0]


def test_offices_are_open_or_not_unless_the_service_has_hours_of_its_own() -> None:
    card = card_of(TOWN, PASSPORT, "fees")
    assert card["offices"][0]["status"] == "Montag, 23.11., 10:15 Uhr: geöffnet bis 16:00 Uhr."
    record = replace(PASSPORT, texts={"de": ServiceText(name="Pass", facets={"opening_hours": "Nur dienstags."})})
    assert "status" not in card_of(catalogue(record), record, "fees")["offices"][0]


def switched_off(*facets: str | None) -> Catalogue:
    reasons = {("reisepass", facet): {"de": "Bitte rufen Sie an."} for facet in facets}
    return replace(TOWN, switched_off=reasons)  # type: ignore[arg-type]


def test_what_is_switched_off_is_not_shown_elsewhere_on_the_card() -> None:
    record = replace(PASSPORT, online_url="https://www.auenfurt.example/online")
    card = card_of(switched_off("online", "opening_hours", "location"), record, "fees")
    assert "online_url" not in card
    assert [(office["hours"], office["address"]) for office in card["offices"]] == [("", "")]
    assert "status" not in card["offices"][0]
    assert card["facets"][0]["recorded"] is True
    card = card_of(switched_off(None), record, "online", language="en")
    assert card["facets"] == [{"facet": "online", "text": "Bitte rufen Sie an.", "recorded": False, "language": "de"}]
    assert "online_url" not in card
    assert card["offices"][0]["hours"]


def test_the_date_is_the_oldest_of_what_is_told() -> None:
    office = replace(CITIZENS_OFFICE, source_date=date(2026, 3, 1))
    assert (
        card_of(catalogue(PASSPORT, offices=(office,)), PASSPORT, "fees", "opening_hours")["valid_as_of"]
        == "2026-03-01"
    )
