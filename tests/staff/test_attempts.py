from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select

from bot.staff.attempts import ATTEMPT, Patience, begin_attempt, end_attempt

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def attempt(engine: Engine, *, name: str = "h.sommer", address: str = "192.0.2.1", at: datetime = NOW) -> int | None:
    with engine.begin() as connection:
        return begin_attempt(connection, name=name, address=address, at=at)


def succeed(engine: Engine, *, name: str = "h.sommer", address: str = "192.0.2.1", at: datetime = NOW) -> None:
    with engine.begin() as connection:
        end_attempt(connection, name=name, address=address, at=at)


def test_waits_grow_from_a_second_to_a_quarter_of_an_hour(engine: Engine) -> None:
    assert [attempt(engine) for _ in range(6)] == [None] * 5 + [1]
    now, waits = NOW, []
    for _ in range(14):
        wait = attempt(engine, at=now)
        assert wait is not None
        waits.append(wait)
        now += timedelta(seconds=wait)
        assert attempt(engine, at=now) is None
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900]


def test_asking_again_while_waiting_does_not_make_it_longer(engine: Engine) -> None:
    for _ in range(7):
        attempt(engine, at=NOW)
        attempt(engine, at=NOW + timedelta(seconds=1))
    waits = {attempt(engine, at=NOW + timedelta(seconds=1)) for _ in range(20)}
    assert len(waits) == 1


def test_success_starts_afresh(engine: Engine) -> None:
    for _ in range(4):
        attempt(engine)
    attempt(engine)
    succeed(engine)
    assert [attempt(engine) for _ in range(6)] == [None] * 5 + [1]


def test_another_address_is_not_made_to_wait_at_once(engine: Engine) -> None:
    for _ in range(6):
        attempt(engine)
    assert attempt(engine, address="192.0.2.2") is None


def test_many_names_from_one_address_wait(engine: Engine) -> None:
    results = [attempt(engine, name=f"name{number}") for number in range(31)]
    assert results == [None] * 30 + [1]


def test_successes_of_a_town_hall_behind_one_address_do_not_add_up(engine: Engine) -> None:
    for number in range(100):
        assert attempt(engine, name=f"name{number}") is None
        succeed(engine, name=f"name{number}")


def test_one_name_from_many_addresses_waits_but_not_its_owner(engine: Engine) -> None:
    attempt(engine, address="198.51.100.1")
    succeed(engine, address="198.51.100.1")
    for number in range(60):
        attempt(engine, address=f"2001:db8:0:{number}::/64")
    assert attempt(engine, address="2001:db8:1::/64") is not None
    assert attempt(engine, address="198.51.100.1", at=NOW + timedelta(days=20)) is None


def test_owner_is_known_for_a_month(engine: Engine) -> None:
    attempt(engine, address="198.51.100.1")
    succeed(engine, address="198.51.100.1")
    later = NOW + timedelta(days=31)
    for number in range(60):
        attempt(engine, address=f"2001:db8:0:{number}::/64", at=later)
    assert attempt(engine, address="198.51.100.1", at=later) is not None


def test_failures_are_forgotten_after_a_day(engine: Engine) -> None:
    for _ in range(6):
        attempt(engine)
    assert attempt(engine, at=NOW + timedelta(days=1, seconds=1)) is None
    with engine.connect() as connection:
        assert connection.scalar(select(func.max(ATTEMPT.c.failures))) == 1


def test_neither_name_nor_address_is_stored(engine: Engine) -> None:
    attempt(engine)
    with engine.connect() as connection:
        rows = str(connection.execute(select(ATTEMPT)).all())
    assert "sommer" not in rows
    assert "192.0.2" not in rows


def test_of_many_at_once_only_the_free_ones_are_let_in(engine: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: attempt(engine), range(40)))
    assert results.count(None) == 5


@pytest.mark.parametrize(("failures", "seconds"), [(0, 0), (2, 0), (3, 1), (5, 4), (8, 20), (10_000, 20)])
def test_patience_ends_at_its_longest(failures: int, seconds: int) -> None:
    assert Patience(free=3, longest=20).wait(failures) == timedelta(seconds=seconds)


@pytest.mark.parametrize("failures", [0, 7])
def test_clock_that_was_set_back_makes_nobody_wait_until_it_is_that_late_again(engine: Engine, failures: int) -> None:
    attempt(engine)
    succeed(engine)
    now = NOW
    for _ in range(failures):
        now += timedelta(seconds=attempt(engine, at=now) or 0)
    before, waited = NOW - timedelta(hours=1), timedelta(0)
    while (wait := attempt(engine, at=before + waited)) is not None:
        waited += timedelta(seconds=wait)
        assert waited < timedelta(minutes=1)
