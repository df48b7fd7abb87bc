"""Answers a question about a service: finds the service, then says what the catalogue records."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.answer_abuse import answer_abuse
from actions.dialogue import answer_service, intent_of, language_of, offer_services
from actions.place import Citizen, facet_waiting, place_of
from actions.source import CatalogueSource, default_source
from actions.thread import answered, asked_back, facets_meant, given_up, introduced, question_of, thread_of
from bot.catalogue.lookup import look_up
from bot.text.normalise import split_words

# What to say where no service is meant: to a yes or no that answers nothing, and to what the intent model was not sure
# enough to refuse.
WITHOUT_SERVICE = {
    "affirm": "utter_affirm",
    "deny": "utter_deny",
    "out_of_scope": "utter_out_of_scope",
    "manipulation": "utter_manipulation",
}


class AnswerService(Action):
    """Every facet intent, what points at services offered, yes and no, and what the intent model is unsure of."""

    def __init__(self, source: CatalogueSource | None = None) -> None:
        self._source = source

    def name(self) -> str:
        return "action_answer_service"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        source = self._source or default_source()
        snapshot = await source.current()
        language, thread = language_of(tracker), thread_of(tracker, snapshot)
        services, current = snapshot.catalogue.services, thread.context.current
        citizen = Citizen(language, place_of(tracker, snapshot))
        waiting = facet_waiting(tracker, snapshot, language)
        if waiting and current:
            return answer_service(dispatcher, snapshot, services[current], [waiting], citizen)
        question = question_of(tracker, thread, snapshot, language)
        found = look_up(snapshot.index, question, source.thresholds)
        facets = facets_meant(tracker, thread, question, found)
        if found.kind == "service":
            (id_,) = found.services
            told = introduced(facets, thread, question, id_, snapshot)
            said = answer_service(dispatcher, snapshot, services[id_], told, citizen)
            return [*said, *answered(thread, id_, facets, others=found.others)]
        if found.kind == "choices":
            offered = [services[id_] for id_ in found.services]
            said = offer_services(dispatcher, snapshot, offered, facets[0], language)
            return [*said, *asked_back(facets)]
        if not split_words(tracker.latest_message.get("text") or ""):
            dispatcher.utter_message(response="utter_out_of_scope")  # "????": no intent is likelier than another
            return given_up(thread)
        if intent_of(tracker) == "abuse":
            return [*answer_abuse(dispatcher, tracker), *given_up(thread)]
        dispatcher.utter_message(response=WITHOUT_SERVICE.get(intent_of(tracker), "utter_unknown"))
        return given_up(thread)
