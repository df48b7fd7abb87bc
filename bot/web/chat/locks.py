"""One lock per conversation, kept only while somebody holds it or waits for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class ConversationLocks:
    """Turns of one conversation run one after another, in the order they came; others are not held up."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def hold(self, conversation_id: str) -> AsyncIterator[bool]:
        """Hold the conversation's lock; true if somebody else held it first, so what was read before may be old."""
        lock, users = self._locks.get(conversation_id, (asyncio.Lock(), 0))
        waited = users > 0
        self._locks[conversation_id] = (lock, users + 1)
        try:
            async with lock:
                yield waited
        finally:
            lock, users = self._locks[conversation_id]
            if users == 1:
                del self._locks[conversation_id]
            else:
                self._locks[conversation_id] = (lock, users - 1)

    def __len__(self) -> int:
        return len(self._locks)
