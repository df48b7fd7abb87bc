"""Before a frequent question or a refusal is answered: a service that is clearly meant goes first."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.dialogue import answer_service, facets_of, language_of
from actions.place import Citizen, place_of
from actions.source import CatalogueSource, default_source

# "How do I activate the eID function of my residence card" looks like the frequent question on the eID, and names a
# service. The surer the intent model is, the surer search must be: on our development questions, messages that no
# service answers are understood with 0.99 or more, or search is below 0.6 sure of a service for them.
CERTAIN_INTENT, SURE_INTENT = 0.985, 0.9
CLEAR_SERVICE, CLEARER_SERVICE = 0.7, 0.9


class PreferService(Action):
    """Runs before `utter_faq` and `utter_out_of_scope`; says nothing where these are right."""

    def __init__(self, source: CatalogueSource | None = None) -> None:
        self._source = source

    def name(self) -> str:
        return "action_prefer_service"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        intent = tracker.latest_message.get("intent") or {}
        confidence = intent.get("confidence") or 0.0
        if confidence >= CERTAIN_INTENT:
            return []
        snapshot = await (self._source or default_source()).current()
        language = language_of(tracker)
        hits = snapshot.index.search(tracker.latest_message.get("text") or "", language, limit=1)
        if not hits or hits[0].score < (CLEAR_SERVICE if confidence < SURE_INTENT else CLEARER_SERVICE):
            return []
        citizen = Citizen(language, place_of(tracker, snapshot))
        service = snapshot.catalogue.services[hits[0].id]
        answered = answer_service(dispatcher, snapshot, service, facets_of(tracker), citizen)
        return [*answered, FollowupAction("action_listen")]
