"""Retention: deletes what is older than its setting says, kind by kind, and takes the traces away."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import structlog
from sqlalchemy import Connection

from bot.catalogue.validity import TOWN_TIME
from bot.conversations.queries import rewrite_index
from bot.conversations.store import Store
from bot.conversations.traces import rewrite_tables
from bot.database import take_time
from bot.errors import DatabaseUnavailableError, RunTakenError
from bot.jobs.runs import Run, add_counts, begin_run, end_run
from bot.settings import Settings
from bot.staff.audit import record
from bot.web.jobs.kinds import Kind, make_kinds

JOB = "retention"
PAUSE_SECONDS = 0.05  # between two transactions: others go first
OVERDUE = timedelta(days=2)

log = structlog.get_logger(__name__)


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def due_day(at: datetime, *, hour: int) -> date:
    """The day of the town whose run is due at that moment: today's from its hour on, else yesterday's."""
    there = at.astimezone(TOWN_TIME)
    return there.date() if there.hour >= hour else there.date() - timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Retention:
    """The job; `who` is SYSTEM or COMMAND_LINE of the audit log, `clock` the present moment in UTC."""

    store: Store
    settings: Settings
    who: str
    clock: Callable[[], datetime] = field(default=now)
    at_once: int | None = None  # of every kind in one transaction, instead of the kind's own number

    async def run(self, slot: str) -> dict[str, int] | None:
        """Delete what is old; how many of each kind, None where another process does this run or has done it.

        Raises:
            DatabaseUnavailableError: the database does not answer, or is full. What was deleted is deleted.
            RunTakenError: we took so long that another process has taken the run up.
        """
        run = await self.store.write(begin_run, JOB, slot=slot, who=self.who, at=self.clock())
        if run is None:
            return None
        try:
            counts = await self._delete_all(run)
        except Exception as error:
            log.exception("retention_failed", exc_info=error)
            with suppress(DatabaseUnavailableError, RunTakenError):  # then it is taken for crashed
                await self.store.write(end_run, run, at=self.clock(), error=type(error).__name__)
            raise
        log.info("retention_done", **counts)
        return counts

    async def _delete_all(self, run: Run) -> dict[str, int]:
        for kind in make_kinds(self.settings, at=self.clock()):
            limit = self.at_once or kind.at_once
            while await self.store.write(self._delete_some, run, kind, limit) >= limit:  # noqa: ASYNC110 - no event
                await asyncio.sleep(PAUSE_SECONDS)
        await self.store.write(self._rewrite_index, run)
        await self.store.maintain(rewrite_tables)
        return await self.store.write(self._end, run)

    def _delete_some(self, connection: Connection, run: Run, kind: Kind, limit: int) -> int:
        take_time(connection)
        deleted = kind.delete(connection, limit=limit)
        add_counts(connection, run, {kind.name: deleted}, at=self.clock())
        return deleted

    def _rewrite_index(self, connection: Connection, run: Run) -> None:
        take_time(connection)
        rewrite_index(connection)
        add_counts(connection, run, {}, at=self.clock())

    def _end(self, connection: Connection, run: Run) -> dict[str, int]:
        counts = end_run(connection, run, at=self.clock())
        record(connection, self.who, "pruned", JOB, counts)
        return counts


def count_old(connection: Connection, settings: Settings, *, at: datetime) -> dict[str, int]:
    """How many of each kind a run would delete at that moment, as far as it can be said before."""
    kinds = make_kinds(settings, at=at)
    return {kind.name: kind.count(connection) for kind in kinds if kind.count is not None}
