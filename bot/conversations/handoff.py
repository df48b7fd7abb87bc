"""Who answers a conversation, and which changes of that are legal."""

from typing import Literal, get_args

Mode = Literal["bot", "waiting", "human"]

MODES: tuple[Mode, ...] = get_args(Mode)

LEGAL_MOVES: dict[Mode, frozenset[Mode]] = {
    "bot": frozenset({"waiting"}),  # the citizen asks for a human
    "waiting": frozenset({"human"}),  # a caseworker takes the conversation
    "human": frozenset({"bot"}),  # the caseworker hands it back
}


def is_legal_move(before: Mode, after: Mode) -> bool:
    """True if a conversation in mode `before` may change to `after`."""
    return after in LEGAL_MOVES[before]


def bot_answers(mode: Mode) -> bool:
    """True while the bot answers: also for a citizen who waits for a caseworker."""
    return mode != "human"
