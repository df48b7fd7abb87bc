import pytest

from bot.text.normalise import fold
from bot.text.stem import stem


@pytest.mark.parametrize(
    ("one", "other"),
    [("Anmeldung", "anmelden"), ("Reisepässe", "Reisepass"), ("Gebühr", "Gebühren"), ("umtauschen", "Umtausch")],
)
def test_inflected_german_words_share_a_stem(one: str, other: str) -> None:
    assert stem(fold(one), "de") == stem(fold(other), "de")


@pytest.mark.parametrize(("one", "other"), [("registering", "registered"), ("permits", "permit")])
def test_inflected_english_words_share_a_stem(one: str, other: str) -> None:
    assert stem(one, "en") == stem(other, "en")


def test_registering_and_deregistering_stay_apart() -> None:
    assert stem("anmelden", "de") != stem("abmelden", "de")
