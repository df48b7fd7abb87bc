"""Citizens who talk to a running system, and what they measure."""

import asyncio
import itertools
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from statistics import median
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
    """How much is measured: so many rounds, and the rest in each of them."""

    rounds: int
    warm_up: int
    first_turns: int
    long_conversations: int
    throughput_seconds: float


FULL = Counts(rounds=3, warm_up=50, first_turns=100, long_conversations=14, throughput_seconds=10.0)
QUICK = Counts(rounds=1, warm_up=10, first_turns=40, long_conversations=5, throughput_seconds=8.0)


@dataclass(frozen=True, kw_only=True)
class Replies:
    """What was measured of replies, in seconds: each reply's, or the processor's for all of them."""

    openings: Sequence[float]
    first: Sequence[float]
    first_cpu: float
    late: Sequence[float]
    long_turns: int
    long_cpu: float
    parallel: Sequence[float]
    parallel_time: float


@dataclass(frozen=True, kw_only=True)
class Round:
    """One system, started once: seconds to its first reply, the replies, megabytes after them."""

    start: float
    replies: Replies
    memory_all: float
    memory_worker: float


def measure_replies(
    connect: Connect, sentences: Sentences, counts: Counts, *, round_number: int, pids: list[int]
) -> Replies:
    """The replies of one round; `pids` are the system's processes.

    Raises:
        UnavailableError: a message got no answer, or a phase took longer than `PHASE_TIMEOUT`.
    """
    asyncio.run(_bounded(_first_turns(connect, sentences, f"warm-up {round_number}", counts.warm_up)))

    before = cpu_seconds(pids)
    openings, first = asyncio.run(
        _bounded(_first_turns(connect, sentences, f"first {round_number}", counts.first_turns))
    )
    between = cpu_seconds(pids)
    late = asyncio.run(_bounded(_late_turns(connect, sentences, f"long {round_number}", counts.long_conversations)))
    after = cpu_seconds(pids)
    parallel = asyncio.run(
        _bounded(_parallel(connect, sentences, f"parallel {round_number}", seconds=counts.throughput_seconds))
    )
    return Replies(
        openings=openings,
        first=first,
        first_cpu=between - before,
        late=late,
        long_turns=counts.long_conversations * LATE_TURNS[-1],
        long_cpu=after - between,
        parallel=parallel,
        parallel_time=counts.throughput_seconds,
    )


def combine(rounds: Sequence[Round]) -> dict[str, float]:
    """The figures of all rounds together: percentiles of all replies in milliseconds, medians of the rest."""
    replies = [each.replies for each in rounds]
    openings = [seconds for each in replies for seconds in each.openings]
    first = [seconds for each in replies for seconds in each.first]
    late = [seconds for each in replies for seconds in each.late]
    parallel = [seconds for each in replies for seconds in each.parallel]
    return {
        "opening_p50": 1000 * percentile(openings, 0.5),
        "turn_1_p50": 1000 * percentile(first, 0.5),
        "turn_1_p95": 1000 * percentile(first, 0.95),
        "turn_60_p50": 1000 * percentile(late, 0.5),
        "turn_60_p95": 1000 * percentile(late, 0.95),
        "cpu_turn_1": 1000 * sum(each.first_cpu for each in replies) / len(first),
        "cpu_turn_60": 1000 * sum(each.long_cpu for each in replies) / sum(each.long_turns for each in replies),
        "throughput": len(parallel) / sum(each.parallel_time for each in replies),
        "parallel_p50": 1000 * percentile(parallel, 0.5),
        "parallel_p95": 1000 * percentile(parallel, 0.95),
        "start": median(each.start for each in rounds),
        "memory_all": median(each.memory_all for each in rounds),
        "memory_worker": median(each.memory_worker for each in rounds),
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


async def _late_turns(connect: Connect, sentences: Sentences, phase: str, count: int) -> list[float]:
    replies = []
    async with connect() as citizen:
        for number in range(count):
            conversation = sentences.conversation(f"{phase} {number}", turns=LATE_TURNS[-1])
            await citizen.begin(conversation.language)
            for turn, text in enumerate(conversation.texts, start=1):
                seconds = await _say(citizen, text)
                if turn in LATE_TURNS:
                    replies.append(seconds)
    return replies


async def _parallel(connect: Connect, sentences: Sentences, phase: str, *, seconds: float) -> list[float]:
    """Seconds of each reply while `CITIZENS` talk at the same time, each waiting for a reply before going on."""
    end = time.perf_counter() + seconds
    talks = (_talk_until(end, connect, sentences, f"{phase} {citizen}") for citizen in range(CITIZENS))
    return list(itertools.chain.from_iterable(await asyncio.gather(*talks)))


async def _talk_until(end: float, connect: Connect, sentences: Sentences, name: str) -> list[float]:
    replies: list[float] = []
    async with connect() as citizen:
        for conversation in _endless(sentences, name):
            await citizen.begin(conversation.language)
            for text in conversation.texts:
                taken = await _say(citizen, text)
                if time.perf_counter() > end:
                    return replies
                replies.append(taken)
    raise AssertionError("endless")


def _endless(sentences: Sentences, name: str) -> Iterator[Conversation]:
    for number in itertools.count():
        yield sentences.conversation(f"{name} {number}", turns=TURNS_OF_A_CITIZEN)


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
