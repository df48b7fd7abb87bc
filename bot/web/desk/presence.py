"""Who is at the desk, and whether I am; and that somebody is at work on a page they do not leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web
from sqlalchemy import Connection

from bot.conversations.presence import Seen, Status, find_seen, list_seen, report_presence
from bot.errors import InputError
from bot.staff.roles import Staff
from bot.web.desk.views import read_people
from bot.web.keys import STORE
from bot.web.staff.current import current_staff
from bot.web.staff.forms import read_form
from bot.web.staff.rendering import go_to


@dataclass(frozen=True, kw_only=True)
class PresenceView:
    """Since when I am away (None: I am not), and the colleagues of my teams with their names, who is there first."""

    away_since: datetime | None
    colleagues: Sequence[tuple[str, Seen]]


def read_presence(connection: Connection, staff: Staff, *, since: datetime, at: datetime) -> PresenceView:
    """How it is at `at`; who was seen after `since` is there."""
    names = read_people(connection)
    seen = list_seen(connection, staff.teams, since=since, at=at)
    colleagues = [(names[one.staff_id], one) for one in seen if one.staff_id != staff.id]
    colleagues.sort(key=lambda pair: (pair[1].status != "available", pair[0]))
    return PresenceView(away_since=read_away(connection, staff), colleagues=colleagues)


def read_away(connection: Connection, staff: Staff) -> datetime | None:
    """Since when this member of staff is away; None: they are not."""
    mine = find_seen(connection, staff.id)
    return mine.seen_at if mine is not None and mine.status == "away" else None


async def say(request: web.Request) -> web.Response:
    """POST /desk/presence: status.

    Raises:
        InputError: there is no such status.
    """
    said, staff = (await read_form(request)).text("status"), current_staff(request)
    if said not in {"available", "away"}:
        raise InputError("there is no such status")
    status: Status = "away" if said == "away" else "available"
    await request.app[STORE].write(report_presence, staff.id, status=status, at=datetime.now(UTC))
    return go_to("/desk", done=status)


async def note_activity(_: web.Request) -> web.Response:
    """POST /desk/activity: somebody types or clicks. The guard has kept the session alive; nothing is left to do."""
    return web.Response(status=204)
