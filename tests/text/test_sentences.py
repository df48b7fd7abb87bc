import pytest

from bot.text.sentences import split_sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Eins. Zwei! Drei? Vier", ["Eins.", "Zwei!", "Drei?", "Vier"]),
        ("Bis zum 1. März. Danach nicht.", ["Bis zum 1. März.", "Danach nicht."]),
        ("Nach § 5 Abs. 2 Nr. 1 gilt das. Sonst nicht.", ["Nach § 5 Abs. 2 Nr. 1 gilt das.", "Sonst nicht."]),
        ("Das sind z. B. Ausweise. Mehr nicht.", ["Das sind z. B. Ausweise.", "Mehr nicht."]),
        ("Erste Zeile\nZweite Zeile", ["Erste Zeile", "Zweite Zeile"]),
        ("Kosten: 5,50 Euro. Bar.", ["Kosten: 5,50 Euro.", "Bar."]),
        ("", []),
        ("   ", []),
    ],
)
def test_text_is_split_into_sentences(text: str, expected: list[str]) -> None:
    assert split_sentences(text) == expected
