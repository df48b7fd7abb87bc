"""What the actions read from the tracker and write to the dispatcher."""

from collections.abc import Sequence
from itertools import islice
from operator import itemgetter
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.place import Citizen, ask_place, at_place
from bot.catalogue.answers import FacetAnswer, answer_facet, contact_of, date_of, is_recorded, spoken_answer
from bot.catalogue.card import choices_card, service_card, source_name
from bot.catalogue.importers.record import ServiceRecord
from bot.catalogue.naming import button_name, name_of, quote_name
from bot.catalogue.snapshot import Snapshot
from bot.facets import FACET_OF_INTENT, FACETS, Facet
from bot.language import DEFAULT_LANGUAGE, Language, is_language
from bot.phrases import load_phrases, render_date

FALLBACK_INTENT = "nlu_fallback"
MOST_FOLLOW_UPS = 4
MOST_FACETS = 3
LEAST_FACET = 0.02  # confidence of a facet's intent beside another one
SECOND_FACET = 0.12  # of all that speaks for facets; from here on a second one is answered as well


def language_of(tracker: Tracker) -> Language:
    """The language to answer in."""
    language = tracker.get_slot("language")
    return language if is_language(language) else DEFAULT_LANGUAGE


def facets_of(tracker: Tracker) -> list[Facet]:
    """The facets the latest message asks for, in their order where it asks for several.

    Else the likeliest, and a second one where that is nearly as likely.
    """
    ranking = [
        ranked for ranked in tracker.latest_message.get("intent_ranking") or () if ranked["name"] in FACET_OF_INTENT
    ]
    placed = sorted((ranked for ranked in ranking if "place" in ranked), key=itemgetter("place"))
    if placed:
        return [FACET_OF_INTENT[ranked["name"]] for ranked in placed[:MOST_FACETS]]
    named = FACET_OF_INTENT.get(intent_of(tracker))
    likely = {
        FACET_OF_INTENT[ranked["name"]]: ranked["confidence"]
        for ranked in ranking
        if ranked["confidence"] >= LEAST_FACET
    }
    order = sorted(likely, key=lambda facet: (facet != named, -likely[facet]))
    first = named or (order[0] if order else "find")
    seconds = [facet for facet in order if facet != first and likely[facet] >= SECOND_FACET * sum(likely.values())]
    return [first, *seconds[:1]]


def intent_of(tracker: Tracker) -> str:
    """The intent of the latest message, the likeliest one where the model was too unsure to name it."""
    name: str = (tracker.latest_message.get("intent") or {}).get("name") or ""
    if name != FALLBACK_INTENT:
        return name
    ranking = tracker.latest_message.get("intent_ranking") or ()
    return next((ranked["name"] for ranked in ranking if ranked["name"] != FALLBACK_INTENT), "")


def answer_service(
    dispatcher: CollectingDispatcher,
    snapshot: Snapshot,
    service: ServiceRecord,
    facets: Sequence[Facet],
    citizen: Citizen,
) -> list[EventType]:
    """Says what the catalogue records on each of `facets`, with the card and what else can be asked.

    The first is answered in any case, the others where there is something to say. Of several offices that do the same,
    those for where the citizen lives are named.
    """
    language, place = citizen.language, citizen.place
    catalogue, moment = snapshot.catalogue, snapshot.moment()
    service, responsible = at_place(service, place)
    first, *others = (answer_facet(catalogue, service, facet, language, moment=moment) for facet in facets)
    answers = [first, *(answer for answer in others if answer.recorded)]
    for answer in answers:
        _utter(dispatcher, snapshot, service, answer, language)
    # Where a reason is all there is to say, it does not matter where the citizen lives.
    is_off = all(answer.switched_off for answer in answers)
    if not is_off:
        _utter_source(dispatcher, snapshot, answers, language)
    remembered = [SlotSet("place_for", None)] if is_off else ask_place(dispatcher, responsible, place, facet=facets[0])
    dispatcher.utter_message(
        json_message={
            "outcome": "service",
            "language": language,
            "card": service_card(catalogue, service, answers, language, moment=moment),
            "choices": _follow_ups(snapshot, service, facets, language),
        }
    )
    return [SlotSet("service", service.id), SlotSet("offered", None), *remembered]


def offer_services(
    dispatcher: CollectingDispatcher,
    snapshot: Snapshot,
    services: Sequence[ServiceRecord],
    facet: Facet,
    language: Language,
) -> list[EventType]:
    """Asks which of two to four services is meant."""
    names = [button_name(name_of(snapshot.catalogue, service, language), language) for service in services]
    dispatcher.utter_message(
        response="utter_choices",
        json_message={
            "outcome": "choices",
            "language": language,
            "card": choices_card(snapshot.catalogue, services, language),
            "choices": [_choice(name, service, facet) for name, service in zip(names, services, strict=True)],
        },
    )
    return [SlotSet("offered", [service.id for service in services])]


def _utter(
    dispatcher: CollectingDispatcher,
    snapshot: Snapshot,
    service: ServiceRecord,
    answer: FacetAnswer,
    language: Language,
) -> None:
    name = quote_name(name_of(snapshot.catalogue, service, language), language)
    if answer.wordings:
        response = "utter_switched_off" if answer.switched_off else f"utter_answer_{answer.facet}"
        dispatcher.utter_message(response=response, service=name, answer=spoken_answer(answer, service.url, language))
        return
    contact = contact_of(snapshot.catalogue, service, language)
    dispatcher.utter_message(
        response=f"utter_missing_{answer.facet}", service=name, office=contact.office, phone=contact.phone
    )


def _utter_source(
    dispatcher: CollectingDispatcher, snapshot: Snapshot, answers: Sequence[FacetAnswer], language: Language
) -> None:
    """Where the answers come from, and as of when where that is known."""
    source, told_on = source_name(snapshot.catalogue, language), date_of(answers)
    if told_on:
        dispatcher.utter_message(response="utter_source", source=source, date=render_date(told_on, language))
    else:
        dispatcher.utter_message(response="utter_source_undated", source=source)


def _follow_ups(
    snapshot: Snapshot, service: ServiceRecord, asked: Sequence[Facet], language: Language
) -> list[dict[str, Any]]:
    """The facets the catalogue records beyond those asked, the most asked ones first."""
    labels = load_phrases("facets", language)
    recorded = (facet for facet in FACETS if facet not in asked and is_recorded(snapshot.catalogue, service, facet))
    return [_choice(labels[facet], service, facet) for facet in islice(recorded, MOST_FOLLOW_UPS)]


def _choice(title: str, service: ServiceRecord, facet: Facet) -> dict[str, Any]:
    return {"title": title, "intent": "choose_service", "entities": {"service": service.id, "facet": facet}}
