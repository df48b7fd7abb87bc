"""What is stored after a fault run, compared with what citizens and caseworkers were told."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import Connection, select

from bot.conversations.handoff import MODE_OF_STATE
from bot.conversations.handoffs import EVENT, HANDOFF, OPEN_STATES
from bot.conversations.queries import CONVERSATION, MESSAGE
from tests.load.record import Written

Keys = Mapping[str, int]  # number in the conversation, by key


@dataclass(frozen=True, kw_only=True)
class Stored:
    """One conversation as the database has it."""

    keys: Keys
    doubled: int  # messages of citizens and caseworkers beyond one per key, and those nobody sent
    answered_twice: int
    unbroken: bool  # numbers are 1, 2, 3 … and `last_number` is the last of them


@dataclass(frozen=True, kw_only=True)
class Losses:
    """What went wrong with messages."""

    lost: int
    out_of_order: int


def read_stored(connection: Connection, conversation_id: str, *, sent: set[str]) -> Stored:
    """The conversation; `sent` are all keys anybody used in it."""
    columns = (MESSAGE.c.number, MESSAGE.c.role, MESSAGE.c.key, MESSAGE.c.reply_to)
    rows = connection.execute(
        select(*columns).where(MESSAGE.c.conversation_id == conversation_id).order_by(MESSAGE.c.number)
    ).all()
    last = connection.scalar(select(CONVERSATION.c.last_number).where(CONVERSATION.c.id == conversation_id))
    spoken = [row for row in rows if row.role in {"citizen", "caseworker"}]
    keys = {row.key: row.number for row in spoken if row.key in sent}
    replies = Counter(row.reply_to for row in rows if row.reply_to is not None)
    return Stored(
        keys=keys,
        doubled=len(spoken) - len(keys),
        answered_twice=sum(count - 1 for count in replies.values()),
        unbroken=[row.number for row in rows] == list(range(1, (last or 0) + 1)),
    )


def compare(written: Iterable[Written], keys: Keys, *, prefix: str = "") -> Losses:
    """Every acknowledged message has to be there, each writer's in the order in which they were acknowledged."""
    lost = out_of_order = 0
    for one in written:
        numbers = [keys.get(prefix + key) for key in one.acknowledged]
        there = [number for number in numbers if number is not None]
        lost += len(numbers) - len(there)
        out_of_order += sum(later < earlier for earlier, later in pairwise(there))
    return Losses(lost=lost, out_of_order=out_of_order)


def count_double_claims(connection: Connection) -> int:
    """Handoffs that were taken more than once without having been given back."""
    rows = connection.execute(select(EVENT.c.handoff_id).where(EVENT.c.kind == "claim")).scalars()
    return sum(count > 1 for count in Counter(rows).values())


def count_stuck(connection: Connection) -> int:
    """Conversations whose mode is not what their open handoff says, or the bot's where there is none."""
    open_ones = select(HANDOFF.c.conversation_id, HANDOFF.c.state).where(HANDOFF.c.state.in_(OPEN_STATES))
    expected = {row.conversation_id: MODE_OF_STATE[row.state] for row in connection.execute(open_ones)}
    modes = connection.execute(select(CONVERSATION.c.id, CONVERSATION.c.mode))
    return sum(row.mode != expected.get(row.id, "bot") for row in modes)


def is_ascending(numbers: Sequence[int]) -> bool:
    """Whether a socket showed every message once and in order, across all reconnects."""
    return all(later == earlier + 1 for earlier, later in pairwise(numbers))


def conversations_of_handoffs(connection: Connection) -> dict[int, str]:
    """The conversation of each handoff."""
    return {row.id: row.conversation_id for row in connection.execute(select(HANDOFF.c.id, HANDOFF.c.conversation_id))}
