"""Kills processes of a running Stadtlotse by a plan, and measures how long it takes until everything answers again."""

import asyncio
import os
import signal
import time
from dataclasses import dataclass
from random import Random

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.load.record import Budget
from tests.processes.running import Running

PROGRAMS = ("web", "worker", "actions")
POLL_SECONDS = 0.05
AT_ONCE_SHARE = 0.3
SLACK = 0.02  # of the messages may be written beyond the next kill: it comes while people write
BACK_SECONDS = 180.0  # after which it does not come back by itself


@dataclass(frozen=True, kw_only=True)
class Kill:
    """A process to be killed as soon as this share of the messages is written; `at_once` also while another is away."""

    share: float
    program: str
    at_once: bool


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
    return tuple(
        Kill(share=share, program=program, at_once=random.random() < AT_ONCE_SHARE)
        for share, program in zip(shares, programs, strict=True)
    )


async def carry_out(plan: tuple[Kill, ...], running: Running, budget: Budget) -> list[Outage]:
    """Kill what the plan says when its time has come."""
    watched: list[asyncio.Task[Outage]] = []
    async with ClientSession(timeout=ClientTimeout(total=5)) as session:
        for kill in plan:
            budget.open_up_to(kill.share + SLACK)
            while budget.share < kill.share:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(POLL_SECONDS)
            if watched and not kill.at_once:
                await asyncio.wait(watched)
            pid = await _find(running, kill.program)
            os.kill(pid, signal.SIGKILL)
            watched.append(asyncio.create_task(_time_outage(kill, pid, running, session)))
        budget.open_up_to(1)
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
