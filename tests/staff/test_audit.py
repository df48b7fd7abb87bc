import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.exc import DatabaseError

from bot.database import open_engine
from bot.staff.audit import (
    AUDIT,
    BEGINNING,
    COMMAND_LINE,
    SYSTEM,
    Selection,
    count_old,
    hash_entry,
    newest_entries,
    oldest_entries,
    prune,
    read_entries,
    record,
    verify,
)
from bot.staff.roles import Staff

SOMMER = Staff(
    id=7,
    name="h.sommer",
    display_name="Frau Sommer",
    roles=frozenset({"caseworker"}),
    teams=frozenset(),
    languages=(),
)


def write(engine: Engine, count: int) -> None:
    for number in range(count):
        with engine.begin() as connection:
            record(connection, SOMMER, "read", f"conversation {number}", {"reason": "Rückfrage", "n": number})


def tamper(engine: Engine, statement: str) -> None:
    """What somebody with all rights on the database could do."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            for name in ("changed", "deleted", "replaced"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS audit_is_not_{name}"))
        else:
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER ALL"))
        connection.execute(text(statement))


def write_from_another_process(url: str, name: str, count: int) -> None:
    engine = open_engine(url)
    for number in range(count):
        with engine.begin() as connection:
            record(connection, name, "read", f"conversation {number}")
    engine.dispose()


def test_entry_says_who_did_what_and_when(engine: Engine) -> None:
    before = datetime.now(UTC)
    with engine.begin() as connection:
        record(connection, SOMMER, "revealed", "conversation 3", {"reason": "ä \u0001 😀", "list": [1, None, 0.5]})
        record(connection, COMMAND_LINE, "added", "staff 7")
        record(connection, SYSTEM, "pruned")
    with engine.connect() as connection:
        first, second, third = read_entries(connection)
    assert (first.number, first.staff_id, first.name, first.action) == (1, 7, "h.sommer", "revealed")
    assert first.details == {"reason": "ä \u0001 😀", "list": [1, None, 0.5]}
    assert before <= first.at <= datetime.now(UTC)
    assert (second.staff_id, second.name, second.previous) == (None, "command line", first.hash)
    assert (third.object, third.details, first.previous) == ("", {}, BEGINNING)
    with engine.connect() as connection:
        assert verify(connection).broken_at is None


def test_entry_goes_with_its_transaction(engine: Engine) -> None:
    with engine.connect() as connection:
        record(connection, SYSTEM, "read")
        connection.rollback()
    write(engine, 1)
    with engine.connect() as connection:
        verdict = verify(connection)
    assert (verdict.entries, verdict.last_number, verdict.broken_at) == (1, 1, None)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET name = 'x'",
        "UPDATE audit SET details = '{}' WHERE number = 2",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE number = 3",
    ],
)
def test_database_refuses_to_change_or_delete(engine: Engine, statement: str) -> None:
    write(engine, 3)
    with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
        connection.execute(text(statement))
    with engine.connect() as connection:
        assert verify(connection).entries == 3


def test_database_refuses_to_replace_or_empty(engine: Engine) -> None:
    write(engine, 3)
    if engine.dialect.name == "sqlite":
        statement = (
            "INSERT OR REPLACE INTO audit SELECT number, at, 1, 'x', action, object, details, previous, hash FROM audit"
        )
    else:
        statement = "TRUNCATE audit"
    with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "broken_at", "problem"),
    [
        ("UPDATE audit SET object = 'conversation 99' WHERE number = 3", 3, "changed"),
        ("UPDATE audit SET at = '2020-01-01 00:00:00' WHERE number = 3", 3, "changed"),
        ("UPDATE audit SET previous = hash WHERE number = 4", 4, "changed"),
        ("DELETE FROM audit WHERE number = 1", 1, "missing"),
        ("DELETE FROM audit WHERE number IN (3, 4)", 3, "missing"),
        ("DELETE FROM audit WHERE number = 5", 5, "cut"),
        ("DELETE FROM audit", 1, "cut"),
    ],
)
def test_first_wrong_entry_is_found(engine: Engine, statement: str, broken_at: int, problem: str) -> None:
    write(engine, 5)
    tamper(engine, statement)
    with engine.connect() as connection:
        verdict = verify(connection)
    assert (verdict.broken_at, verdict.problem, verdict.entries) == (broken_at, problem, broken_at - 1)


def test_chain_that_was_made_anew_is_told_by_a_noted_hash(engine: Engine) -> None:
    write(engine, 5)
    with engine.connect() as connection:
        verdict = verify(connection)
        noted = (verdict.last_number, verdict.last_hash)
        assert verify(connection, noted=noted).broken_at is None
    tamper(engine, "DELETE FROM audit")
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE audit_head SET number = 0, hash = '{BEGINNING}'"))
    write(engine, 4)
    with engine.connect() as connection:
        assert verify(connection).broken_at is None
        assert verify(connection, noted=noted).broken_at == 5  # not there any more
    write(engine, 2)
    with engine.connect() as connection:
        assert (verify(connection, noted=noted).broken_at, verify(connection, noted=noted).problem) == (5, "other")


def test_many_writers_at_once_make_one_chain(database_url: str, engine: Engine) -> None:
    def many(name: str) -> None:
        for number in range(15):
            with engine.begin() as connection:
                record(connection, name, "read", f"conversation {number}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(many, [f"w{number}" for number in range(4)]))
    context = multiprocessing.get_context("spawn")
    processes = [
        context.Process(target=write_from_another_process, args=(database_url, f"p{number}", 15)) for number in range(3)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    with engine.connect() as connection:
        verdict = verify(connection)
        numbers = connection.execute(select(AUDIT.c.number).order_by(AUDIT.c.number)).scalars().all()
        previous = connection.execute(select(AUDIT.c.previous)).scalars().all()
    assert verdict.broken_at is None
    assert numbers == list(range(1, 106))
    assert len(set(previous)) == 105


def test_entries_are_chosen_by_time_person_and_number(engine: Engine) -> None:
    write(engine, 5)
    with engine.begin() as connection:
        record(connection, SYSTEM, "read")
    now = datetime.now(UTC)
    with engine.connect() as connection:
        assert len(list(read_entries(connection, Selection(since=now - timedelta(minutes=1), until=now)))) == 6
        assert not list(read_entries(connection, Selection(since=now + timedelta(seconds=1))))
        assert len(list(read_entries(connection, Selection(staff_id=7)))) == 5
        assert [entry.number for entry in newest_entries(connection, limit=2)] == [6, 5]
        assert [entry.number for entry in newest_entries(connection, Selection(below=5), limit=2)] == [4, 3]
        assert [entry.number for entry in oldest_entries(connection, Selection(), above=2, limit=2)] == [3, 4]


def test_old_entries_are_pruned_from_the_beginning_and_the_rest_stays_sound(engine: Engine) -> None:
    write(engine, 5)
    with engine.connect() as connection:
        third = newest_entries(connection, Selection(below=4), limit=1)[0]
        first = newest_entries(connection, Selection(below=2), limit=1)[0]
    with engine.begin() as connection:
        assert prune(connection, before=third.at) == 2
    with engine.connect() as connection:
        verdict = verify(connection)
        entries = list(read_entries(connection))
        assert verify(connection, noted=(1, first.hash)).broken_at is None  # too old to be checked
    assert (verdict.broken_at, verdict.entries, verdict.last_number) == (None, 4, 6)
    assert [entry.number for entry in entries] == [3, 4, 5, 6]
    assert (entries[-1].action, entries[-1].details) == ("pruned", {"entries": 2, "up_to": 2})
    with engine.begin() as connection:
        assert prune(connection, before=third.at) == 0
    with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
        connection.execute(text("DELETE FROM audit WHERE number = 3"))


def test_old_entries_are_pruned_in_portions(engine: Engine) -> None:
    write(engine, 5)
    with engine.connect() as connection:
        fifth = newest_entries(connection, limit=1)[0]
        assert count_old(connection, before=fifth.at) == 4
    pruned = []
    for _ in range(3):
        with engine.begin() as connection:
            pruned.append(prune(connection, before=fifth.at, limit=3))
    assert pruned == [3, 1, 0]
    with engine.connect() as connection:
        verdict = verify(connection)
        assert count_old(connection, before=fifth.at) == 0
    assert (verdict.broken_at, verdict.entries, verdict.last_number) == (None, 3, 7)


def test_hash_covers_every_column() -> None:
    entry = {
        "number": 1,
        "at": datetime(2026, 11, 22, tzinfo=UTC),
        "staff_id": None,
        "name": "a",
        "action": "read",
        "object": "",
        "details": {"b": 1, "a": [True]},
        "previous": BEGINNING,
    }
    assert hash_entry(entry) == hash_entry({**entry, "details": {"a": [True], "b": 1}})
    others = {"number": 2, "at": datetime(2026, 11, 23, tzinfo=UTC), "staff_id": 1, "name": "b", "action": "wrote"}
    for name, value in {**others, "object": "x", "details": {}, "previous": "1" * 64}.items():
        assert hash_entry({**entry, name: value}) != hash_entry(entry), name


def test_columns_of_the_table_are_those_of_the_hash(engine: Engine) -> None:
    write(engine, 1)
    with engine.connect() as connection:
        (entry,) = read_entries(connection)
    assert set(vars(entry)) == set(AUDIT.c.keys())
    with pytest.raises(DatabaseError), engine.begin() as connection:
        connection.execute(insert(AUDIT), {**vars(entry), "name": "x"})
