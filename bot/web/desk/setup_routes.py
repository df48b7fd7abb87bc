"""Routes beside the conversations: presence, hours, prepared replies, figures. Each with the roles it is for."""

from bot.staff.roles import Role
from bot.web.desk import presence
from bot.web.staff.guard import StaffRoute, staff_route

AT_DESK: frozenset[Role] = frozenset({"caseworker", "lead"})

SETUP_ROUTES: tuple[StaffRoute, ...] = (
    staff_route("POST", "/desk/presence", presence.say, roles=AT_DESK),
    staff_route("POST", "/desk/activity", presence.note_activity, roles=AT_DESK, kind="api"),
)
