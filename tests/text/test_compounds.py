import time

import pytest

from bot.text.compounds import CompoundSplitter

VOCABULARY = {
    "wohnsitz",
    "anmeldung",
    "hund",
    "hunde",
    "steuer",
    "geburt",
    "urkunde",
    "wohnung",
    "geber",
    "bestatigung",
    "steuerbefreiung",
}


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("wohnsitzanmeldung", ("wohnsitz", "anmeldung")),
        ("hundesteuer", ("hunde", "steuer")),
        ("geburtsurkunde", ("geburt", "urkunde")),
        ("wohnungsgeberbestatigung", ("wohnung", "geber", "bestatigung")),
        ("hundesteuerbefreiung", ("hunde", "steuerbefreiung")),
    ],
)
def test_compounds_are_split_into_known_words(word: str, parts: tuple[str, ...]) -> None:
    assert CompoundSplitter(VOCABULARY).split(word) == parts


@pytest.mark.parametrize("word", ["wohnsitz", "reisepass", "steuerx", "2024", ""])
def test_other_words_stay_whole(word: str) -> None:
    assert CompoundSplitter(VOCABULARY).split(word) == ()


def test_a_hostile_word_costs_little() -> None:
    splitter = CompoundSplitter({"aaaa", "aaaaa", "aaaaaa"})
    started = time.perf_counter()
    splitter.split("a" * 60 + "b")
    splitter.split("a" * 59 + "b")
    assert time.perf_counter() - started < 0.5
