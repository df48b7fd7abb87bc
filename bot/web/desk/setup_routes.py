"""Routes beside the conversations: presence, hours, prepared replies, figures. Each with the roles it is for."""

from bot.staff.roles import DESK_ROLES, Role
from bot.web.desk import hours, presence, replies, statistics
from bot.web.desk.hours import HOURS
from bot.web.desk.replies import REPLIES
from bot.web.desk.statistics import STATISTICS
from bot.web.staff.guard import StaffRoute, staff_route

SETS_HOURS: frozenset[Role] = frozenset({"lead", "admin"})
READS_REPLIES: frozenset[Role] = frozenset({"caseworker", "lead", "editor"})
WRITES_REPLIES: frozenset[Role] = frozenset({"lead", "editor"})

SETUP_ROUTES: tuple[StaffRoute, ...] = (
    staff_route("POST", "/desk/presence", presence.say, roles=DESK_ROLES),
    staff_route("POST", "/desk/activity", presence.note_activity, roles=DESK_ROLES, kind="api"),
    staff_route("GET", HOURS, hours.show_all, roles=SETS_HOURS),
    staff_route("GET", f"{HOURS}/{{team}}", hours.show_team, roles=SETS_HOURS),
    staff_route("POST", f"{HOURS}/{{team}}", hours.change, roles=SETS_HOURS),
    staff_route("GET", REPLIES, replies.show_all, roles=READS_REPLIES),
    staff_route("GET", f"{REPLIES}/new", replies.show_new, roles=WRITES_REPLIES),
    staff_route("POST", f"{REPLIES}/new", replies.add, roles=WRITES_REPLIES),
    staff_route("GET", f"{REPLIES}/{{reply}}", replies.show_reply_page, roles=WRITES_REPLIES),
    staff_route("POST", f"{REPLIES}/{{reply}}", replies.change, roles=WRITES_REPLIES),
    staff_route("POST", f"{REPLIES}/{{reply}}/delete", replies.delete, roles=WRITES_REPLIES),
    staff_route("GET", STATISTICS, statistics.show_statistics, roles=DESK_ROLES),
    staff_route("GET", f"{STATISTICS}/export.csv", statistics.export, roles=DESK_ROLES),
)
