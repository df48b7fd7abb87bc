"""Limits on how often something may happen, by token bucket. Kept in memory, bounded, per process."""

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable

from aiohttp import web

MAX_KEYS = 20_000


class TokenBuckets:
    """One bucket per key: `capacity` tokens, refilled evenly within `period` seconds.

    At `MAX_KEYS` keys the one used longest ago is forgotten, so that a flood of addresses cannot fill the memory.
    """

    def __init__(
        self,
        capacity: int,
        *,
        period: float,
        clock: Callable[[], float] = time.monotonic,
        max_keys: int = MAX_KEYS,
    ) -> None:
        self._capacity = capacity
        self._rate = capacity / period
        self._clock = clock
        self._max_keys = max_keys
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # key → (tokens, moment)

    def take(self, key: str) -> int | None:
        """Take one token; None if there was one, otherwise the whole seconds until there is (at least 1)."""
        now = self._clock()
        tokens, moment = self._buckets.pop(key, (float(self._capacity), now))
        tokens = min(self._capacity, tokens + (now - moment) * self._rate)
        granted = tokens >= 1
        self._buckets[key] = (tokens - 1 if granted else tokens, now)
        if len(self._buckets) > self._max_keys:
            self._buckets.popitem(last=False)
        return None if granted else max(1, math.ceil((1 - tokens) / self._rate))

    def forget(self, key: str) -> None:
        """Drop the bucket of something that no longer exists."""
        self._buckets.pop(key, None)


def client_address(request: web.Request, *, trusted_proxy: bool) -> str:
    """The address a request counts for; behind a trusted proxy the last one in X-Forwarded-For, which the proxy added.

    An IPv6 address counts as its /64, which is what one customer gets.
    """
    address = request.remote or ""
    if trusted_proxy:
        forwarded = ",".join(request.headers.getall("X-Forwarded-For", ())).rsplit(",", 1)[-1].strip()
        address = forwarded or address
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((int(parsed), 64), strict=False))
