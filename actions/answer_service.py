"""Answers a question about a service: finds the service, then says what the catalogue records."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.dialogue import answer_service, facets_of, intent_of, language_of, offer_services
from actions.place import Citizen, facet_waiting, place_of
from actions.source import CatalogueSource, default_source
from bot.catalogue.lookup import Question, look_up
from bot.catalogue.words import content_words

# What the intent model was not sure enough to refuse is refused when no service fits either.
REFUSALS = {"out_of_scope": "utter_out_of_scope", "abuse": "utter_abuse", "manipulation": "utter_manipulation"}
# "Nein" alone is a reaction; "nein, ich meinte das Auto" names what is wanted.
REACTIONS = {"affirm": "utter_affirm", "deny": "utter_deny"}


class AnswerService(Action):
    """Every facet intent, yes and no, and every message the intent model is unsure of."""

    def __init__(self, source: CatalogueSource | None = None) -> None:
        self._source = source

    def name(self) -> str:
        return "action_answer_service"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        source = self._source or default_source()
        snapshot = await source.current()
        language, facets = language_of(tracker), facets_of(tracker)
        text, intent = tracker.latest_message.get("text") or "", intent_of(tracker)
        if intent in REACTIONS and not content_words(text, language):
            dispatcher.utter_message(response=REACTIONS[intent])
            return []
        current = tracker.get_slot("service")
        services = snapshot.catalogue.services
        citizen = Citizen(language, place_of(tracker, snapshot))
        waiting = facet_waiting(tracker, snapshot, language)
        if waiting and current in services:
            return answer_service(dispatcher, snapshot, services[current], [waiting], citizen)
        found = look_up(
            snapshot.index,
            Question(
                text=text,
                language=language,
                facet=facets[0],
                current=current if current in services else None,
                offered=[id_ for id_ in tracker.get_slot("offered") or () if id_ in services],
            ),
            source.thresholds,
        )
        if found.kind == "service":
            return answer_service(dispatcher, snapshot, services[found.services[0]], facets, citizen)
        if found.kind == "choices":
            return offer_services(dispatcher, [services[id_] for id_ in found.services], facets[0], language)
        dispatcher.utter_message(response=REFUSALS.get(intent, "utter_unknown"))
        return [SlotSet("offered", None)]
