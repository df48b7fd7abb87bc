"""The job that deletes what is old: what goes, what stays, who does it, and what is seen of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, func, insert, select, text, update

from bot.conversations.feedback import keep_feedback
from bot.conversations.originals import ORIGINAL
from bot.conversations.queries import CONVERSATION, FEEDBACK, MESSAGE
from bot.conversations.records import Feedback
from bot.conversations.store import Store
from bot.errors import DatabaseUnavailableError, RunTakenError
from bot.jobs.runs import PATIENCE, RUN, StoredRun, begin_run, list_runs
from bot.settings import Settings
from bot.staff.audit import SYSTEM, newest_entries, verify
from bot.web.jobs.retention import JOB, Retention, count_old, due_day
from bot.web.jobs.watch import RETENTION, RetentionWatch
from tests.conversations.conftest import desk as desk  # noqa: PLC0414 - a fixture
from tests.conversations.desk import AT, Desk
from tests.web.conftest import ReadLog, Web

DAYS = timedelta(days=100)  # more than conversations are kept, less than requests and the audit log
LATER = AT + DAYS

MakeRetention = Callable[..., Retention]


@pytest.fixture
async def make_retention(database_url: str) -> AsyncIterator[MakeRetention]:
    """A process of its own with this job."""
    stores: list[Store] = []

    def make(*, at: datetime = LATER, **settings: Any) -> Retention:
        stores.append(Store(database_url))
        chosen = Settings(database_url=database_url, **settings)
        return Retention(store=stores[-1], settings=chosen, who=SYSTEM, clock=lambda: at, at_once=2)

    yield make
    for store in stores:
        await store.close()


def count(engine: Engine, table: Any) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def runs(engine: Engine) -> tuple[StoredRun, ...]:
    with engine.connect() as connection:
        return list_runs(connection, JOB, limit=10)


async def test_run_deletes_what_is_old_and_says_so(desk: Desk, make_retention: MakeRetention) -> None:
    for _ in range(5):
        desk.begin("Rumpelstilzchen")
    recent = desk.begin("Dornröschen")
    with desk.engine.begin() as connection:
        changed = update(CONVERSATION).where(CONVERSATION.c.id == recent.id)
        connection.execute(changed.values(last_at=LATER - timedelta(days=89)))
        assert count_old(connection, Settings(), at=LATER)["conversation"] == 5
    counts = await make_retention().run("2026-08-12")
    assert counts is not None
    assert counts["conversation"] == 5
    assert (count(desk.engine, CONVERSATION), count(desk.engine, MESSAGE)) == (1, 1)
    [run] = runs(desk.engine)
    assert (run.is_done, run.counts, run.who) == (True, counts, SYSTEM)
    with desk.engine.connect() as connection:
        [entry] = newest_entries(connection, limit=1)
        assert verify(connection).broken_at is None
    assert (entry.name, entry.action, entry.object, entry.details) == (SYSTEM, "pruned", JOB, counts)


async def test_each_kind_has_its_own_time(desk: Desk, make_retention: MakeRetention) -> None:
    conversation = desk.begin("Hallo")
    with desk.engine.begin() as connection:
        keep_feedback(connection, conversation.id, number=1, feedback=Feedback(helpful=False), at=AT)
    await make_retention(conversation_days=101, feedback_days=99).run("a")
    assert (count(desk.engine, CONVERSATION), count(desk.engine, FEEDBACK)) == (1, 0)


async def test_run_is_done_once_by_several_processes(desk: Desk, make_retention: MakeRetention) -> None:
    desk.begin()
    done = await asyncio.gather(*(make_retention().run("2026-08-12") for _ in range(4)))
    assert len([counts for counts in done if counts is not None]) == 1
    assert len(runs(desk.engine)) == 1


async def test_crashed_run_is_taken_up(desk: Desk, make_retention: MakeRetention) -> None:
    desk.begin()
    with desk.engine.begin() as connection:
        begin_run(connection, JOB, slot="2026-08-12", who=SYSTEM, at=LATER)
    assert await make_retention(at=LATER + PATIENCE).run("2026-08-12") is None
    counts = await make_retention(at=LATER + PATIENCE + timedelta(seconds=1)).run("2026-08-12")
    assert counts is not None
    assert counts["conversation"] == 1


async def test_slow_process_whose_run_was_taken_up_deletes_no_more(
    desk: Desk, make_retention: MakeRetention, engine: Engine
) -> None:
    for _ in range(5):
        desk.begin()
    retention = make_retention()

    @event.listens_for(retention.store._engine, "commit")
    def take_up(connection: Connection) -> None:
        connection.execute(text("UPDATE job_run SET runner = 'another'"))

    with pytest.raises(RunTakenError):
        await retention.run("2026-08-12")
    assert count(engine, CONVERSATION) == 5


async def test_failure_is_seen_by_name_and_what_was_deleted_stays_deleted(
    desk: Desk, make_retention: MakeRetention, monkeypatch: pytest.MonkeyPatch, logged: ReadLog
) -> None:
    desk.begin("Rumpelstilzchen")

    def fail(_connection: Connection) -> None:
        raise DatabaseUnavailableError("Rumpelstilzchen")

    monkeypatch.setattr("bot.web.jobs.retention.rewrite_tables", fail)
    with pytest.raises(DatabaseUnavailableError):
        await make_retention().run("2026-08-12")
    [run] = runs(desk.engine)
    assert (run.is_done, run.error, run.counts["conversation"]) == (False, "DatabaseUnavailableError", 1)
    assert count(desk.engine, CONVERSATION) == 0
    assert "retention_failed" in logged()
    assert "Rumpelstilzchen" not in logged()


async def test_citizens_write_between_the_portions(desk: Desk, make_retention: MakeRetention, engine: Engine) -> None:
    for _ in range(20):
        desk.begin()
    retention = make_retention()

    async def write() -> int:
        seen = await retention.store.write(lambda connection: connection.scalar(select(func.count(CONVERSATION.c.id))))
        return seen or 0

    running = asyncio.create_task(retention.run("2026-08-12"))
    seen = set()
    while not running.done():
        seen.add(await write())
        await asyncio.sleep(0.02)
    assert await running is not None
    assert len(seen) > 3


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 11, 22, 1, 59, tzinfo=UTC), date(2026, 11, 21)),  # 2:59 in the town
        (datetime(2026, 11, 22, 2, 0, tzinfo=UTC), date(2026, 11, 22)),
        (datetime(2026, 11, 22, 23, 30, tzinfo=UTC), date(2026, 11, 22)),  # 0:30 of the next day
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), date(2026, 3, 29)),  # 2:00 is left out in this night
        (datetime(2026, 7, 1, 0, 59, tzinfo=UTC), date(2026, 6, 30)),
    ],
)
def test_run_is_due_from_its_hour_on_where_the_town_is(at: datetime, day: date) -> None:
    assert due_day(at, hour=3) == day


async def test_watch_runs_once_a_day_and_not_what_others_have_done(desk: Desk, make_retention: MakeRetention) -> None:
    def watch(hours: float) -> RetentionWatch:
        return RetentionWatch(retention=make_retention(at=LATER + timedelta(hours=hours)), started_at=LATER)

    first = watch(0)
    for _ in range(3):
        await first.look()
    await watch(1).look()
    assert len(runs(desk.engine)) == 1
    await watch(24).look()
    assert [run.slot for run in runs(desk.engine)] == ["2026-08-13", "2026-08-12"]


async def test_ready_says_when_it_has_not_run_for_two_days(web: Web, engine: Engine) -> None:
    watch = web.server.app[RETENTION]
    response = await web.request("GET", "/readyz")
    assert (response.status, await response.json()) == (200, {"status": "ok"})
    watch.started_at -= timedelta(days=2, seconds=1)
    response = await web.request("GET", "/readyz")
    assert (response.status, await response.json()) == (200, {"status": "ok", "warnings": ["retention"]})
    await watch.look()
    assert (await (await web.request("GET", "/readyz")).json()) == {"status": "ok"}
    with engine.begin() as connection:
        connection.execute(update(RUN).values(error="OSError", started_at=AT))
    assert "warnings" in await (await web.request("GET", "/readyz")).json()


async def test_hidden_data_goes_after_its_days_also_while_somebody_waits(
    desk: Desk, make_retention: MakeRetention
) -> None:
    waiting = desk.wait("Meine IBAN ist [IBAN]")
    row = {"conversation_id": waiting.conversation_id, "number": 1, "token": "x"}
    with desk.engine.begin() as connection:
        connection.execute(insert(ORIGINAL).values(**row, at=AT))
    await make_retention(at=AT + timedelta(days=6)).run("a")
    assert count(desk.engine, ORIGINAL) == 1
    await make_retention(at=AT + timedelta(days=7, seconds=1)).run("b")
    assert (count(desk.engine, ORIGINAL), count(desk.engine, MESSAGE)) == (0, 1)
