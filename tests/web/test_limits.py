import pytest
from aiohttp.test_utils import make_mocked_request

from bot.web.limits import TokenBuckets, client_address


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_bucket_gives_its_capacity_at_once_then_refills_evenly(clock: Clock) -> None:
    buckets = TokenBuckets(3, period=60, clock=clock)
    assert [buckets.take("a") for _ in range(4)] == [None, None, None, 20]
    clock.now += 19
    assert buckets.take("a") == 1
    clock.now += 1
    assert buckets.take("a") is None
    assert buckets.take("a") == 20


def test_bucket_does_not_hold_more_than_its_capacity(clock: Clock) -> None:
    buckets = TokenBuckets(2, period=60, clock=clock)
    clock.now += 3600
    assert [buckets.take("a") for _ in range(3)] == [None, None, 30]


def test_refused_attempts_do_not_lengthen_the_wait(clock: Clock) -> None:
    buckets = TokenBuckets(1, period=60, clock=clock)
    buckets.take("a")
    assert [buckets.take("a") for _ in range(5)] == [60] * 5


def test_waiting_as_long_as_told_is_enough(clock: Clock) -> None:
    buckets = TokenBuckets(7, period=60, clock=clock)
    while (wait := buckets.take("a")) is None:
        pass
    clock.now += wait
    assert buckets.take("a") is None


def test_buckets_do_not_share(clock: Clock) -> None:
    buckets = TokenBuckets(1, period=60, clock=clock)
    assert [buckets.take("a"), buckets.take("b"), buckets.take("a")] == [None, None, 60]


def test_memory_is_bounded_and_the_one_used_longest_ago_is_forgotten(clock: Clock) -> None:
    buckets = TokenBuckets(1, period=60, clock=clock, max_keys=2)
    for key in ("a", "b", "a", "c"):
        buckets.take(key)
    assert buckets.take("a") == 60
    assert buckets.take("b") is None


@pytest.mark.parametrize(
    ("remote", "forwarded", "trusted", "expected"),
    [
        ("192.0.2.1", None, False, "192.0.2.1"),
        ("192.0.2.1", "198.51.100.1", False, "192.0.2.1"),
        ("192.0.2.1", "198.51.100.1", True, "198.51.100.1"),
        ("192.0.2.1", "203.0.113.9, 198.51.100.1", True, "198.51.100.1"),
        ("192.0.2.1", "", True, "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", None, False, "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", None, False, "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", None, False, "192.0.2.1"),
        ("192.0.2.1", "not an address", True, "not an address"),
    ],
)
def test_address_a_request_counts_for(remote: str, forwarded: str | None, trusted: bool, expected: str) -> None:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    request = make_mocked_request("GET", "/", headers=headers).clone(remote=remote)
    assert client_address(request, trusted_proxy=trusted) == expected
