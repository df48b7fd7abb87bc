"""Ended conversations as lines of a file: CSV for spreadsheets, JSON Lines for programs. Columns: docs/staff.md."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.catalogue.validity import TOWN_TIME
from bot.conversations.handoffs import StoredHandoff
from bot.conversations.history_messages import ShownMessage
from bot.conversations.records import Feedback
from bot.staff.exports import BOM, csv_row


@dataclass(frozen=True, kw_only=True)
class Exported:
    """An ended conversation with names in place of ids. Of staff there are none: docs/staff.md says why."""

    handoff: StoredHandoff
    team: str
    service: str
    waited: timedelta | None
    handled: timedelta | None
    feedback: Feedback | None
    messages: Sequence[ShownMessage]


COLUMNS: Mapping[str, Callable[[Exported], object]] = {
    "number": lambda one: one.handoff.id,
    "requested_at": lambda one: _moment(one.handoff.requested_at),
    "claimed_at": lambda one: _moment(one.handoff.claimed_at),
    "ended_at": lambda one: _moment(one.handoff.closed_at),
    "team": lambda one: one.team,
    "reason": lambda one: one.handoff.reason,
    "language": lambda one: one.handoff.language,
    "service_id": lambda one: one.handoff.service_id,
    "service": lambda one: one.service or None,
    "outcome": lambda one: one.handoff.outcome or one.handoff.state,
    "waiting_seconds": lambda one: _seconds(one.waited),
    "handling_seconds": lambda one: _seconds(one.handled),
    "helpful": lambda one: None if one.feedback is None else one.feedback.helpful,
    "comment": lambda one: None if one.feedback is None else one.feedback.comment,
    "messages": lambda one: len(one.messages),
}


@dataclass(frozen=True, kw_only=True)
class Format:
    """How a file begins, and how a conversation stands in it."""

    content_type: str
    begin: str
    line: Callable[[Exported], str]


def csv_line(one: Exported) -> str:
    """One row; `messages` is their number."""
    values = (read(one) for read in COLUMNS.values())
    return csv_row(str(value).lower() if isinstance(value, bool) else value for value in values)


def json_line(one: Exported) -> str:
    """One object; `messages` are the messages themselves."""
    plain = {name: read(one) for name, read in COLUMNS.items()}
    plain["messages"] = [_message(message) for message in one.messages]
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")) + "\n"


def _message(message: ShownMessage) -> dict[str, Any]:
    return {
        "number": message.number,
        "at": _moment(message.at),
        "role": message.role,
        "language": message.language,
        "text": message.text,
    }


def _moment(at: datetime | None) -> str | None:
    """ISO 8601 by the town's clock, with its distance from UTC: "2026-05-04T11:00:00+02:00"."""
    return None if at is None else at.astimezone(TOWN_TIME).isoformat(timespec="seconds")


def _seconds(length: timedelta | None) -> int | None:
    return None if length is None else length // timedelta(seconds=1)


FORMATS: Mapping[str, Format] = {
    "csv": Format(content_type="text/csv", begin=BOM + csv_row(COLUMNS), line=csv_line),
    "jsonl": Format(content_type="application/jsonl", begin="", line=json_line),
}
