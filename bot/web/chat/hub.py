"""Tells every open socket of a conversation what happens in it.

`Hub` is the interface; `LocalHub` serves one process, `postgres_hub.PostgresHub` several on one PostgreSQL.
"""

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from typing import Protocol

from bot.conversations.handoff import Mode
from bot.conversations.records import Feedback, Role, StoredMessage
from bot.conversations.waiting import Place

MAX_WAITING = 200  # events a slow socket may be behind before it is closed; it resumes from its last message


@dataclass(frozen=True, kw_only=True)
class Said:
    """A message was committed. `origin` is the socket it came from, if any; `repeated`: the others have it already."""

    message: StoredMessage
    origin: str | None = None
    repeated: bool = False


@dataclass(frozen=True, kw_only=True)
class Typing:
    """Somebody is writing."""

    role: Role


@dataclass(frozen=True, kw_only=True)
class Moved:
    """Somebody else answers now, or the place in the queue is another one."""

    mode: Mode
    place: Place | None = None


@dataclass(frozen=True, kw_only=True)
class Rated:
    """The citizen said whether the message `number` helped, or took that back."""

    number: int
    feedback: Feedback | None


@dataclass(frozen=True)
class Erased:
    """The conversation no longer exists."""


@dataclass(frozen=True)
class Behind:
    """The socket was too slow and has missed events."""


Event = Said | Typing | Moved | Rated | Erased | Behind


class Hub(Protocol):
    """Where what happens is published, and where sockets listen."""

    def publish(self, conversation_id: str, event: Event) -> None:
        """Tell all listeners; never waits."""
        ...

    def listen(self, conversation_id: str) -> "asyncio.Queue[Event]":
        """A queue that gets all events from now on."""
        ...

    def leave(self, conversation_id: str, queue: "asyncio.Queue[Event]") -> None:
        """Stop listening."""
        ...

    def listeners(self, conversation_id: str) -> int:
        """How many are listening."""
        ...


class LocalHub:
    """The hub of one process."""

    def __init__(self) -> None:
        self._queues: defaultdict[str, set[asyncio.Queue[Event]]] = defaultdict(set)

    def publish(self, conversation_id: str, event: Event) -> None:
        """See `Hub.publish`. A full queue is emptied and told so, because a socket must not hold up the others."""
        for queue in self._queues.get(conversation_id, ()):
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(Behind())
            else:
                queue.put_nowait(event)

    def listen(self, conversation_id: str) -> asyncio.Queue[Event]:
        """See `Hub.listen`."""
        queue: asyncio.Queue[Event] = asyncio.Queue(MAX_WAITING)
        self._queues[conversation_id].add(queue)
        return queue

    def leave(self, conversation_id: str, queue: asyncio.Queue[Event]) -> None:
        """See `Hub.leave`."""
        queues = self._queues[conversation_id]
        queues.discard(queue)
        if not queues:
            del self._queues[conversation_id]

    def listeners(self, conversation_id: str) -> int:
        """See `Hub.listeners`."""
        return len(self._queues.get(conversation_id, ()))
