"""What is kept how long: one line for each kind, with its setting and what deletes it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from sqlalchemy import Connection

from bot.catalogue.missed import forget_missed
from bot.catalogue.validity import TOWN_TIME
from bot.conversations import retention
from bot.conversations.originals import delete_originals
from bot.jobs.runs import delete_runs
from bot.settings import Settings
from bot.staff import audit
from bot.staff.attempts import forget_attempts
from bot.staff.links import clear_links
from bot.staff.sessions import Limits, clear_sessions


class Delete(Protocol):
    """A function that deletes in portions."""

    def __call__(self, connection: Connection, *, limit: int) -> int:
        """Delete up to `limit` of what is old; how many."""
        ...


class Count(Protocol):
    """A function that counts beforehand."""

    def __call__(self, connection: Connection) -> int:
        """How many are old."""
        ...


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Something that is kept for a time. `days` is None where that is no matter of days: sign-ins end by themselves.

    `count` is None where nobody needs to know before. `at_once` is how many go in one transaction, for which other
    writers wait: some 20 to 100 ms.
    """

    name: str
    days: int | None
    delete: Delete
    count: Count | None = None
    at_once: int = 500


def make_kinds(settings: Settings, *, at: datetime) -> tuple[Kind, ...]:
    """All kinds, in the order in which they are deleted, as of that moment."""

    def before(days: int) -> datetime:
        return at - timedelta(days=days)

    conversations, feedback = before(settings.conversation_days), before(settings.feedback_days)
    requests, entries = before(settings.request_days), before(settings.audit_days)
    words = before(settings.missed_word_days).astimezone(TOWN_TIME).date()
    sessions = Limits(idle=timedelta(seconds=settings.session_idle), length=timedelta(seconds=settings.session_length))

    def delete_words(connection: Connection, *, limit: int) -> int:  # noqa: ARG001 - a day has few
        return forget_missed(connection, before=words)

    def delete_sign_ins(connection: Connection, *, limit: int) -> int:  # noqa: ARG001 - of staff alone
        tries = forget_attempts(connection, at=at)
        return tries + clear_links(connection, at=at) + clear_sessions(connection, at=at, limits=sessions)

    return (
        Kind(
            name="conversation",
            days=settings.conversation_days,
            delete=partial(retention.delete_conversations, before=conversations),
            count=partial(retention.count_conversations, before=conversations),
            at_once=50,  # with all their messages
        ),
        Kind(
            name="feedback",
            days=settings.feedback_days,
            delete=partial(retention.delete_feedback, before=feedback),
            count=partial(retention.count_feedback, before=feedback),
        ),
        Kind(
            name="original",
            days=settings.original_days,
            delete=partial(delete_originals, before=before(settings.original_days)),
        ),
        Kind(
            name="request",
            days=settings.request_days,
            delete=partial(retention.delete_requests, before=requests),
            count=partial(retention.count_requests, before=requests),
        ),
        Kind(name="missed_word", days=settings.missed_word_days, delete=delete_words),
        Kind(name="sign_in", days=None, delete=delete_sign_ins),
        Kind(name="job_run", days=settings.audit_days, delete=partial(delete_runs, before=entries)),
        Kind(
            name="audit",
            days=settings.audit_days,
            delete=partial(audit.prune, before=entries),
            count=partial(audit.count_old, before=entries),
            at_once=5_000,  # each time is an entry of its own
        ),
    )
