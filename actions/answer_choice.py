"""Answers a button: the service and facet it stands for."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.dialogue import answer_service, language_of
from actions.place import Citizen, place_of
from actions.source import CatalogueSource, default_source
from actions.thread import answered, thread_of
from bot.facets import FACETS


class AnswerChoice(Action):
    """`choose_service` comes from buttons only; web has checked that the button was offered in this conversation."""

    def __init__(self, source: CatalogueSource | None = None) -> None:
        self._source = source

    def name(self) -> str:
        return "action_answer_choice"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        snapshot = await (self._source or default_source()).current()
        service = snapshot.catalogue.services.get(next(tracker.get_latest_entity_values("service"), None) or "")
        asked = next(tracker.get_latest_entity_values("facet"), None)
        if service is None:
            # Withdrawn since the button was shown.
            dispatcher.utter_message(response="utter_unknown")
            return []
        facets = [facet for facet in FACETS if facet == asked] or [FACETS[0]]
        thread = thread_of(tracker, snapshot)
        citizen = Citizen(language_of(tracker), place_of(tracker, snapshot))
        said = answer_service(dispatcher, snapshot, service, facets, citizen)
        others = thread.context.offered or thread.context.others
        return [*said, *answered(thread, service.id, facets, others=others)]
