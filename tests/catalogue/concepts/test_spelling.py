import pytest

from bot.catalogue.concepts.spelling import Spellings

SPELLINGS = Spellings(["register", "registrieren", "reisepass", "passenger", "fuhrerschein", "hund"])


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("regsiter", "register"),
        ("reispass", "reisepass"),
        ("passanger", "passenger"),
        ("fuhrerschien", "fuhrerschein"),
    ],
)
def test_a_misspelt_word_is_near_to_the_one_meant(word: str, meant: str) -> None:
    [(near, part)] = SPELLINGS.nearest(word)
    assert near == meant
    assert 0.4 < part < 1.0


@pytest.mark.parametrize("word", ["", "hnud", "eisepass", "regentonne", "reisekostenabrechnung"])
def test_short_words_other_beginnings_and_other_words_are_near_to_none(word: str) -> None:
    assert SPELLINGS.nearest(word) == []
