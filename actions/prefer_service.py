"""Before a frequent question or a refusal is answered: a service that is clearly meant goes first."""

from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.dialogue import answer_service, facets_of, language_of
from actions.place import Citizen, place_of
from actions.source import CatalogueSource, default_source
from actions.thread import answered, facets_meant, introduced, question_of, thread_of
from bot.catalogue.lookup import SOME_FACET, Thresholds, look_up

# "How do I activate the eID function of my residence card" looks like the frequent question on the eID, and names a
# service. The surer the intent model is, the surer search must be: on our development questions, messages that no
# service answers are understood with 0.99 or more, or search is below 0.6 sure of a service for them.
CERTAIN_INTENT, SURE_INTENT = 0.985, 0.9
CLEAR_SERVICE, CLEARER_SERVICE = 0.7, 0.9
# What these ask is a service of most towns, and that says more; how sure the intent model is does not matter then.
ALSO_SERVICES = frozenset({"faq/lost_property_general", "faq/payment_instalments"})
NEVER = 5.0  # four services together cannot be so likely: a choice is no clear service


class PreferService(Action):
    """Runs before `utter_faq` and `utter_out_of_scope`; says nothing where these are right."""

    def __init__(self, source: CatalogueSource | None = None) -> None:
        self._source = source

    def name(self) -> str:
        return "action_prefer_service"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        intent = tracker.latest_message.get("intent") or {}
        confidence = intent.get("confidence") or 0.0
        if intent.get("full_retrieval_intent_name") in ALSO_SERVICES:
            confidence = 0.0
        if confidence >= CERTAIN_INTENT:
            return []
        snapshot = await (self._source or default_source()).current()
        language, thread = language_of(tracker), thread_of(tracker, snapshot)
        question = question_of(tracker, thread, snapshot, language)
        clear = CLEAR_SERVICE if confidence < SURE_INTENT else CLEARER_SERVICE
        if not thread.context.offered and not (question.reference.same_question and confidence < SURE_INTENT):
            # The few words of a frequent question may fit anything that was talked about; not those of "und für …?"
            question = replace(question, about="")
        found = look_up(snapshot.index, question, Thresholds(answer=clear, choice=NEVER))
        if found.kind != "service":
            return []
        (id_,) = found.services
        stays = id_ == thread.context.current
        points_back = stays or (found.goes_on and not question.reference.same_question)
        if (points_back and confidence >= SURE_INTENT) or (stays and question.facet < SOME_FACET):
            return []
        # What is talked about goes on only where a facet seems to be asked for.
        facets = facets_of(tracker) if stays else facets_meant(tracker, thread, question, found)
        citizen = Citizen(language, place_of(tracker, snapshot))
        told = introduced(facets, thread, question, id_, snapshot)
        said = answer_service(dispatcher, snapshot, snapshot.catalogue.services[id_], told, citizen)
        return [*said, *answered(thread, id_, facets, others=found.others), FollowupAction("action_listen")]
