from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from bot.catalogue.answers import Wording, answer_facet, is_recorded, spoken_answer
from bot.catalogue.importers.record import Fee, ServiceOffice, ServiceRecord, ServiceText
from bot.catalogue.office_texts import Moment
from bot.catalogue.public_holidays import PublicHolidays
from bot.catalogue.queries import Catalogue
from bot.catalogue.validity import TOWN_TIME
from bot.facets import FACETS, Facet
from bot.language import LANGUAGES, Language
from tests.catalogue.records import CITIZENS_OFFICE, PASSPORT, catalogue, service

TOWN = catalogue(PASSPORT)
MONDAY = Moment(at=datetime(2026, 11, 23, 10, 15, tzinfo=TOWN_TIME), holidays=PublicHolidays("NI"))
STATUS = "Montag, 23.11., 10:15 Uhr: geöffnet bis 16:00 Uhr."


def only(record: ServiceRecord, facet: Facet, language: Language = "de", *, town: Catalogue | None = None) -> Wording:
    (wording,) = answer_facet(town or catalogue(record), record, facet, language).wordings
    return wording


def test_amounts_come_first_and_the_note_after_them() -> None:
    assert (
        only(PASSPORT, "fees").text
        == "- ab 24 Jahren: 70,00\u00a0€\n- Eilzuschlag: 10,00\u00a0€ bis 32,50\u00a0€\n\nZahlung nur mit Karte."
    )
    assert answer_facet(TOWN, PASSPORT, "fees", "de").recorded


def test_a_text_missing_in_english_is_given_in_german_and_said_to_be() -> None:
    answer = answer_facet(TOWN, PASSPORT, "processing_time", "en")
    assert [(wording.text, wording.language) for wording in answer.wordings] == [("Etwa vier Wochen.", "de")]
    assert spoken_answer(answer, "", "en") == "The town has this information only in German:\nEtwa vier Wochen."


def test_amounts_are_told_in_english_before_the_german_text() -> None:
    english, german = answer_facet(TOWN, PASSPORT, "fees", "en").wordings
    assert (english.text, english.language) == ("Amounts in the German text: €70.00, €10.00 to €32.50", "en")
    assert (german.text, german.language) == (only(PASSPORT, "fees").text, "de")
    assert "\n\nThe official text is in German:\n- ab 24" in spoken_answer(
        answer_facet(TOWN, PASSPORT, "fees", "en"), "", "en"
    )


def test_opening_hours_come_from_the_office_in_the_language_of_the_question() -> None:
    wording = only(PASSPORT, "opening_hours", "en")
    assert wording.language == "en"
    assert wording.text.startswith("Citizens’ office:\n- Monday and Tuesday")


def test_the_german_words_for_an_address_stand_below_the_address() -> None:
    record = replace(PASSPORT, texts={"de": ServiceText(name="Pass", facets={"location": "Bitte den Hof benutzen."})})
    english, german = answer_facet(catalogue(record), record, "location", "en").wordings
    assert (english.text, english.language) == ("Citizens’ office: Am Markt 1, 29990 Auenfurt", "en")
    assert (german.text, german.language) == ("Bitte den Hof benutzen.", "de")
    assert only(record, "location").text == "Bürgerbüro: Am Markt 1, 29990 Auenfurt\n\nBitte den Hof benutzen."


def test_what_is_not_recorded_is_said_to_be() -> None:
    answer = answer_facet(TOWN, PASSPORT, "legal_basis", "de")
    assert not answer.recorded
    assert answer.wordings == ()


@pytest.mark.parametrize("facet", FACETS)
def test_a_bare_entry_answers_every_facet_without_failing(facet: Facet) -> None:
    bare = service("bare", "Bare")
    assert not answer_facet(catalogue(bare), bare, facet, "en").recorded


def test_whether_something_is_recorded_is_known_without_writing_it_out() -> None:
    fees = ServiceText(name="Kopie", facets={"fees": "Kostenlos.", "find": "Eine Kopie."}, documents=("Vorlage",))
    records = (
        PASSPORT,
        service("bare", "Bare"),
        replace(PASSPORT, texts={"de": fees}, online_url="https://a.example", appointment_minutes=10),
        replace(PASSPORT, offices=(ServiceOffice(office_id="gone"),), appointment_url="https://a.example"),
    )
    for record in records:
        for town in (catalogue(record), switched_off("fees")):
            for facet in FACETS:
                for language in LANGUAGES:
                    written = answer_facet(town, record, facet, language).recorded
                    assert is_recorded(town, record, facet) == written, (record.texts["de"].name, facet, language)


def test_many_offices_are_counted_after_the_first_three() -> None:
    offices = [replace(CITIZENS_OFFICE, id=str(number)) for number in range(5)]
    record = replace(PASSPORT, offices=tuple(ServiceOffice(office_id=office.id) for office in offices))
    text = only(record, "location", town=catalogue(record, offices=offices)).text
    assert text.count("Am Markt 1") == 3
    assert text.endswith("und 2 weitere Stellen")


@pytest.mark.parametrize("facet", ["opening_hours", "location", "office"])
def test_each_office_is_said_to_be_open_or_not(facet: Facet) -> None:
    closed = replace(CITIZENS_OFFICE, id="zu", names={"de": "Archiv"}, hours=CITIZENS_OFFICE.hours[1:])
    silent = replace(CITIZENS_OFFICE, id="still", names={"de": "Lager"}, hours=())
    offices = (CITIZENS_OFFICE, closed, silent)
    record = replace(PASSPORT, offices=tuple(ServiceOffice(office_id=office.id) for office in offices))
    (wording,) = answer_facet(catalogue(record, offices=offices), record, facet, "de", moment=MONDAY).wordings
    lines = wording.text.split("\n")
    assert [line for line in lines if line.startswith("Montag, ")] == [
        STATUS,
        "Montag, 23.11., 10:15 Uhr: geschlossen. Öffnet am Dienstag, 24.11., um 08:00 Uhr.",
    ]


def test_an_office_is_not_said_to_be_open_where_the_service_has_hours_of_its_own() -> None:
    record = replace(PASSPORT, texts={"de": ServiceText(name="Pass", facets={"opening_hours": "Nur dienstags."})})
    (wording,) = answer_facet(catalogue(record), record, "opening_hours", "de", moment=MONDAY).wordings
    assert wording.text.startswith("Nur dienstags.\n\nBürgerbüro:\n- Montag")
    assert STATUS not in wording.text


def test_amounts_that_the_town_words_itself_are_not_said_twice() -> None:
    wording = ServiceText(
        name="Kopie", fees=(Fee(amount=Decimal("40.00")),), facets={"fees": "Die Kopie kostet 40 Euro."}
    )
    assert only(ServiceRecord(id="kopie", texts={"de": wording}), "fees").text == "Die Kopie kostet 40 Euro."


def test_a_long_description_is_cut_after_a_paragraph() -> None:
    paragraphs = ["Erster Absatz.", "Zweiter Absatz. " * 20, "Dritter Absatz. " * 20]
    record = service("lang", "Lang", summary="\n\n".join(paragraphs))
    assert only(record, "find").text == "\n\n".join(paragraphs[:2]).strip()


LONG = "Erstens dies. Zweitens das. Drittens jenes. Viertens noch etwas. Fünftens auch das."


def test_of_a_long_text_the_beginning_is_said_and_where_the_rest_is() -> None:
    record = service("lang", "Lang", texts={"de": ServiceText(name="Lang", facets={"eligibility": LONG})})
    answer = answer_facet(catalogue(record), record, "eligibility", "de")
    assert answer.wordings[0].text == LONG
    said = "Erstens dies. Zweitens das. Drittens jenes.\n"
    assert spoken_answer(answer, "https://a.example", "de") == said + "Mehr dazu: https://a.example"
    assert spoken_answer(answer, "", "de") == said + "Das ist nur der Anfang des Textes."


def test_data_are_said_whole_and_less_of_the_words_around_them() -> None:
    record = service(
        "lang",
        "Lang",
        texts={"de": ServiceText(name="Lang", facets={"online": LONG})},
        online_url="https://a.example/online",
    )
    wording = only(record, "online")
    assert wording.text == f"Online erledigen: https://a.example/online\n\n{LONG}"
    assert wording.short == "Online erledigen: https://a.example/online\n\nErstens dies. Zweitens das."


def test_what_is_said_is_always_the_beginning_of_the_text() -> None:
    records = [
        PASSPORT,
        service("lang", "Lang", texts={"de": ServiceText(name="Lang", facets=dict.fromkeys(FACETS, LONG))}),
    ]
    for record in records:
        for facet in FACETS:
            for language in LANGUAGES:
                for wording in answer_facet(catalogue(record), record, facet, language, moment=MONDAY).wordings:
                    assert wording.text.startswith(wording.short)


def switched_off(*facets: str | None) -> Catalogue:
    reasons = {("reisepass", facet): {"de": "Bitte rufen Sie an."} for facet in facets}
    return replace(TOWN, switched_off=reasons)  # type: ignore[arg-type]


def test_a_reason_is_said_whole() -> None:
    town = replace(TOWN, switched_off={("reisepass", "fees"): {"de": LONG}})
    answer = answer_facet(town, PASSPORT, "fees", "de")
    assert not answer.recorded
    assert spoken_answer(answer, "https://a.example", "de") == LONG


def test_the_date_is_that_of_what_is_told() -> None:
    office = replace(CITIZENS_OFFICE, source_date=date(2026, 3, 1))
    town = catalogue(PASSPORT, offices=(office,))
    dates = {facet: answer_facet(town, PASSPORT, facet, "de").as_of for facet in ("fees", "opening_hours", "deadline")}
    assert dates == {"fees": date(2026, 9, 15), "opening_hours": date(2026, 3, 1), "deadline": date(2026, 9, 15)}


def test_an_entry_without_description_leads_to_the_towns_page() -> None:
    bare = service("baum", "Baumschutz", url="https://www.auenfurt.example/baumschutz")
    assert "https://www.auenfurt.example/baumschutz" in only(bare, "find").text
    assert is_recorded(catalogue(bare), bare, "find")
    described = service("baum", "Baumschutz", summary="Für alte Bäume.", url="https://www.auenfurt.example/baumschutz")
    assert only(described, "find").text == "Für alte Bäume."
