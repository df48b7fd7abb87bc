from pathlib import Path

import pytest

from bot.catalogue.words import content_words, question_words
from bot.errors import InputError


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("Was kostet ein Reisepass?", "de", ["reisepass"]),
        ("und wie lange dauert das?", "de", []),
        ("Welche Unterlagen brauche ich für die Anmeldung meines Hundes?", "de", ["anmeldung", "hundes"]),
        ("how much is a dog licence", "en", ["dog", "licence"]),
        ("and where do I have to go?", "en", []),
    ],
)
def test_only_words_that_may_name_a_service_are_left(text: str, language: str, words: list[str]) -> None:
    assert content_words(text, language) == words  # type: ignore[arg-type]


def test_a_broken_list_is_named(tmp_path: Path) -> None:
    (tmp_path / "de.yml").write_text("stop_words: a b", encoding="utf-8")
    with pytest.raises(InputError, match=r"de\.yml.*facet_words"):
        question_words("de", tmp_path)


def test_hints_name_no_service_and_are_kept_apart() -> None:
    listed = question_words("de")
    assert "weg" in listed.hints <= listed.stop
    assert content_words("Mein Ausweis ist weg", "de") == ["ausweis"]
