"""Runs of jobs: who does one, how far it is, how it ended.

Several processes may want to do the same run. One conditional write decides; who has it gives a sign of life with each
step, in the step's own transaction. A run without one for `PATIENCE` has crashed, and is taken up again. Whoever comes
back later finds it in other hands, and the step is rolled back.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex

from sqlalchemy import Connection, Insert, Table, and_, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.errors import RunTakenError
from bot.jobs.models import RUNNER_LENGTH, JobRunRow

RUN: Table = JobRunRow.__table__  # type: ignore[assignment]
PATIENCE = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True)
class Run:
    """A run in our hands."""

    id: int
    runner: str


@dataclass(frozen=True, kw_only=True)
class StoredRun:
    """A run as read; see `JobRunRow`."""

    id: int
    job: str
    slot: str
    who: str
    started_at: datetime
    seen_at: datetime
    ended_at: datetime | None
    counts: dict[str, int]
    error: str

    @property
    def is_done(self) -> bool:
        """Whether it came to a good end."""
        return self.ended_at is not None and not self.error


_COLUMNS = [RUN.c[name] for name in StoredRun.__dataclass_fields__]
_DONE = and_(RUN.c.ended_at.is_not(None), RUN.c.error == "")


def begin_run(connection: Connection, job: str, *, slot: str, who: str, at: datetime) -> Run | None:
    """Take the run of this slot; None where it is done, or somebody is at it. Crashed and failed ones are taken up."""
    runner = token_hex(RUNNER_LENGTH // 2)
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    new: sqlite.Insert | postgresql.Insert = make(RUN).values(
        job=job, slot=slot, who=who, runner=runner, started_at=at, seen_at=at, counts={}, error=""
    )
    is_left = and_(or_(RUN.c.ended_at.is_(None), RUN.c.error != ""), RUN.c.seen_at < at - PATIENCE)
    taken: Insert = new.on_conflict_do_update(
        index_elements=[RUN.c.job, RUN.c.slot],
        set_={"runner": runner, "who": who, "seen_at": at, "ended_at": None, "error": ""},
        where=is_left,
    ).returning(RUN.c.id)
    run_id = connection.scalar(taken)
    return None if run_id is None else Run(id=run_id, runner=runner)


def add_counts(connection: Connection, run: Run, counts: dict[str, int], *, at: datetime) -> None:
    """Give a sign of life, and add to what the run has done by kind. Call it in the transaction that did it.

    Raises:
        RunTakenError: another process has taken the run up; what was done in this transaction must not be kept.
    """
    mine = (RUN.c.id == run.id, RUN.c.runner == run.runner, RUN.c.ended_at.is_(None))
    known = connection.scalar(select(RUN.c.counts).where(*mine))
    if known is None:
        raise RunTakenError("another process has taken the run up")
    both = {kind: known.get(kind, 0) + counts.get(kind, 0) for kind in {**known, **counts}}
    changed = connection.execute(update(RUN).where(*mine).values(counts=both, seen_at=at))
    if changed.rowcount == 0:
        raise RunTakenError("another process has taken the run up")


def end_run(connection: Connection, run: Run, *, at: datetime, error: str = "") -> dict[str, int]:
    """Note that the run is over; what it has done by kind. `error` is the name of a class, never a text.

    Raises:
        RunTakenError: another process has taken the run up.
    """
    mine = (RUN.c.id == run.id, RUN.c.runner == run.runner, RUN.c.ended_at.is_(None))
    ended = update(RUN).where(*mine).values(ended_at=at, seen_at=at, error=error).returning(RUN.c.counts)
    counts: dict[str, int] | None = connection.scalar(ended)
    if counts is None:
        raise RunTakenError("another process has taken the run up")
    return counts


def list_runs(connection: Connection, job: str, *, limit: int) -> tuple[StoredRun, ...]:
    """The last runs of a job, the newest first."""
    query = select(*_COLUMNS).where(RUN.c.job == job).order_by(RUN.c.started_at.desc(), RUN.c.id.desc()).limit(limit)
    return tuple(StoredRun(**row._mapping) for row in connection.execute(query))


def is_run_done(connection: Connection, job: str, *, slot: str) -> bool:
    """Whether the run of this slot came to a good end."""
    return connection.scalar(select(RUN.c.id).where(RUN.c.job == job, RUN.c.slot == slot, _DONE)) is not None


def done_since(connection: Connection, job: str) -> datetime | None:
    """When a run of the job came to a good end last, or when the first began if none did; None where none began."""
    done = select(func.max(RUN.c.ended_at)).where(RUN.c.job == job, _DONE)
    begun = select(func.min(RUN.c.started_at)).where(RUN.c.job == job)
    since: datetime | None = connection.scalar(done) or connection.scalar(begun)
    return since


def delete_runs(connection: Connection, *, before: datetime, limit: int) -> int:
    """Forget up to `limit` runs of all jobs that began before; how many."""
    old = select(RUN.c.id).where(RUN.c.started_at < before).order_by(RUN.c.started_at).limit(limit)
    return connection.execute(delete(RUN).where(RUN.c.id.in_(old))).rowcount
