"""The dialogue state that web keeps between two turns."""

import json
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.errors import DialogueStateError
from bot.nlu.state import MAX_BYTES, StateStore

DOMAIN = Domain.from_dict(
    {
        "intents": ["greet", "ask_fees"],
        "entities": ["language"],
        "slots": {
            name: {"type": kind, "influence_conversation": False, "mappings": [{"type": "custom"}]}
            for name, kind in (("service", "text"), ("offered", "list"), ("town", "text"))
        },
        "actions": ["action_answer_service"],
    }
)


@pytest.fixture
def store() -> StateStore:
    return StateStore(DOMAIN)


def open_tracker(store: StateStore, state: Any = None, **context: str) -> DialogueStateTracker:
    return store.open(state, conversation="c-1", context=context)


def turn(tracker: DialogueStateTracker, text: str = "was kostet das") -> None:
    tracker.update_with_events(
        [
            UserUttered(text, {"name": "ask_fees", "confidence": 0.9}, [{"entity": "language", "value": "de"}]),
            ActionExecuted("action_answer_service"),
            BotUttered("37 €"),
            ActionExecuted("action_listen"),
        ],
        DOMAIN,
    )


def test_a_new_conversation_waits_for_the_citizen(store: StateStore) -> None:
    tracker = open_tracker(store)
    assert tracker.latest_action_name == "action_listen"
    assert tracker.current_slot_values()["service"] is None


def test_slots_survive_and_can_be_read_back(store: StateStore) -> None:
    tracker = open_tracker(store)
    turn(tracker)
    tracker.update_with_events([SlotSet("service", "pass"), SlotSet("offered", ["1", "2"])], DOMAIN)
    again = open_tracker(store, json.loads(json.dumps(store.close(tracker))))
    assert again.get_slot("service") == "pass"
    assert again.get_slot("offered") == ["1", "2"]


def test_a_slot_set_back_to_nothing_stays_empty(store: StateStore) -> None:
    tracker = open_tracker(store, {"version": 2, "slots": {"service": "pass"}})
    tracker.update(SlotSet("service", None), DOMAIN)
    assert "service" not in store.close(tracker)["slots"]


def test_context_goes_over_the_state(store: StateStore) -> None:
    tracker = open_tracker(store, {"version": 2, "slots": {"town": "Altstadt"}}, town="Auenfurt")
    assert tracker.get_slot("town") == "Auenfurt"


def test_no_word_of_the_conversation_is_kept(store: StateStore) -> None:
    tracker = open_tracker(store)
    turn(tracker, "Meine IBAN ist geheim")
    written = json.dumps(store.close(tracker))
    assert "IBAN" not in written
    assert "37" not in written


def test_the_state_does_not_grow_with_the_conversation(store: StateStore) -> None:
    state = None
    lengths = []
    for _ in range(10):
        tracker = open_tracker(store, state)
        turn(tracker)
        state = store.close(tracker)
        lengths.append(len(json.dumps(state)))
    assert lengths == lengths[:1] * 10


def test_slots_beyond_the_limit_are_refused(store: StateStore) -> None:
    tracker = open_tracker(store)
    tracker.update(SlotSet("service", "ä" * MAX_BYTES), DOMAIN)
    with pytest.raises(DialogueStateError, match="slots are longer"):
        store.close(tracker)


def test_what_a_new_model_no_longer_has_is_left_out(store: StateStore) -> None:
    tracker = open_tracker(store, {"version": 2, "slots": {"colour": "red", "service": "pass"}})
    assert tracker.get_slot("service") == "pass"
    assert "colour" not in tracker.current_slot_values()


@pytest.mark.parametrize(
    "state",
    [
        "text",
        7,
        [],
        {},
        {"version": 1, "slots": {}, "events": []},
        {"version": 2},
        {"version": 2, "slots": []},
        {"version": 2, "slots": "service"},
    ],
)
def test_an_unreadable_state_is_an_error(store: StateStore, state: Any) -> None:
    with pytest.raises(DialogueStateError):
        open_tracker(store, state)
