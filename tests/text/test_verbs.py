"""Verbs that come apart."""

import pytest

from bot.text.verbs import whole_verbs

KNOWN = frozenset({"abmelden", "ablaufen", "ausfullen", "ummelden", "anmelden"})


@pytest.mark.parametrize(
    ("text", "verbs"),
    [
        ("Ich melde das Auto ab", ["abmelden"]),
        ("Ich melde das Auto ab und fahre fort", ["abmelden"]),
        ("Mein Pass läuft bald ab.", ["ablaufen"]),
        ("Was kostet es, ein Gewerbe abzumelden?", ["abmelden"]),
        ("Wer hilft mir beim Ausfüllen, ist das Formular auszufüllen?", ["ausfullen"]),
        ("Das habe ich längst angemeldet", ["anmelden"]),
        ("Er ist abgelaufen, ich habe ihn nicht umgemeldet", ["ablaufen", "ummelden"]),
    ],
)
def test_verbs_are_put_together_again(text: str, verbs: list[str]) -> None:
    assert whole_verbs(text, KNOWN) == verbs


@pytest.mark.parametrize("text", ["", "ab", "ab morgen melde ich mich", "Der Umzug", "Angebote abgeben", "melden, ab"])
def test_what_is_no_known_verb_is_left_alone(text: str) -> None:
    assert whole_verbs(text, KNOWN) == []
