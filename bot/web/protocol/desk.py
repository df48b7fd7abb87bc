"""Frames of the desk's socket, from the server to a page of staff."""

from collections.abc import Sequence

from msgspec import Struct


class ReadyEvent(Struct, frozen=True, kw_only=True, tag_field="type", tag="ready"):
    """From now on the page is told of everything; what was before, it fetches."""


class TypingEvent(Struct, frozen=True, kw_only=True, tag_field="type", tag="typing"):
    """The citizen is typing in the conversation that the page shows; ends after a few seconds."""

    handoff: int


class ChangedEvent(Struct, frozen=True, kw_only=True, tag_field="type", tag="changed"):
    """Ids of handoffs in which something happened, and of those among them that have begun to wait."""

    handoffs: Sequence[int]
    arrived: Sequence[int]
