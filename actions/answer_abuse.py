"""Answers insults: calmly the first time, from the second on with the way to a human."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher


class AnswerAbuse(Action):
    """Nobody is lectured: `utter_abuse_again` offers a human, whose button stands in the reply."""

    def name(self) -> str:
        return "action_answer_abuse"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        return answer_abuse(dispatcher, tracker)


def answer_abuse(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
    """The reply to one more insult in this conversation."""
    insults = int(tracker.get_slot("insults") or 0) + 1
    dispatcher.utter_message(response="utter_abuse" if insults == 1 else "utter_abuse_again")
    return [SlotSet("insults", insults)]
