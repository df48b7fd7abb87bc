"""Who answers a conversation, what a handoff can be, and which changes of both are legal (ADR 19)."""

from typing import Literal, get_args

Mode = Literal["bot", "waiting", "human"]
State = Literal["waiting", "active", "closed", "left"]
Reason = Literal["wish", "failed_twice", "abuse", "complaint", "crisis", "button"]
Result = Literal["solved", "forwarded", "unsolved", "unanswered", "abuse"]
EventKind = Literal[
    "claim",
    "release",
    "transfer_team",
    "transfer_colleague",
    "takeover",
    "lead_wrote",
    "note",
    "close",
    "leave",
    "urgent",
    "reveal_case",
    "reveal_contact",
    "reveal_danger",
    "reveal_other",
]

MODES: tuple[Mode, ...] = get_args(Mode)
STATES: tuple[State, ...] = get_args(State)
REASONS: tuple[Reason, ...] = get_args(Reason)
RESULTS: tuple[Result, ...] = get_args(Result)

LEGAL_MOVES: dict[Mode, frozenset[Mode]] = {
    "bot": frozenset({"waiting"}),  # the citizen wants a human
    "waiting": frozenset({"human", "bot"}),  # a caseworker takes the conversation; the citizen leaves the queue
    "human": frozenset({"bot", "waiting"}),  # it is closed; it is given back to the queue
}

MODE_OF_STATE: dict[State, Mode] = {"waiting": "waiting", "active": "human", "closed": "bot", "left": "bot"}


def is_legal_move(before: Mode, after: Mode) -> bool:
    """True if a conversation in mode `before` may change to `after`."""
    return after in LEGAL_MOVES[before]


def bot_answers(mode: Mode) -> bool:
    """True while the bot answers: also for a citizen who waits for a caseworker."""
    return mode != "human"
