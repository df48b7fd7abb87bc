"""Routes of the history, each with the roles it is for."""

from bot.staff.roles import Role
from bot.web.desk.export import export_history
from bot.web.desk.history import EXPORTERS, HISTORY, show_history
from bot.web.staff.guard import StaffRoute, staff_route

READERS: frozenset[Role] = frozenset({"caseworker", "lead"})

HISTORY_ROUTES: tuple[StaffRoute, ...] = (
    staff_route("GET", HISTORY, show_history, roles=READERS),
    staff_route("GET", f"{HISTORY}/export.{{format:csv|jsonl}}", export_history, roles=EXPORTERS),
)
