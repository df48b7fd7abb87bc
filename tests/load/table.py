"""The result of a fault run, and its table."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from tests.load.kills import PROGRAMS, Outage


@dataclass(frozen=True, kw_only=True)
class Result:
    """Counts of one run; all from `lost` to `writes_refused` and `stuck` should be 0."""

    database: str
    seconds: float
    sent: int
    acknowledged: int
    repeated: int
    stored: int
    lost: int
    doubled: int
    out_of_order: int
    answered_twice: int
    unanswered: int
    sockets_out_of_order: int
    claims_tried: int
    claims_won: int
    claims_doubled: int
    writes_refused: int
    stuck: int
    citizens: int
    answered_again: int
    outages: tuple[Outage, ...]


ROWS = (
    ("messages sent", "sent"),
    ("acknowledged", "acknowledged"),
    ("sent again under the same key", "repeated"),
    ("stored", "stored"),
    ("acknowledged and lost", "lost"),
    ("stored twice", "doubled"),
    ("out of order", "out_of_order"),
    ("answered twice by the bot", "answered_twice"),
    ("never answered by the bot", "unanswered"),
    ("sockets that showed something twice, never or out of order", "sockets_out_of_order"),
    ("claims tried", "claims_tried"),
    ("claims won", "claims_won"),
    ("conversations claimed by two", "claims_doubled"),
    ("answers refused to the one who has the conversation", "writes_refused"),
    ("conversations stuck in a mode", "stuck"),
)
FAULTS = (
    "lost",
    "doubled",
    "out_of_order",
    "answered_twice",
    "unanswered",
    "sockets_out_of_order",
    "claims_doubled",
    "writes_refused",
    "stuck",
)


def faults_of(result: Result) -> dict[str, int]:
    """What should be 0 and is not."""
    found = {name: getattr(result, name) for name in FAULTS}
    found["not_answered_again"] = result.citizens - result.answered_again
    found["sent_not_stored"] = result.sent - result.stored
    return {name: count for name, count in found.items() if count}


def is_clean(result: Result) -> bool:
    """Whether nothing went wrong."""
    return not faults_of(result)


def markdown_table(results: Sequence[Result]) -> str:
    """One column per database."""
    lines = [["", *(result.database for result in results)], ["---", *("---:" for _ in results)]]
    lines += [[title, *(str(getattr(result, name)) for result in results)] for title, name in ROWS]
    lines.append(
        ["citizens the bot answers in the end", *(f"{one.answered_again} of {one.citizens}" for one in results)]
    )
    for program in PROGRAMS:
        lines.append([f"{program} killed, times", *(str(_kills(one, program)) for one in results)])
        lines.append(
            [f"seconds until everything answers again after {program}, median / longest"]
            + [_seconds(one, program) for one in results]
        )
    lines.append(["seconds in all", *(f"{one.seconds:.0f}" for one in results)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _kills(result: Result, program: str) -> int:
    return sum(outage.program == program for outage in result.outages)


def _seconds(result: Result, program: str) -> str:
    seconds = [outage.seconds for outage in result.outages if outage.program == program]
    return f"{median(seconds):.1f} / {max(seconds):.1f}" if seconds else "–"
