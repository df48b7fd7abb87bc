"""The classes of events by their types, which Rasa looks for among all subclasses at every event."""

from functools import lru_cache

from rasa.shared.core.events import Event


def remember_types() -> None:
    """From now on, find the class of each type of event once. All of them are defined when Rasa is imported."""
    Event.resolve_by_type = staticmethod(lru_cache(maxsize=None)(Event.resolve_by_type))  # type: ignore[method-assign]
