from contextlib import asynccontextmanager

import pytest

from benchmarks import load
from benchmarks.sentences import Sentences
from bot.errors import UnavailableError

KINDS = {"service": ("Gebühren",), "faq": ("Kontakt",), "dialogue": ("Hallo",)}
SENTENCES = Sentences({"de": KINDS, "en": KINDS})
COUNTS = load.Counts(starts=1, warm_up=2, first_turns=3, long_conversations=2, throughput_seconds=0.05)


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


def test_all_figures_are_measured():
    figures = load.measure_replies(connect_to([]), SENTENCES, COUNTS, pids=[])
    assert {"turn_1_p50", "turn_1_p95", "turn_60_p50", "turn_60_p95", "throughput", "opening_p50"} <= set(figures)
    assert figures["throughput"] > 0


def test_conversations_have_the_length_they_are_measured_at():
    said = []
    load.measure_replies(connect_to(said), SENTENCES, COUNTS, pids=[])
    one_by_one = COUNTS.warm_up + COUNTS.first_turns
    assert [len(texts) for texts in said[:one_by_one]] == [1] * one_by_one
    assert [len(texts) for texts in said[one_by_one:][: COUNTS.long_conversations]] == [62, 62]


def test_message_without_an_answer_ends_the_measurement():
    with pytest.raises(UnavailableError, match="no answer to"):
        load.measure_replies(connect_to([], silent_at=61), SENTENCES, COUNTS, pids=[])
