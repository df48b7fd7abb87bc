"""Changes the language of the conversation when the citizen asks for it."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.dialogue import intent_of
from bot.language import Language

LANGUAGE_OF_INTENT: dict[str, Language] = {"request_german": "de", "request_english": "en"}


class SwitchLanguage(Action):
    """The reply is already in the language asked for; web keeps to it from then on."""

    def name(self) -> str:
        return "action_switch_language"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        language = LANGUAGE_OF_INTENT[intent_of(tracker)]
        dispatcher.utter_message(
            json_message={"outcome": "language_switch", "language": language, "set_language": language}
        )
        return [SlotSet("language", language)]
