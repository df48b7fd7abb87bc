"""The fault run: citizens and caseworkers write while web, worker and action server are killed at random.

`python -m tests.load.faults [--postgresql] [--messages 2000] [--kills 18] [--seed 5]`; exit status 1 where something
was lost, doubled, out of order, claimed twice, stuck, or did not come back.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from aiohttp import ClientSession, ClientTimeout, CookieJar, TCPConnector

from bot.database import opened_engine
from bot.staff import administration
from bot.staff.administration import TeamProfile
from bot.staff.audit import COMMAND_LINE
from bot.staff.passwords import Passwords
from bot.staff.people import NewStaff
from tests import postgresql
from tests.load import verdict
from tests.load.caseworkers import Caseworker
from tests.load.citizens import Citizen, SocketCitizen, number_of
from tests.load.kills import Outage, carry_out, plan_kills
from tests.load.record import Budget, Claims, Written, total
from tests.load.table import Result, is_clean, markdown_table
from tests.processes.running import Running, running_stadtlotse

PASSWORD = "vier lila Kieselsteine"
# Hashing passwords is not what is measured, and nobody here has a telephone for a second factor.
SETTINGS = {
    "STADTLOTSE_SECOND_FACTOR": "optional",
    "STADTLOTSE_ARGON2_MEMORY": "64",
    "STADTLOTSE_ARGON2_PASSES": "1",
    "STADTLOTSE_ARGON2_LANES": "1",
}
REQUEST_SECONDS = 30.0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How much is written by how many, and how often something is killed."""

    messages: int = 2_000
    citizens: int = 50
    caseworkers: int = 5
    kills: int = 18
    thinks: float = 12.0  # a citizen, at most so many seconds before the next message
    seed: int = 5
    seconds: float = 1_800.0  # after which the run counts as failed


@dataclass(kw_only=True)
class Cast:
    """Everybody who takes part."""

    budget: Budget
    claims: Claims = field(default_factory=Claims)
    citizens: list[Citizen] = field(default_factory=list)
    caseworkers: list[Caseworker] = field(default_factory=list)

    def written(self) -> list[Written]:
        """What everybody wrote."""
        of_caseworkers = (one for caseworker in self.caseworkers for one in caseworker.written.values())
        return [*(citizen.written for citizen in self.citizens), *of_caseworkers]


async def run(plan: Plan, running: Running, database_url: str) -> Result:
    """One run against a running Stadtlotse with an empty desk.

    Raises:
        TimeoutError: it did not end in time, or something did not come back.
        LostConversationError: the server refused what cannot be wrong.
    """
    await asyncio.to_thread(make_desk, database_url, plan.caseworkers)
    started = time.monotonic()
    async with AsyncExitStack() as stack, asyncio.timeout(plan.seconds):
        cast = await _invite(plan, running.origin, stack)
        for citizen in cast.citizens:
            await citizen.begin()
        for caseworker in cast.caseworkers:
            await caseworker.sign_in(PASSWORD)
        done = asyncio.Event()
        kills = plan_kills(plan.kills, Random(f"{plan.seed} kills"))
        async with asyncio.TaskGroup() as group:
            outages = group.create_task(carry_out(kills, running, cast.budget))
            for caseworker in cast.caseworkers:
                group.create_task(caseworker.work(done))
            await asyncio.gather(*(citizen.talk(cast.budget) for citizen in cast.citizens))
            await outages
            done.set()
        seconds = time.monotonic() - started
        again = await _everybody_is_answered(cast)
        return await _judge(cast, outages.result(), database_url, seconds=seconds, answered_again=again)


def make_desk(database_url: str, caseworkers: int) -> None:
    """A team with so many members, w1, w2, …"""
    hashed = Passwords(memory=64, passes=1, lanes=1).hash(PASSWORD)
    with opened_engine(database_url) as engine, engine.begin() as connection:
        profile = TeamProfile(names={"de": "Bürgerdienste"}, offices=frozenset(), fallback=True)
        team = administration.add_team(connection, COMMAND_LINE, "buergerdienste", profile)
        for number in range(1, caseworkers + 1):
            new = NewStaff(name=f"w{number}", roles=["caseworker"], languages=("de", "en"), password_hash=hashed)
            administration.add(connection, COMMAND_LINE, new, team_ids=[team], at=datetime.now(UTC))


async def _invite(plan: Plan, origin: str, stack: AsyncExitStack) -> Cast:
    cast = Cast(budget=Budget(plan.messages, limit=plan.messages))
    timeout = ClientTimeout(total=REQUEST_SECONDS)

    async def session() -> ClientSession:
        made = ClientSession(timeout=timeout, connector=TCPConnector(limit=0), cookie_jar=CookieJar(unsafe=True))
        return await stack.enter_async_context(made)

    shared = await session()
    for number in range(plan.citizens):
        kind = SocketCitizen if number % 2 else Citizen
        random = Random(f"{plan.seed} citizen {number}")
        language = "en" if number % 5 == 0 else "de"
        cast.citizens.append(kind(shared, origin, random, number, language, plan.thinks))
    for number in range(1, plan.caseworkers + 1):
        random = Random(f"{plan.seed} caseworker {number}")
        cast.caseworkers.append(Caseworker(await session(), origin, random, f"w{number}", cast.claims, cast.budget))
    return cast


async def _everybody_is_answered(cast: Cast) -> int:
    """How many citizens the bot answers in the end, all handoffs being closed."""
    return sum(await asyncio.gather(*map(_is_answered, cast.citizens)))


async def _is_answered(citizen: Citizen) -> bool:
    key = f"c{citizen.name}-last"
    await citizen.deliver(key, {"text": f"Was kostet ein Reisepass? ({key})"})
    citizen.written.acknowledge(key)
    messages = await citizen.history()
    if isinstance(citizen, SocketCitizen):
        await citizen.leave()
    return messages[-1]["role"] == "bot" and [*map(number_of, messages)] == [*range(1, len(messages) + 1)]


async def _judge(
    cast: Cast, outages: Sequence[Outage], database_url: str, *, seconds: float, answered_again: int
) -> Result:
    return await asyncio.to_thread(
        _judge_stored, cast, outages, database_url, seconds=seconds, answered_again=answered_again
    )


def _judge_stored(
    cast: Cast, outages: Sequence[Outage], database_url: str, *, seconds: float, answered_again: int
) -> Result:
    sent, acknowledged, repeated = total(cast.written())
    losses, stored = [], []
    with opened_engine(database_url) as engine, engine.connect() as connection:
        by_handoff = verdict.conversations_of_handoffs(connection)
        for citizen in cast.citizens:
            desk = [
                (f"desk/{handoff}/", written)
                for caseworker in cast.caseworkers
                for handoff, written in caseworker.written.items()
                if by_handoff.get(handoff) == citizen.id
            ]
            keys = citizen.written.sent | {prefix + key for prefix, written in desk for key in written.sent}
            one = verdict.read_stored(connection, citizen.id, sent=keys)
            stored.append(one)
            losses.append(verdict.compare([citizen.written], one.keys))
            losses += [verdict.compare([written], one.keys, prefix=prefix) for prefix, written in desk]
        double_claims, stuck = verdict.count_double_claims(connection), verdict.count_stuck(connection)
        kind = engine.dialect.name
    sockets = [citizen for citizen in cast.citizens if isinstance(citizen, SocketCitizen)]
    return Result(
        database=kind,
        seconds=seconds,
        sent=sent,
        acknowledged=acknowledged,
        repeated=repeated,
        stored=sum(len(one.keys) for one in stored),
        lost=sum(one.lost for one in losses),
        doubled=sum(one.doubled for one in stored),
        out_of_order=sum(one.out_of_order for one in losses) + sum(not one.unbroken for one in stored),
        answered_twice=sum(one.answered_twice for one in stored),
        unanswered=sum(citizen.unanswered for citizen in cast.citizens),
        sockets_out_of_order=sum(not verdict.is_ascending(citizen.numbers) for citizen in sockets),
        claims_tried=cast.claims.tried,
        claims_won=len(cast.claims.winners),
        claims_doubled=max(cast.claims.doubled, double_claims),
        writes_refused=sum(caseworker.refused for caseworker in cast.caseworkers),
        stuck=stuck,
        citizens=len(cast.citizens),
        answered_again=answered_again,
        outages=tuple(outages),
    )


def main(arguments: Sequence[str]) -> int:
    """Start everything, run once, print the table."""
    options = _parser().parse_args(arguments)
    plan = Plan(messages=options.messages, kills=options.kills, seed=options.seed, seconds=options.seconds)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="stadtlotse-faults-")))
        url = f"sqlite:///{folder}/stadtlotse.db"
        if options.postgresql:
            server = stack.enter_context(postgresql.running_server())
            postgresql.create_database(server, "faults")
            url = f"{server}/faults"
        running = stack.enter_context(running_stadtlotse(folder, url, **SETTINGS))
        try:
            result = asyncio.run(run(plan, running, url))
        finally:
            if options.log:
                Path(options.log).write_bytes(running.log.read_bytes())
    print(markdown_table([result]))
    return 0 if is_clean(result) else 1


def _parser() -> argparse.ArgumentParser:
    defaults = Plan()
    parser = argparse.ArgumentParser(prog="python -m tests.load.faults", description=__doc__)
    parser.add_argument("--postgresql", action="store_true", help="on a PostgreSQL server of its own, not SQLite")
    parser.add_argument("--messages", type=int, default=defaults.messages)
    parser.add_argument("--kills", type=int, default=defaults.kills)
    parser.add_argument("--seed", type=int, default=defaults.seed)
    parser.add_argument("--seconds", type=float, default=defaults.seconds, help="after which it has failed")
    parser.add_argument("--log", default="", metavar="FILE", help="where the output of the processes goes")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
