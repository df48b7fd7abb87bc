"""Office by place: what a citizen said about where they live, and whether to ask for it."""

from dataclasses import dataclass, replace

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.catalogue.importers.record import ServiceRecord
from bot.catalogue.responsibility import NOWHERE, Place, Responsible, find_place, offices_for
from bot.catalogue.snapshot import Snapshot
from bot.catalogue.words import content_words
from bot.facets import FACETS, Facet
from bot.language import Language

# Only these answers differ between offices that do the same.
FACETS_OF_OFFICES = frozenset[Facet]({"location", "opening_hours", "office", "appointment"})
LONGEST_REPLY = 3  # content words of "in der Nordstadt, 29991"; what is longer is a new question


@dataclass(frozen=True)
class Citizen:
    """Whom the answer is for."""

    language: Language
    place: Place = NOWHERE


def place_of(tracker: Tracker, snapshot: Snapshot) -> Place:
    """Where the citizen lives, by what they say now, else by what they said before."""
    said = place_said(tracker, snapshot)
    return Place(
        postcode=said.postcode or tracker.get_slot("postcode") or "",
        district=said.district or tracker.get_slot("district") or "",
    )


def place_said(tracker: Tracker, snapshot: Snapshot) -> Place:
    """The place in the latest message."""
    return find_place(tracker.latest_message.get("text") or "", snapshot.areas)


def facet_waiting(tracker: Tracker, snapshot: Snapshot, language: Language) -> Facet | None:
    """The facet that was answered with "where do you live?", if the latest message is the reply to that."""
    waiting = tracker.get_slot("place_for")
    facet: Facet | None = next((facet for facet in FACETS if facet == waiting), None)
    if facet is None:
        return None
    is_short = len(content_words(tracker.latest_message.get("text") or "", language)) <= LONGEST_REPLY
    return facet if is_short and place_said(tracker, snapshot) != NOWHERE else None


def at_place(service: ServiceRecord, place: Place) -> tuple[ServiceRecord, Responsible]:
    """The service with the offices that may be the citizen's alone."""
    responsible = offices_for(service.offices, place)
    return replace(service, offices=responsible.offices), responsible


def ask_place(
    dispatcher: CollectingDispatcher, responsible: Responsible, place: Place, *, facet: Facet
) -> list[EventType]:
    """Asks where the citizen lives if that would tell more, and keeps what is known of it."""
    asks = facet in FACETS_OF_OFFICES and bool(responsible.ask)
    if asks:
        dispatcher.utter_message(response=f"utter_ask_{responsible.ask[0]}")
    if not responsible.covered:
        dispatcher.utter_message(response="utter_place_not_covered")
    return [
        SlotSet("postcode", place.postcode or None),
        SlotSet("district", place.district or None),
        SlotSet("place_for", facet if asks else None),
    ]
