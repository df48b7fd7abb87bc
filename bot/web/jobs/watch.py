"""Looks every minute whether retention is due, and says whether it has been for too long."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, datetime

from aiohttp import web

from bot.conversations.traces import empty_log
from bot.jobs.runs import done_since, is_run_done
from bot.staff.audit import SYSTEM
from bot.web.background import repeat, stop
from bot.web.jobs.retention import JOB, OVERDUE, Retention, due_day
from bot.web.keys import SETTINGS, STORE

LOOK_SECONDS = 60.0  # the first look too: a process that starts has other things to do


@dataclass(kw_only=True)
class RetentionWatch:
    """One process's look at the clock; `started_at` is when it began."""

    retention: Retention
    started_at: datetime
    _done: date | None = field(default=None, init=False)

    async def look(self) -> None:
        """Empty the log, in which words of what was erased stand; run what is due, if no other process does.

        Raises:
            As `Retention.run`.
        """
        retention = self.retention
        await retention.store.maintain(empty_log)
        day = due_day(retention.clock(), hour=retention.settings.retention_hour)
        if self._done == day:
            return
        slot = day.isoformat()
        is_done = await retention.store.read(is_run_done, JOB, slot=slot)
        if is_done or await retention.run(slot) is not None:
            self._done = day

    async def is_overdue(self) -> bool:
        """Whether no run has come to a good end for two days.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        since = await self.retention.store.read(done_since, JOB) or self.started_at
        return self.retention.clock() - since > OVERDUE


RETENTION = web.AppKey("retention", RetentionWatch)


async def watching_retention(app: web.Application) -> AsyncIterator[None]:
    """Look while the application runs (a cleanup context)."""
    retention = Retention(store=app[STORE], settings=app[SETTINGS], who=SYSTEM)
    watch = app[RETENTION] = RetentionWatch(retention=retention, started_at=retention.clock())
    task = asyncio.create_task(repeat(watch.look, seconds=LOOK_SECONDS))
    yield
    await stop(task)
