from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from actions.answer_choice import AnswerChoice
from actions.answer_service import AnswerService
from actions.prefer_service import PreferService
from actions.source import CatalogueSource
from actions.switch_language import SwitchLanguage
from bot.catalogue.importers import sync
from bot.catalogue.importers.record import Reading, ServiceOffice, ServiceRecord, ServiceText, Source, Town
from bot.catalogue.lookup import Thresholds
from bot.catalogue.switches import SwitchedOff, switch_off, switch_on
from bot.catalogue.validity import TOWN_TIME
from bot.facets import Facet
from tests.catalogue.records import CITIZENS_OFFICE, PASSPORT, service

PARKING = service("parken", "Bewohnerparkausweis", summary="Für Anwohner.", en="Residents’ parking permit")
PERMITS = (service("n1", "Niederlassungserlaubnis für Fachkräfte"), service("n2", "Niederlassungserlaubnis für Eltern"))


@pytest.fixture
def source(engine: Engine) -> CatalogueSource:
    fill(engine, PASSPORT, PARKING, *PERMITS)
    return CatalogueSource(engine, Thresholds(answer=0.5, choice=0.25))


def fill(engine: Engine, *services: ServiceRecord) -> None:
    reading = Reading(town=Town(name="Auenfurt"), services=services, offices=(CITIZENS_OFFICE,), rejected=(), notes=())
    with Session(engine) as session:
        sync.apply(session, reading, Source(kind="town", name="Auenfurt"))


async def act(
    action: Any, text: str, *, intent: str = "find_service", entities: Mapping[str, str] | None = None, **slots: Any
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """What the action says, and the slots it sets."""
    ranking = slots.pop("ranking", [])
    latest = {
        "text": text,
        "intent": {
            "name": intent,
            "confidence": slots.pop("confidence", 0.9),
            "full_retrieval_intent_name": slots.pop("question", None),
        },
        "intent_ranking": [
            ranked if isinstance(ranked, dict) else {"name": ranked[0], "confidence": ranked[1]} for ranked in ranking
        ],
        "entities": [{"entity": entity, "value": value} for entity, value in (entities or {}).items()],
    }
    tracker = Tracker("c1", {"language": "de"} | slots, latest, [], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    events = await action.run(dispatcher, tracker, {})
    slots = {event["name"]: event["value"] for event in events if event["event"] == "slot"}
    followups = [event["name"] for event in events if event["event"] == "followup"]
    return dispatcher.messages, slots | ({"followup": followups[0]} if followups else {})


async def test_the_facet_asked_for_is_answered_with_text_and_card(source: CatalogueSource) -> None:
    said, slots = await act(AnswerService(source), "was kostet ein Reisepass", intent="ask_fees")
    assert said[0]["response"] == "utter_answer_fees"
    assert "70,00" in said[0]["answer"]
    assert said[-1]["custom"]["card"]["service"]["id"] == "reisepass"
    assert [facet["facet"] for facet in said[-1]["custom"]["card"]["facets"]] == ["fees"]
    assert slots["service"] == "reisepass"


async def test_other_recorded_facets_are_offered_as_buttons(source: CatalogueSource) -> None:
    said, _slots = await act(AnswerService(source), "Reisepass")
    choices = said[-1]["custom"]["choices"]
    assert {choice["entities"]["facet"] for choice in choices} <= {
        "documents", "fees", "processing_time", "opening_hours", "location", "office",
    }  # fmt: skip
    assert 1 <= len(choices) <= 4
    assert all(choice["intent"] == "choose_service" and choice["title"] for choice in choices)


async def test_a_follow_up_stays_with_the_service(source: CatalogueSource) -> None:
    said, slots = await act(AnswerService(source), "und wo muss ich hin?", intent="ask_location", service="reisepass")
    assert "Am Markt 1" in said[0]["answer"]
    assert slots["service"] == "reisepass"


async def test_a_facet_not_recorded_is_said_honestly_and_names_the_office(source: CatalogueSource) -> None:
    said, _slots = await act(AnswerService(source), "Rechtsgrundlage Reisepass", intent="ask_legal_basis")
    assert said[0]["response"] == "utter_missing_legal_basis"
    assert (said[0]["office"], said[0]["phone"]) == ("Bürgerbüro", "05999 400-100")
    assert said[-1]["custom"]["card"]["facets"][0]["recorded"] is False


async def test_an_english_reader_is_told_that_a_text_is_german(source: CatalogueSource) -> None:
    said, _slots = await act(AnswerService(source), "passport", intent="ask_processing_time", language="en")
    assert said[0]["response"] == "utter_answer_processing_time"
    assert said[0]["answer"] == "The town has this information only in German:\nEtwa vier Wochen."
    assert said[-1]["custom"]["language"] == "en"


async def test_several_plausible_services_are_offered(source: CatalogueSource) -> None:
    said, slots = await act(AnswerService(source), "Niederlassungserlaubnis", intent="ask_fees")
    custom = said[0]["custom"]
    assert custom["outcome"] == "choices"
    assert {choice["entities"]["facet"] for choice in custom["choices"]} == {"fees"}
    assert set(slots["offered"]) == {"n1", "n2"}


async def test_what_is_not_found_is_unknown_and_keeps_the_thread(source: CatalogueSource) -> None:
    said, slots = await act(AnswerService(source), "Mitternachtsformel", service="reisepass")
    assert said[0]["response"] == "utter_unknown"
    assert "service" not in slots


async def test_a_withdrawn_service_in_the_slot_is_forgotten(source: CatalogueSource) -> None:
    said, _slots = await act(AnswerService(source), "und was kostet das?", intent="ask_fees", service="gone")
    assert said[0]["response"] == "utter_unknown"


async def test_an_import_reaches_the_citizen(
    engine: Engine, source: CatalogueSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    await source.current()
    fill(engine, PASSPORT, PARKING, *PERMITS, service("neu", "Lastenradförderung"))
    monkeypatch.setattr("actions.source.CHECK_SECONDS", 0.0)
    _said, slots = await act(AnswerService(source), "Lastenradförderung")
    assert slots["service"] == "neu"


async def test_a_button_answers_its_service_and_facet(source: CatalogueSource) -> None:
    said, slots = await act(
        AnswerChoice(source), "", intent="choose_service", entities={"service": "reisepass", "facet": "documents"}
    )
    assert said[0]["response"] == "utter_answer_documents"
    assert slots["service"] == "reisepass"


async def test_a_button_of_a_withdrawn_service_is_unknown(source: CatalogueSource) -> None:
    said, _slots = await act(AnswerChoice(source), "", intent="choose_service", entities={"service": "gone"})
    assert said[0]["response"] == "utter_unknown"


async def test_what_is_told_is_told_with_its_date(source: CatalogueSource) -> None:
    said, _slots = await act(AnswerService(source), "was kostet ein Reisepass", intent="ask_fees")
    assert (said[1]["response"], said[1]["date"]) == ("utter_source", "15.09.2026")
    assert said[1]["source"] == "Leistungsverzeichnis Auenfurt"
    assert said[1]["source"] == "Leistungsverzeichnis Auenfurt"
    said, _slots = await act(AnswerService(source), "passport", intent="ask_documents", language="en")
    assert (said[1]["response"], said[1]["date"]) == ("utter_source", "15 September 2026")
    assert said[1]["source"] == "service directory of Auenfurt"
    assert said[1]["source"] == "service directory of Auenfurt"


async def test_no_date_is_guessed_and_the_source_is_named_all_the_same(source: CatalogueSource) -> None:
    said, _slots = await act(AnswerService(source), "Bewohnerparkausweis")
    assert (said[1]["response"], said[1]["source"]) == ("utter_source_undated", "Leistungsverzeichnis Auenfurt")
    assert said[-1]["custom"]["card"]["valid_as_of"] is None


def switch(engine: Engine, facet: Facet | None, service_id: str = "reisepass", **reasons: str) -> None:
    off = SwitchedOff(service_id=service_id, facet=facet, reasons=reasons, at=datetime(2026, 11, 22, tzinfo=UTC))  # type: ignore[arg-type]
    with Session(engine) as session:
        switch_off(session, off)


async def test_a_service_switched_off_while_running_is_answered_by_the_reason(
    engine: Engine, source: CatalogueSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    await source.current()
    switch(engine, None, de="Bitte rufen Sie uns an.", en="Please call us.")
    monkeypatch.setattr("actions.source.CHECK_SECONDS", 0.0)
    said, slots = await act(AnswerService(source), "passport", intent="ask_fees", language="en")
    assert [message["response"] for message in said[:-1]] == ["utter_switched_off"]
    assert said[0]["answer"] == "Please call us."
    custom = said[-1]["custom"]
    assert custom["outcome"] == "service"
    assert custom["card"]["facets"] == [
        {"facet": "fees", "text": "Please call us.", "recorded": False, "language": "en"}
    ]
    assert [office["name"] for office in custom["card"]["offices"]] == ["Citizens’ office"]
    assert custom["card"]["valid_as_of"] is None
    assert custom["choices"] == []
    assert slots["service"] == "reisepass"


async def test_a_facet_switched_off_leaves_the_others(
    engine: Engine, source: CatalogueSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch(engine, "fees", de="Die Gebühren ändern sich gerade.")
    said, _slots = await act(AnswerService(source), "passport", intent="ask_fees", language="en")
    assert [message["response"] for message in said[:-1]] == ["utter_switched_off"]
    assert said[0]["answer"].startswith("The town has this information only in German:\n")
    assert said[-1]["custom"]["card"]["facets"][0]["recorded"] is False
    said, _slots = await act(AnswerService(source), "Reisepass", intent="ask_documents")
    assert said[0]["response"] == "utter_answer_documents"
    assert "fees" not in {choice["entities"]["facet"] for choice in said[-1]["custom"]["choices"]}
    with Session(engine) as session:
        switch_on(session, "reisepass", facet="fees")
    monkeypatch.setattr("actions.source.CHECK_SECONDS", 0.0)
    said, _slots = await act(AnswerService(source), "was kostet ein Reisepass", intent="ask_fees")
    assert said[0]["response"] == "utter_answer_fees"


async def test_an_import_does_not_switch_on(engine: Engine, source: CatalogueSource) -> None:
    switch(engine, None, de="Bitte rufen Sie uns an.")
    fill(engine, replace(PASSPORT, url="https://neu.example"), PARKING, *PERMITS)
    said, _slots = await act(AnswerService(source), "was kostet ein Reisepass", intent="ask_fees")
    assert said[0]["response"] == "utter_switched_off"


async def test_services_come_and_go_with_the_day_while_it_runs(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    old = service("alt", "Lastenradprämie", valid_until=date(2026, 12, 31))
    new = service("neu", "Wärmepumpenzuschuss", valid_from=date(2027, 1, 1))
    fill(engine, PASSPORT, old, new)
    days = [datetime(2026, 12, 31, tzinfo=TOWN_TIME)]
    monkeypatch.setattr("actions.source.CHECK_SECONDS", 0.0)
    source = CatalogueSource(engine, Thresholds(answer=0.5, choice=0.25), now=lambda: days[-1])
    first = await source.current()
    assert set(first.catalogue.services) == {"reisepass", "alt"}
    assert {hit.id for hit in first.index.search("Wärmepumpenzuschuss", "de")} <= {"reisepass", "alt"}
    assert await source.current() is first
    days.append(datetime(2027, 1, 1, tzinfo=TOWN_TIME))
    assert set((await source.current()).catalogue.services) == {"reisepass", "neu"}
    said, _slots = await act(AnswerChoice(source), "", intent="choose_service", entities={"service": "alt"})
    assert said[0]["response"] == "utter_unknown"


@pytest.mark.parametrize(("intent", "language"), [("request_english", "en"), ("request_german", "de")])
async def test_the_language_asked_for_is_kept(intent: str, language: str) -> None:
    said, slots = await act(SwitchLanguage(), "", intent=intent)
    assert said[0]["custom"]["set_language"] == language
    assert slots == {"language": language}


async def test_a_bare_no_is_a_reaction(source: CatalogueSource) -> None:
    said, _slots = await act(AnswerService(source), "nein", intent="deny", service="reisepass")
    assert [message["response"] for message in said] == ["utter_deny"]


async def test_a_no_that_names_a_service_is_a_question(source: CatalogueSource) -> None:
    _said, slots = await act(AnswerService(source), "nein, den Bewohnerparkausweis", intent="deny", service="reisepass")
    assert slots["service"] == "parken"


NORTH, SOUTH = (replace(CITIZENS_OFFICE, id=id_, names={"de": name}) for id_, name in (("n", "Nord"), ("s", "Süd")))
BY_PLACE = replace(
    service("jugendhilfe", "Jugendhilfe vor Ort"),
    offices=(
        ServiceOffice(office_id="n", areas=("29990", "Nordstadt")),
        ServiceOffice(office_id="s", areas=("29991", "Südstadt")),
    ),
)


@pytest.fixture
def by_place(engine: Engine) -> CatalogueSource:
    reading = Reading(
        town=Town(name="Auenfurt"), services=(PASSPORT, BY_PLACE), offices=(CITIZENS_OFFICE, NORTH, SOUTH)
    )
    with Session(engine) as session:
        sync.apply(session, reading, Source(kind="town", name="Auenfurt"))
    return CatalogueSource(engine, Thresholds(answer=0.3, choice=0.25))


def offices_in(said: list[dict[str, Any]]) -> list[str]:
    return [office["name"] for office in said[-1]["custom"]["card"]["offices"]]


async def test_where_the_office_depends_on_the_place_it_is_asked_for(by_place: CatalogueSource) -> None:
    said, slots = await act(AnswerService(by_place), "wo ist die Jugendhilfe vor Ort?", intent="ask_location")
    assert offices_in(said) == ["Nord", "Süd"]
    assert "utter_ask_postcode" in [message["response"] for message in said]
    assert slots["place_for"] == "location"


async def test_the_reply_to_it_is_answered_with_the_one_office(by_place: CatalogueSource) -> None:
    waiting = {"service": "jugendhilfe", "place_for": "location"}
    for reply in ("29991", "in der Südstadt", "Ich wohne in 29991 Auenfurt"):
        said, slots = await act(AnswerService(by_place), reply, **waiting)
        assert offices_in(said) == ["Süd"], reply
        assert [facet["facet"] for facet in said[-1]["custom"]["card"]["facets"]] == ["location"]
        assert slots["place_for"] is None


async def test_a_place_once_said_is_remembered(by_place: CatalogueSource) -> None:
    said, slots = await act(
        AnswerService(by_place), "Öffnungszeiten Jugendhilfe vor Ort", intent="ask_opening_hours", postcode="29990"
    )
    assert offices_in(said) == ["Nord"]
    assert slots["postcode"] == "29990"
    assert "utter_ask_postcode" not in [message["response"] for message in said]


async def test_the_place_is_not_asked_for_where_it_does_not_matter(by_place: CatalogueSource) -> None:
    said, slots = await act(AnswerService(by_place), "was kostet die Jugendhilfe vor Ort?", intent="ask_fees")
    assert "utter_ask_postcode" not in [message["response"] for message in said]
    assert slots["place_for"] is None
    said, _slots = await act(AnswerService(by_place), "wo bekomme ich einen Reisepass?", intent="ask_location")
    assert "utter_ask_postcode" not in [message["response"] for message in said]


async def test_the_place_is_not_asked_for_where_the_answer_is_switched_off(
    engine: Engine, by_place: CatalogueSource
) -> None:
    switch(engine, "location", "jugendhilfe", de="Wir ziehen um. Bitte rufen Sie an.")
    said, slots = await act(AnswerService(by_place), "wo ist die Jugendhilfe vor Ort?", intent="ask_location")
    assert [message["response"] for message in said[:-1]] == ["utter_switched_off"]
    assert slots["place_for"] is None


async def test_a_new_question_instead_of_the_place_is_answered_as_such(by_place: CatalogueSource) -> None:
    waiting = {"service": "jugendhilfe", "place_for": "location"}
    _said, slots = await act(AnswerService(by_place), "was kostet ein Reisepass", intent="ask_fees", **waiting)
    assert slots["service"] == "reisepass"


async def test_a_place_no_office_is_for_is_said(by_place: CatalogueSource) -> None:
    waiting = {"service": "jugendhilfe", "place_for": "location", "district": "Weststadt"}
    said, _slots = await act(AnswerService(by_place), "80331", **waiting)
    assert offices_in(said) == ["Nord", "Süd"]
    assert "utter_place_not_covered" in [message["response"] for message in said]


async def test_a_clearly_named_service_goes_before_a_frequent_question(source: CatalogueSource) -> None:
    ranking = [("faq", 0.8), ("ask_fees", 0.15)]
    said, slots = await act(PreferService(source), "Reisepass", intent="faq", confidence=0.8, ranking=ranking)
    assert [facet["facet"] for facet in said[-1]["custom"]["card"]["facets"]] == ["fees"]
    assert (slots["service"], slots["followup"]) == ("reisepass", "action_listen")


@pytest.mark.parametrize(("text", "confidence"), [("Reisepass", 0.99), ("Wie wird das Wetter?", 0.8), ("", 0.8)])
async def test_a_certain_intent_or_no_clear_service_leaves_the_word_to_the_reply(
    source: CatalogueSource, text: str, confidence: float
) -> None:
    said, slots = await act(PreferService(source), text, intent="out_of_scope", confidence=confidence)
    assert said == []
    assert slots == {}


async def test_a_frequent_question_that_is_also_a_service_always_gives_way_to_it(source: CatalogueSource) -> None:
    asked = {"intent": "faq", "confidence": 1.0}
    said, _slots = await act(PreferService(source), "Reisepass", question="faq/payment_instalments", **asked)
    assert said[-1]["custom"]["card"]["service"]["id"] == "reisepass"
    said, _slots = await act(PreferService(source), "Reisepass", question="faq/fax", **asked)
    assert said == []


async def test_a_few_words_that_name_another_service_ask_the_same_of_it(source: CatalogueSource) -> None:
    before = {"service": "reisepass", "facets": ["fees"]}
    ranking = [("ask_documents", 0.9), ("find_service", 0.1)]
    _said, slots = await act(
        AnswerService(source), "und für den Bewohnerparkausweis?", intent="ask_documents", ranking=ranking, **before
    )
    assert (slots["service"], slots["facets"]) == ("parken", ["fees"])


async def test_what_is_no_service_and_looks_foreign_is_refused_kindly(source: CatalogueSource) -> None:
    ranking = [("nlu_fallback", 0.6), ("out_of_scope", 0.4)]
    said, _slots = await act(AnswerService(source), "Mitternachtsformel", intent="nlu_fallback", ranking=ranking)
    assert said[0]["response"] == "utter_out_of_scope"


async def test_two_facets_nearly_as_likely_are_both_answered(source: CatalogueSource) -> None:
    ranking = [("ask_fees", 0.5), ("ask_documents", 0.3), ("ask_location", 0.05)]
    said, _slots = await act(AnswerService(source), "Reisepass", intent="ask_fees", ranking=ranking)
    assert [message["response"] for message in said[:2]] == ["utter_answer_fees", "utter_answer_documents"]
    assert [facet["facet"] for facet in said[-1]["custom"]["card"]["facets"]] == ["fees", "documents"]


async def test_what_is_asked_at_once_is_answered_in_its_order(source: CatalogueSource) -> None:
    action = AnswerService(source)
    places = [("ask_documents", 2), ("ask_fees", 1)]
    ranking = [{"name": name, "confidence": 0.98 / place**9, "place": place} for name, place in places]
    said, _slots = await act(action, "Reisepass", intent="ask_documents", ranking=ranking)
    assert [message["response"] for message in said[:2]] == ["utter_answer_fees", "utter_answer_documents"]


async def test_a_service_that_was_not_named_is_introduced_once(engine: Engine) -> None:
    text = ServiceText(name="Hundesteuer", keywords=("Welpe",), summary="Für Halter.", facets={"fees": "90 Euro."})
    fill(engine, ServiceRecord(id="hund", texts={"de": text}))
    action = AnswerService(CatalogueSource(engine, Thresholds(answer=0.2, choice=0.1)))
    for asked, told in (("was kostet ein Welpe", ["fees", "find"]), ("was kostet die Hundesteuer", ["fees"])):
        said, slots = await act(action, asked, intent="ask_fees")
        assert [facet["facet"] for facet in said[-1]["custom"]["card"]["facets"]] == told
        assert slots["facets"] == ["fees"]
    said, _slots = await act(action, "was kostet ein Welpe", intent="ask_fees", service="hund")
    assert [facet["facet"] for facet in said[-1]["custom"]["card"]["facets"]] == ["fees"]


async def test_where_an_answer_is_missing_the_description_is_told(source: CatalogueSource) -> None:
    said, _slots = await act(AnswerService(source), "Rechtsgrundlage Reisepass", intent="ask_legal_basis")
    assert [message["response"] for message in said[:2]] == ["utter_missing_legal_basis", "utter_answer_find"]


async def test_a_second_facet_is_left_out_where_it_is_unlikely_or_not_recorded(source: CatalogueSource) -> None:
    for ranking in ([("ask_fees", 0.9), ("ask_documents", 0.05)], [("ask_fees", 0.5), ("ask_legal_basis", 0.4)]):
        said, _slots = await act(AnswerService(source), "Reisepass", intent="ask_fees", ranking=ranking)
        assert [facet["facet"] for facet in said[-1]["custom"]["card"]["facets"]] == ["fees"]


async def turns(action: Any, *messages: tuple[str, str], **slots: Any) -> dict[str, Any]:
    """The slots after several messages, each with its intent."""
    for text, intent in messages:
        _said, changed = await act(action, text, intent=intent, **slots)
        slots |= {name: value for name, value in changed.items() if name != "followup"}
    return slots


async def test_the_facet_asked_carries_over_to_the_service_chosen(source: CatalogueSource) -> None:
    slots = await turns(
        AnswerService(source), ("was kostet eine Niederlassungserlaubnis", "ask_fees"), ("den zweiten", "refer")
    )
    assert slots["facets"] == ["fees"]
    assert slots["service"] == slots["others"][1]
    assert slots["offered"] is None


async def test_the_other_one_is_answered_with_the_same_facet(source: CatalogueSource) -> None:
    asked = (("was kostet eine Niederlassungserlaubnis", "ask_fees"), ("den ersten", "refer"))
    first = await turns(AnswerService(source), *asked)
    slots = await turns(AnswerService(source), *asked, ("nein, das andere", "refer"))
    assert {first["service"], slots["service"]} == {"n1", "n2"}
    assert slots["facets"] == ["fees"]
    assert slots["earlier"] == [first["service"]]


async def test_the_same_facet_is_answered_for_another_service(source: CatalogueSource) -> None:
    slots = await turns(
        AnswerService(source),
        ("welche Unterlagen brauche ich für den Bewohnerparkausweis", "ask_documents"),
        ("und für den Reisepass?", "find_service"),
    )
    assert (slots["service"], slots["facets"]) == ("reisepass", ["documents"])


async def test_one_can_go_back_after_a_button(source: CatalogueSource) -> None:
    slots = await turns(AnswerService(source), ("Bewohnerparkausweis", "find_service"))
    _said, pressed = await act(
        AnswerChoice(source), "", intent="choose_service", entities={"service": "reisepass", "facet": "fees"}, **slots
    )
    slots = await turns(AnswerService(source), ("zurück", "refer"), **slots | pressed)
    assert slots["service"] == "parken"


async def test_a_no_to_a_choice_ends_it_and_the_next_question_is_new(source: CatalogueSource) -> None:
    slots = await turns(AnswerService(source), ("Niederlassungserlaubnis", "find_service"), ("nein", "deny"))
    assert slots["offered"] is None
    assert slots.get("service") is None
    slots = await turns(AnswerService(source), ("Reisepass", "find_service"), **slots)
    assert slots["service"] == "reisepass"


async def test_there_is_one_question_back_at_most_before_an_answer(source: CatalogueSource) -> None:
    said, slots = await act(AnswerService(source), "Niederlassungserlaubnis")
    assert said[0]["custom"]["outcome"] == "choices"
    for text in ("Niederlassungserlaubnis", "ja", "das da"):
        said, _slots = await act(AnswerService(source), text, **slots)
        assert said[-1]["custom"]["outcome"] == "service", text


async def test_a_frequent_question_gives_way_to_a_correction(source: CatalogueSource) -> None:
    _said, slots = await act(
        PreferService(source),
        "nein, ich meinte den Bewohnerparkausweis",
        intent="faq",
        confidence=0.8,
        service="reisepass",
        others=["reisepass", "parken"],
        facets=["fees"],
    )
    assert (slots["service"], slots["facets"], slots["followup"]) == ("parken", ["fees"], "action_listen")
