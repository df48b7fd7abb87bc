import pytest

from bot.conversations.handoff import MODES, Mode, bot_answers, is_legal_move

LEGAL = {("bot", "waiting"), ("waiting", "human"), ("waiting", "bot"), ("human", "bot"), ("human", "waiting")}


@pytest.mark.parametrize("before", MODES)
@pytest.mark.parametrize("after", MODES)
def test_only_the_agreed_moves_are_legal(before: Mode, after: Mode) -> None:
    assert is_legal_move(before, after) == ((before, after) in LEGAL)


def test_bot_is_silent_only_while_a_human_answers() -> None:
    assert [mode for mode in MODES if not bot_answers(mode)] == ["human"]
