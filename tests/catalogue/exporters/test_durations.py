import pytest

from bot.catalogue.exporters.durations import duration_in, parse_duration
from bot.language import LANGUAGES, Language


@pytest.mark.parametrize(
    ("text", "language", "duration"),
    [
        ("Etwa zwei Wochen.", "de", "P14D"),
        ("ca. 3 Monate", "de", "P3M"),
        ("in der Regel etwa eine Woche", "de", "P7D"),
        ("1 Tag", "de", "P1D"),
        ("About three weeks.", "en", "P21D"),
        ("an hour", "en", "PT1H"),
        ("20  minutes", "en", "PT20M"),
        ("two years", "en", "P2Y"),
    ],
)
def test_a_plain_duration_is_read(text: str, language: Language, duration: str) -> None:
    assert parse_duration(text, language) == duration


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Sofort.",
        "Etwa vier bis sechs Wochen.",
        "drei Werktage",
        "zwei Wochen, wenn alles vorliegt",
        "bis zu zwei Wochen",
        "2,5 Wochen",
        "two weeks",
        "99999 Tage",
        "²  Tage",
    ],
)
def test_what_says_more_or_less_than_a_duration_is_left_out(text: str) -> None:
    assert parse_duration(text, "de") == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_its_words(language: Language) -> None:
    assert parse_duration("12345678", language) == ""


def test_the_first_text_that_is_a_duration_counts() -> None:
    assert duration_in({"de": "Sofort.", "en": "one day"}) == "P1D"
    assert duration_in({}) == ""
