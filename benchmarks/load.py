"""Citizens who talk to a running system, and what they measure."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from benchmarks.figures import percentile
from benchmarks.processes import cpu_seconds
from benchmarks.sentences import Conversation, Sentences
from bot.errors import UnavailableError
from bot.language import Language

LATE_TURNS = range(58, 63)  # measured as "turn 60"; five, so that one long conversation gives more than one figure
CITIZENS = 8
TURNS_OF_A_CITIZEN = 6
PHASE_TIMEOUT = 3_600.0  # seconds; a phase that takes longer is broken

T = TypeVar("T")


class Citizen(Protocol):
    """Somebody at the other end of a connection, with one conversation at a time."""

    async def begin(self, language: Language) -> None:
        """Begin a new conversation."""
        ...

    async def say(self, text: str) -> bool:
        """Send a message and wait for the reply; true if the bot had one."""
        ...


Connect = Callable[[], AbstractAsyncContextManager[Citizen]]


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How much is measured."""

    starts: int
    warm_up: int
    first_turns: int
    long_conversations: int
    throughput_seconds: float


FULL = Counts(starts=3, warm_up=50, first_turns=300, long_conversations=40, throughput_seconds=30.0)
QUICK = Counts(starts=1, warm_up=10, first_turns=40, long_conversations=5, throughput_seconds=8.0)


def measure_replies(connect: Connect, sentences: Sentences, counts: Counts, *, pids: list[int]) -> dict[str, float]:
    """Latencies and processor time per reply in milliseconds, replies per second; `pids` are the system's processes.

    Raises:
        UnavailableError: a message got no answer, or a phase took longer than `PHASE_TIMEOUT`.
    """
    asyncio.run(_bounded(_first_turns(connect, sentences, "warm-up", counts.warm_up)))

    before = cpu_seconds(pids)
    openings, first = asyncio.run(_bounded(_first_turns(connect, sentences, "first", counts.first_turns)))
    between = cpu_seconds(pids)
    late = asyncio.run(_bounded(_late_turns(connect, sentences, counts.long_conversations)))
    after = cpu_seconds(pids)
    throughput = asyncio.run(_bounded(_throughput(connect, sentences, seconds=counts.throughput_seconds)))
    return {
        "opening_p50": 1000 * percentile(openings, 0.5),
        "turn_1_p50": 1000 * percentile(first, 0.5),
        "turn_1_p95": 1000 * percentile(first, 0.95),
        "turn_60_p50": 1000 * percentile(late, 0.5),
        "turn_60_p95": 1000 * percentile(late, 0.95),
        "cpu_turn_1": 1000 * (between - before) / counts.first_turns,
        "cpu_turn_60": 1000 * (after - between) / (counts.long_conversations * LATE_TURNS[-1]),
        "throughput": throughput,
    }


async def first_reply(connect: Connect) -> None:
    """Ask one question, as the first citizen after a start."""
    async with connect() as citizen:
        await citizen.begin("de")
        await _say(citizen, "Guten Tag")


async def _first_turns(
    connect: Connect, sentences: Sentences, phase: str, count: int
) -> tuple[list[float], list[float]]:
    """Seconds of beginning a conversation, and of the first reply."""
    openings, replies = [], []
    async with connect() as citizen:
        for number in range(count):
            conversation = sentences.conversation(f"{phase} {number}", turns=1)
            started = time.perf_counter()
            await citizen.begin(conversation.language)
            openings.append(time.perf_counter() - started)
            replies.append(await _say(citizen, conversation.texts[0]))
    return openings, replies


async def _late_turns(connect: Connect, sentences: Sentences, count: int) -> list[float]:
    replies = []
    async with connect() as citizen:
        for number in range(count):
            conversation = sentences.conversation(f"long {number}", turns=LATE_TURNS[-1])
            await citizen.begin(conversation.language)
            for turn, text in enumerate(conversation.texts, start=1):
                seconds = await _say(citizen, text)
                if turn in LATE_TURNS:
                    replies.append(seconds)
    return replies


async def _throughput(connect: Connect, sentences: Sentences, *, seconds: float) -> float:
    """Replies per second while `CITIZENS` talk at the same time, each waiting for a reply before going on."""
    end = time.perf_counter() + seconds
    counts = await asyncio.gather(*(_talk_until(end, connect, sentences, citizen) for citizen in range(CITIZENS)))
    return sum(counts) / seconds


async def _talk_until(end: float, connect: Connect, sentences: Sentences, name: int) -> int:
    replies = 0
    async with connect() as citizen:
        for conversation in _endless(sentences, name):
            await citizen.begin(conversation.language)
            for text in conversation.texts:
                await _say(citizen, text)
                if time.perf_counter() > end:
                    return replies
                replies += 1
    raise AssertionError("endless")


def _endless(sentences: Sentences, name: int) -> Iterator[Conversation]:
    number = 0
    while True:
        yield sentences.conversation(f"parallel {name} {number}", turns=TURNS_OF_A_CITIZEN)
        number += 1


async def _say(citizen: Citizen, text: str) -> float:
    started = time.perf_counter()
    answered = await citizen.say(text)
    seconds = time.perf_counter() - started
    if not answered:
        raise UnavailableError(f"no answer to: {text}")
    return seconds


async def _bounded(phase: Coroutine[Any, Any, T]) -> T:
    try:
        return await asyncio.wait_for(phase, PHASE_TIMEOUT)
    except TimeoutError as error:
        raise UnavailableError(f"the measurement did not end within {PHASE_TIMEOUT:.0f} s") from error
