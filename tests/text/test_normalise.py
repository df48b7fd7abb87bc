import pytest

from bot.text.normalise import clean, fold, split_words


@pytest.mark.parametrize(
    "spelling", ["Führerschein", "FÜHRERSCHEIN", "Fuehrerschein", "Fuhrerschein", "Fu\u0308hrerschein"]
)
def test_spellings_of_an_umlaut_fold_to_the_same_word(spelling: str) -> None:
    assert fold(spelling) == "fuhrerschein"


@pytest.mark.parametrize(
    ("word", "folded"),
    [("Straße", "strasse"), ("neue", "neue"), ("Steuer", "steuer"), ("Quelle", "quelle"), ("Café", "cafe")],
)
def test_other_letters_fold_without_damage(word: str, folded: str) -> None:
    assert fold(word) == folded


def test_hyphenated_words_are_found_in_parts_and_as_one() -> None:
    assert split_words("Kfz-Zulassung in 2 Tagen") == ["kfz", "zulassung", "kfzzulassung", "in", "2", "tagen"]


def test_punctuation_and_emoji_are_no_words() -> None:
    assert split_words("… ?! 🙂 _") == []


def test_invisible_characters_are_removed_and_line_feeds_kept() -> None:
    assert clean("\u200bHal\u200dlo\x00\x07\u202e\nSie\ud800 ") == "Hallo\nSie"
