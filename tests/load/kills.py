"""Kills processes of a running Stadtlotse by a plan, and measures how long it takes until everything answers again."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.processes.running import Running

PROGRAMS = ("web", "worker", "actions")
POLL_SECONDS = 0.05
BACK_SECONDS = 180.0  # after which it does not come back by itself


@dataclass(frozen=True, kw_only=True)
class Kill:
    """A process to be killed as soon as this share of the messages is written."""

    share: float
    program: str


@dataclass(frozen=True, kw_only=True)
class Outage:
    """What was killed, and the seconds until everything answered again."""

    program: str
    seconds: float


def plan_kills(count: int, random: Random) -> tuple[Kill, ...]:
    """Each program about as often as the others, spread over the run, at moments nobody knows before."""
    programs = [PROGRAMS[number % len(PROGRAMS)] for number in range(count)]
    random.shuffle(programs)
    shares = sorted(random.uniform(0.03, 0.97) for _ in range(count))
    return tuple(Kill(share=share, program=program) for share, program in zip(shares, programs, strict=True))


async def carry_out(plan: tuple[Kill, ...], running: Running, share: Callable[[], float]) -> list[Outage]:
    """Kill what the plan says when its time has come; kills may come before the last one is made good."""
    watched = []
    async with ClientSession(timeout=ClientTimeout(total=5)) as session:
        for kill in plan:
            while share() < kill.share:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(POLL_SECONDS)
            pid = await _find(running, kill.program)
            os.kill(pid, signal.SIGKILL)
            watched.append(asyncio.create_task(_time_outage(kill, pid, running, session)))
        return list(await asyncio.gather(*watched))


async def _find(running: Running, program: str) -> int:
    """Its process id, as soon as it runs (again)."""
    async with asyncio.timeout(BACK_SECONDS):
        while program not in (found := await asyncio.to_thread(running.children)):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(POLL_SECONDS)
    return found[program]


async def _time_outage(kill: Kill, pid: int, running: Running, session: ClientSession) -> Outage:
    started = time.monotonic()
    async with asyncio.timeout(BACK_SECONDS):
        while (await asyncio.to_thread(running.children)).get(kill.program) in {None, pid}:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(POLL_SECONDS)
        while not await _is_ready(running.origin, session):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(POLL_SECONDS)
    return Outage(program=kill.program, seconds=time.monotonic() - started)


async def _is_ready(origin: str, session: ClientSession) -> bool:
    try:
        async with session.get(f"{origin}/readyz") as response:
            return response.status == 200
    except (ClientError, OSError, TimeoutError):
        return False
