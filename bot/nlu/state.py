"""The dialogue state that web keeps for the worker: slots and the last turns, without a word of what was said.

The worker remembers nothing between two turns (ADR 3). A state is a JSON object
`{"version": 1, "slots": {name: value}, "events": [{"event": "user"|"action", …}, …]}`, at most `MAX_BYTES` long.
"""

import json
from collections.abc import Mapping
from typing import Any, Optional, Union

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.errors import DialogueStateError

VERSION = 1
MAX_BYTES = 16_384
TURNS = 2  # rules look at the current turn; the turns before serve actions
LISTEN = "action_listen"


class StateStore:
    """Opens a tracker from a state and closes it into the next one. Stands in for Rasa's tracker store."""

    def __init__(self, domain: Domain) -> None:
        self._domain = domain
        self._slots = {slot.name for slot in domain.slots}

    def open(self, state: Optional[Any], *, conversation: str, context: Mapping[str, Any]) -> DialogueStateTracker:
        """A tracker that waits for the citizen; `context` are slots set over those of `state`.

        Slots and actions that the model no longer has are left out, so that a new model can go on with an old state.

        Raises:
            DialogueStateError: `state` is neither None nor one that `close` made.
        """
        slots, turns = ({}, []) if state is None else _read(state)
        events: list[Event] = [
            ActionExecuted("action_session_start"),
            SessionStarted(),
            *(SlotSet(name, value) for name, value in {**slots, **context}.items() if name in self._slots),
            ActionExecuted(LISTEN),
            *(event for event in turns if self._is_known(event)),
        ]
        return DialogueStateTracker.from_events(conversation, events, self._domain.slots, domain=self._domain)

    def close(self, tracker: DialogueStateTracker) -> dict[str, Any]:
        """The state after the turn.

        Raises:
            DialogueStateError: the slots alone are longer than `MAX_BYTES`.
        """
        slots = {name: value for name, value in tracker.current_slot_values().items() if value is not None}
        turns = _turns(tracker)
        for kept in range(min(TURNS, len(turns)), -1, -1):
            events = [_write(event) for turn in turns[len(turns) - kept :] for event in turn]
            state = {"version": VERSION, "slots": slots, "events": events}
            if len(json.dumps(state)) <= MAX_BYTES:
                return state
        raise DialogueStateError(f"the slots are longer than {MAX_BYTES} bytes")

    def _is_known(self, event: Event) -> bool:
        return not isinstance(event, ActionExecuted) or event.action_name in self._domain.action_names_or_texts


def _turns(tracker: DialogueStateTracker) -> list[list[Union[UserUttered, ActionExecuted]]]:
    turns: list[list[Union[UserUttered, ActionExecuted]]] = []
    for event in tracker.events:
        if isinstance(event, UserUttered):
            turns.append([event])
        elif isinstance(event, ActionExecuted) and turns:
            turns[-1].append(event)
    return turns


def _write(event: Union[UserUttered, ActionExecuted]) -> dict[str, Any]:
    if isinstance(event, UserUttered):
        entities = [{"entity": entity["entity"], "value": entity["value"]} for entity in event.entities]
        intent = {"name": event.intent.get("name"), "confidence": event.intent.get("confidence")}
        return {"event": "user", "intent": intent, "entities": entities}
    return {"event": "action", "name": event.action_name}


def _read(state: Any) -> tuple[dict[str, Any], list[Event]]:
    if not isinstance(state, dict) or state.get("version") != VERSION:
        raise DialogueStateError(f"the state is not of version {VERSION}")
    slots, events = state.get("slots"), state.get("events")
    if not isinstance(slots, dict) or not isinstance(events, list):
        raise DialogueStateError("the state has no slots or no events")
    return slots, [_read_event(event) for event in events]


def _read_event(event: Any) -> Event:
    try:
        if event["event"] == "action":
            return ActionExecuted(str(event["name"]))
        intent = {"name": str(event["intent"]["name"]), "confidence": float(event["intent"]["confidence"])}
        entities = [{"entity": str(entity["entity"]), "value": entity["value"]} for entity in event["entities"]]
    except (KeyError, TypeError, ValueError) as error:
        raise DialogueStateError(f"an event of the state cannot be read: {type(error).__name__}") from error
    return UserUttered("", intent, entities)
