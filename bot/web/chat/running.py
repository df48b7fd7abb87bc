"""Turns that are under way. They go on when the connection that asked for them is gone."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class RunningTurns:
    """Runs turns as tasks of their own, so that neither a closed socket nor a shutdown cuts one in half."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, turn: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start a turn and keep hold of it until it is done."""
        task = asyncio.create_task(turn)
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        return task

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # marks it as seen: nobody may be waiting for it any more

    async def finish(self, turn: Coroutine[Any, Any, T]) -> T:
        """Start a turn and wait for it; being cancelled ends the waiting, not the turn."""
        return await asyncio.shield(self.start(turn))

    async def drain(self, *, seconds: float) -> int:
        """Wait for all turns, but not longer; then cancel the rest and return how many those were."""
        if not self._tasks:
            return 0
        _, late = await asyncio.wait(self._tasks, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return len(late)
