"""Routes of the history, each with the roles it is for."""

from bot.staff.roles import DESK_ROLES
from bot.web.desk.export import export_history
from bot.web.desk.history import EXPORTERS, HISTORY, show_history
from bot.web.staff.guard import StaffRoute, staff_route

HISTORY_ROUTES: tuple[StaffRoute, ...] = (
    staff_route("GET", HISTORY, show_history, roles=DESK_ROLES),
    staff_route("GET", f"{HISTORY}/export.{{format:csv|jsonl}}", export_history, roles=EXPORTERS),
)
