"""Which messages of a conversation have something hidden in them that may be looked at, by whom and for what."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from sqlalchemy import Connection

from bot.conversations.handoff import EventKind
from bot.conversations.handoffs import OPEN_STATES, StoredHandoff
from bot.conversations.originals import list_originals
from bot.staff.roles import Staff

Reason = Literal["case", "contact", "danger", "other"]

EVENT_OF_REASON: Mapping[Reason, EventKind] = MappingProxyType(
    {
        "case": "reveal_case",
        "contact": "reveal_contact",
        "danger": "reveal_danger",
        "other": "reveal_other",  # in words
    }
)
WORDS_LENGTH = 300


@dataclass(frozen=True, kw_only=True)
class Hidden:
    """Numbers of the messages that this member of staff may look at as they were written."""

    numbers: Collection[int] = ()
    reasons: Collection[Reason] = tuple(EVENT_OF_REASON)
    words_length: int = WORDS_LENGTH


def read_hidden(connection: Connection, handoff: StoredHandoff, staff: Staff) -> Hidden:
    """What can be looked at in this conversation."""
    if not may_reveal(handoff, staff):
        return Hidden()
    return Hidden(numbers=list_originals(connection, handoff.conversation_id))


def may_reveal(handoff: StoredHandoff, staff: Staff) -> bool:
    """Whether it is the assignee, or a lead of the team, and the handoff is open."""
    if handoff.state not in OPEN_STATES or handoff.team_id not in staff.teams:
        return False
    return handoff.assignee_id == staff.id or staff.may("lead")
