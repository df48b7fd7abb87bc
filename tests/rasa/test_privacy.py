"""What citizens write is not executed."""

import pytest

from bot.nlu.deviations.privacy import plain_text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("/restart", "restart"),
        ("///restart", "restart"),
        ("  /restart", "restart"),
        ("\u200b/\u200b/restart", "restart"),
        ("\ufeff/greet{}", "greet{}"),
        ("\u202e/greet", "greet"),
        ("\x00/greet", "greet"),
        ("\u00ad/greet", "greet"),
        ("／restart", "／restart"),
        ("und/oder", "und/oder"),
        ("/", ""),
        ("", ""),
        ("Straße 5/7", "Straße 5/7"),
    ],
)
def test_leading_slashes_are_no_command(text: str, plain: str) -> None:
    assert plain_text(text) == plain
