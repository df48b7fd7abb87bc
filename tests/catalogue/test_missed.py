from datetime import date

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.catalogue.missed import MissedWord, count_missed, countable_words, forget_missed, list_missed
from bot.language import Language

DAY, NEXT = date(2026, 11, 22), date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Wo kriege ich die Schrottkarre los, Schrottkarre?", ("schrottkarre",)),
        ("Mein Aktenzeichen ist AB12CD", ("aktenzeichen",)),
        ("und was kostet das?", ()),
        ("Zz " + "x" * 41, ()),
    ],
)
def test_single_folded_words_without_digits_are_counted(text: str, words: tuple[str, ...]) -> None:
    assert set(words) <= set(countable_words(text, "de"))
    assert not [word for word in countable_words(text, "de") if any(map(str.isdigit, word)) or len(word) > 40]


def test_a_long_message_counts_twenty_words_at_most() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    assert len(countable_words(" ".join(f"wort{letter}" for letter in letters), "de")) == 20


def count(engine: Engine, *words: str, day: date = DAY, language: Language = "de") -> None:
    with engine.begin() as connection:
        count_missed(connection, words, language=language, day=day)


def listed(engine: Engine, since: date = DAY) -> list[MissedWord]:
    with Session(engine) as session:
        return list_missed(session, since=since)


def test_words_are_shown_from_two_uses_on_over_days_and_per_language(engine: Engine) -> None:
    count(engine, "schrottkarre", "mofa")
    count(engine, "schrottkarre", day=NEXT)
    count(engine, "mofa", language="en")
    count(engine)
    assert listed(engine) == [MissedWord(language="de", word="schrottkarre", count=2)]
    assert listed(engine, since=NEXT) == []


def test_old_words_are_forgotten(engine: Engine) -> None:
    count(engine, "alt")
    count(engine, "alt", "neu", day=NEXT)
    count(engine, "neu", day=NEXT)
    with engine.begin() as connection:
        forget_missed(connection, before=NEXT)
    assert [missed.word for missed in listed(engine)] == ["neu"]
