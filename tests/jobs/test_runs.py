"""Who does a run of a job, and what is seen of it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from bot.errors import RunTakenError
from bot.jobs.runs import PATIENCE, Run, StoredRun, add_counts, begin_run, delete_runs, done_since, end_run, list_runs

AT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
LATER = AT + PATIENCE + timedelta(seconds=1)


def begin(engine: Engine, *, slot: str = "2026-11-22", at: datetime = AT) -> Run | None:
    with engine.begin() as connection:
        return begin_run(connection, "retention", slot=slot, who="system", at=at)


def begun(engine: Engine, *, slot: str = "2026-11-22", at: datetime = AT) -> Run:
    run = begin(engine, slot=slot, at=at)
    assert run is not None
    return run


def add(engine: Engine, run: Run, *, at: datetime = AT, **counts: int) -> None:
    with engine.begin() as connection:
        add_counts(connection, run, counts, at=at)


def end(engine: Engine, run: Run, *, at: datetime = AT, error: str = "") -> dict[str, int]:
    with engine.begin() as connection:
        return end_run(connection, run, at=at, error=error)


def runs(engine: Engine) -> tuple[StoredRun, ...]:
    with engine.connect() as connection:
        return list_runs(connection, "retention", limit=10)


def test_of_many_processes_one_does_the_run(engine: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        taken = [run for run in pool.map(lambda _: begin(engine), range(16)) if run is not None]
    assert len(taken) == 1
    assert len(runs(engine)) == 1


def test_run_shows_what_it_did_and_is_not_done_again(engine: Engine) -> None:
    run = begun(engine)
    add(engine, run, conversation=500)
    add(engine, run, conversation=20, audit=3)
    assert end(engine, run, at=AT + timedelta(minutes=1)) == {"conversation": 520, "audit": 3}
    [stored] = runs(engine)
    assert (stored.is_done, stored.started_at, stored.ended_at) == (True, AT, AT + timedelta(minutes=1))
    assert stored.counts == {"conversation": 520, "audit": 3}
    assert begin(engine, at=LATER) is None
    assert begin(engine, slot="2026-11-23", at=LATER) is not None


def test_crashed_run_is_taken_up_once_and_keeps_its_counts(engine: Engine) -> None:
    add(engine, begun(engine), conversation=7)
    assert begin(engine, at=AT + PATIENCE) is None
    second = begun(engine, at=LATER)
    assert begin(engine, at=LATER) is None
    add(engine, second, at=LATER, conversation=1)
    assert end(engine, second, at=LATER) == {"conversation": 8}
    assert len(runs(engine)) == 1


def test_sign_of_life_keeps_a_long_run(engine: Engine) -> None:
    run = begun(engine)
    add(engine, run, at=AT + PATIENCE)
    assert begin(engine, at=LATER) is None


def test_who_comes_back_finds_the_run_in_other_hands(engine: Engine) -> None:
    first = begun(engine)
    begun(engine, at=LATER)
    with pytest.raises(RunTakenError):
        add(engine, first, at=LATER, conversation=1)
    with pytest.raises(RunTakenError):
        end(engine, first, at=LATER)
    assert runs(engine)[0].counts == {}


def test_failed_run_is_seen_and_tried_again_later(engine: Engine) -> None:
    end(engine, begun(engine), error="DatabaseUnavailableError")
    assert (runs(engine)[0].error, runs(engine)[0].is_done) == ("DatabaseUnavailableError", False)
    assert begin(engine, at=AT + timedelta(minutes=1)) is None
    end(engine, begun(engine, at=LATER), at=LATER)
    assert (runs(engine)[0].error, runs(engine)[0].is_done) == ("", True)


def test_last_good_end_is_known(engine: Engine) -> None:
    def since(job: str = "retention") -> datetime | None:
        with engine.connect() as connection:
            return done_since(connection, job)

    assert since() is None
    end(engine, begun(engine), at=AT + timedelta(minutes=1), error="OSError")
    assert since() == AT
    end(engine, begun(engine, slot="2026-11-23", at=LATER), at=LATER + timedelta(minutes=1))
    end(engine, begun(engine, slot="2026-11-24", at=LATER), at=LATER + timedelta(minutes=2), error="OSError")
    assert since() == LATER + timedelta(minutes=1)
    assert since("another") is None


def test_old_runs_are_forgotten_in_portions(engine: Engine) -> None:
    for day in range(3):
        end(engine, begun(engine, slot=str(day), at=AT + timedelta(days=day)))
    with engine.begin() as connection:
        assert [delete_runs(connection, before=AT + timedelta(days=2), limit=1) for _ in range(3)] == [1, 1, 0]
    assert [run.slot for run in runs(engine)] == ["2"]
