"""What the bot knows after a human had the conversation: the service that was talked about.

Of the worker's dialogue state (bot/nlu/state.py) web knows this much: `{"version": 2, "slots": {"service": id, …}}`.
A worker that reads another version goes on without it.
"""

from typing import Any

from msgspec import DecodeError, json

STATE_VERSION = 2
CLOSED_QUESTIONS = ("offered", "place_for")  # what the bot had asked before and nobody will answer now


def remember_service(state: str | None, service_id: str) -> str:
    """The dialogue state in which the bot takes this service for the one talked about."""
    slots = {name: value for name, value in _slots(state).items() if name not in CLOSED_QUESTIONS}
    return json.encode({"version": STATE_VERSION, "slots": {**slots, "service": service_id}}).decode()


def _slots(state: str | None) -> dict[str, Any]:
    try:
        known = json.decode(state) if state else {}
    except DecodeError:
        return {}
    slots = known.get("slots") if isinstance(known, dict) else None
    return slots if isinstance(slots, dict) else {}
