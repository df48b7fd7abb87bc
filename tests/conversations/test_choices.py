import re

import pytest

from bot.conversations.choices import make_choice_token, offering_message


@pytest.mark.parametrize("number", [1, 2, 255, 256, 1_000_000, 2**31 - 1])
def test_token_knows_its_message(number: int) -> None:
    token = make_choice_token(number)
    assert re.fullmatch(r"[\w-]{22}", token)
    assert offering_message(token) == number


def test_tokens_of_one_message_differ() -> None:
    assert len({make_choice_token(1) for _ in range(100)}) == 100


@pytest.mark.parametrize("token", ["", "a", "ä" * 22, "A" * 21, "A" * 24, "A" * 500, "=" * 22, "\x00" * 22, "_" * 22])
def test_what_is_no_token_has_no_message(token: str) -> None:
    assert offering_message(token) is None
