"""The dialogue state that web keeps for the worker: the slots, without a word of what was said.

The worker remembers nothing between two turns (ADR 3), and rules look at the turn that is being answered; what has to
last longer is put into a slot by an action. A state is a JSON object `{"version": 2, "slots": {name: value}}`, at most
`MAX_BYTES` long.
"""

import json
from collections.abc import Mapping
from typing import Any, Optional

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.errors import DialogueStateError

VERSION = 2
MAX_BYTES = 16_384


class StateStore:
    """Opens a tracker from a state and closes it into the next one. Stands in for Rasa's tracker store."""

    def __init__(self, domain: Domain) -> None:
        self._domain = domain
        self._slots = {slot.name for slot in domain.slots}

    def open(self, state: Optional[Any], *, conversation: str, context: Mapping[str, Any]) -> DialogueStateTracker:
        """A tracker that waits for the citizen; `context` are slots set over those of `state`.

        Slots that the model no longer has are left out, so that a new model can go on with an old state.

        Raises:
            DialogueStateError: `state` is neither None nor one that `close` made.
        """
        slots = {} if state is None else _read(state)
        events: list[Event] = [
            ActionExecuted("action_session_start"),
            SessionStarted(),
            *(SlotSet(name, value) for name, value in {**slots, **context}.items() if name in self._slots),
            ActionExecuted("action_listen"),
        ]
        return DialogueStateTracker.from_events(conversation, events, self._domain.slots, domain=self._domain)

    def close(self, tracker: DialogueStateTracker) -> dict[str, Any]:
        """The state after the turn.

        Raises:
            DialogueStateError: it is longer than `MAX_BYTES`.
        """
        slots = {name: value for name, value in tracker.current_slot_values().items() if value is not None}
        state = {"version": VERSION, "slots": slots}
        if len(json.dumps(state)) > MAX_BYTES:
            raise DialogueStateError(f"the slots are longer than {MAX_BYTES} bytes")
        return state


def _read(state: Any) -> dict[str, Any]:
    if not isinstance(state, dict) or state.get("version") != VERSION:
        raise DialogueStateError(f"the state is not of version {VERSION}")
    slots = state.get("slots")
    if not isinstance(slots, dict):
        raise DialogueStateError("the state has no slots")
    return slots
