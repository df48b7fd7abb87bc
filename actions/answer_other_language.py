"""Answers a message in none of our languages: one sentence in German and English, and services named in German."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.dialogue import language_of
from actions.source import CatalogueSource, default_source
from bot.catalogue.importers.record import ServiceRecord
from bot.catalogue.naming import button_name, name_of
from bot.catalogue.snapshot import Snapshot
from bot.facets import FACETS
from bot.text.normalise import split_words

# "Reisepass için ne lazım" names a service. It is offered, not answered: the answer would be in a language that may
# not be understood, and the other words of the message are not.
CLEAR_SERVICE = 0.6
MOST_SERVICES = 2
MOST_WORDS = 8  # of a message that are looked up, one by one: what stands around them means nothing to search
SHORTEST = 5  # letters of a word that may name a service


class AnswerOtherLanguage(Action):
    """The outcome is `unknown`; the reply names the languages we know and a way to a human."""

    def __init__(self, source: CatalogueSource | None = None) -> None:
        self._source = source

    def name(self) -> str:
        return "action_answer_other_language"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        snapshot = await (self._source or default_source()).current()
        language = language_of(tracker)
        named = _named_services(snapshot, tracker.latest_message.get("text") or "")
        dispatcher.utter_message(response="utter_other_language")
        if named:
            choices = [
                {
                    "title": button_name(name_of(snapshot.catalogue, service, language), language),
                    "intent": "choose_service",
                    "entities": {"service": service.id, "facet": FACETS[0]},
                }
                for service in named
            ]
            dispatcher.utter_message(json_message={"outcome": "unknown", "choices": choices})
        return []


def _named_services(snapshot: Snapshot, text: str) -> list[ServiceRecord]:
    """The services that single words of `text` clearly name in German, the clearest first."""
    words = [word for word in split_words(text) if len(word) >= SHORTEST][:MOST_WORDS]
    hits = [hit for word in words for hit in snapshot.index.search(word, "de", limit=1) if hit.score >= CLEAR_SERVICE]
    clearest = sorted(hits, key=lambda hit: -hit.score)
    return [snapshot.catalogue.services[id_] for id_ in dict.fromkeys(hit.id for hit in clearest)][:MOST_SERVICES]
