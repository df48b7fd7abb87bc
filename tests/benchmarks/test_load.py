from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from benchmarks import load
from benchmarks.sentences import Sentences
from bot.errors import UnavailableError

KINDS = {"service": ("Gebühren",), "faq": ("Kontakt",), "dialogue": ("Hallo",)}
SENTENCES = Sentences({"de": KINDS, "en": KINDS})
COUNTS = load.Counts(rounds=1, warm_up=2, first_turns=3, long_conversations=2, throughput_seconds=0.05)
REPLIES = load.Replies(
    openings=[0.001],
    first=[0.010, 0.020],
    first_cpu=0.030,
    late=[0.011],
    long_turns=100,
    long_cpu=1.0,
    parallel=[0.030] * 100,
    parallel_time=2.0,
)
ROUND = load.Round(start=5.0, replies=REPLIES, memory_all=700.0, memory_worker=300.0)


class FakeCitizen:
    def __init__(self, said, *, silent_at=None):
        self._said, self._silent_at = said, silent_at

    async def begin(self, language):
        self._said.append([])

    async def say(self, text):
        self._said[-1].append(text)
        return len(self._said[-1]) != self._silent_at


def connect_to(said, **options):
    @asynccontextmanager
    async def connect():
        yield FakeCitizen(said, **options)

    return connect


def measure(connect):
    return load.measure_replies(connect, SENTENCES, COUNTS, round_number=0, pids=[])


def test_every_reply_is_measured():
    replies = measure(connect_to([]))
    assert (len(replies.openings), len(replies.first), len(replies.late)) == (3, 3, 10)
    assert replies.parallel


def test_conversations_have_the_length_they_are_measured_at():
    said = []
    measure(connect_to(said))
    one_by_one = COUNTS.warm_up + COUNTS.first_turns
    assert [len(texts) for texts in said[:one_by_one]] == [1] * one_by_one
    assert [len(texts) for texts in said[one_by_one:][: COUNTS.long_conversations]] == [62, 62]


def test_message_without_an_answer_ends_the_measurement():
    with pytest.raises(UnavailableError, match="no answer to"):
        measure(connect_to([], silent_at=61))


def test_percentiles_are_of_the_replies_of_all_rounds():
    slower = replace(ROUND, replies=replace(REPLIES, first=[0.040] * 3, first_cpu=0.120))
    figures = load.combine([ROUND, slower])
    assert figures["turn_1_p50"] == pytest.approx(40)
    assert figures["cpu_turn_1"] == pytest.approx(30)
    assert figures["cpu_turn_60"] == pytest.approx(10)


def test_throughput_is_of_the_time_of_all_rounds():
    idle = replace(ROUND, replies=replace(REPLIES, parallel=[0.050] * 20))
    assert load.combine([ROUND, idle])["throughput"] == pytest.approx(30)
    assert load.combine([ROUND, idle])["parallel_p95"] == pytest.approx(50)


def test_start_and_memory_are_those_of_the_median_round():
    rounds = [ROUND, replace(ROUND, start=9.0, memory_all=900.0), replace(ROUND, start=6.0, memory_all=800.0)]
    figures = load.combine(rounds)
    assert (figures["start"], figures["memory_all"], figures["memory_worker"]) == (6.0, 800.0, 300.0)
