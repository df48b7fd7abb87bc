"""Who has what somebody else wanted, as a page says it."""

from collections.abc import Callable

from aiohttp import web
from sqlalchemy import Connection

from bot.errors import HandoffTakenError
from bot.staff.roles import Staff
from bot.web.desk.views import read_people
from bot.web.keys import STORE
from bot.web.staff.current import current_staff

Visible = Callable[[Connection, int, Staff], object]  # raises NotFoundError for another team's


async def who_has_it(
    request: web.Request, error: HandoffTakenError, wanted: int, *, visible: Visible
) -> tuple[str, str]:
    """The end of a phrase's key, and a name for colleagues of its team: ("taken", "Frau Sommer"), ("free", "")."""
    assignee_id, staff = error.assignee_id, current_staff(request)
    if assignee_id is None:
        return "free", ""

    def look(connection: Connection) -> str:
        visible(connection, wanted, staff)
        return read_people(connection).get(assignee_id, "")

    return "taken", await request.app[STORE].read(look)
