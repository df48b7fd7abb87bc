"""All routes of the desk, each with the roles it is for."""

from bot.staff.roles import DESK_ROLES
from bot.web.desk import actions, catalogue, conversation, queue, reveal, socket, typing, wrong
from bot.web.desk.actions import CONVERSATIONS
from bot.web.desk.queue import DESK
from bot.web.staff.guard import StaffRoute, staff_route

ONE = f"{CONVERSATIONS}/{{handoff}}"

DESK_ROUTES: tuple[StaffRoute, ...] = (
    staff_route("GET", DESK, queue.show_queue, roles=DESK_ROLES),
    staff_route("GET", f"{DESK}/socket", socket.follow_desk, roles=DESK_ROLES),
    staff_route("GET", ONE, conversation.show_conversation, roles=DESK_ROLES),
    staff_route("GET", f"{ONE}/catalogue", catalogue.show_found, roles=DESK_ROLES),
    staff_route("POST", f"{ONE}/claim", actions.claim, roles=DESK_ROLES),
    staff_route("POST", f"{ONE}/release", actions.release, roles=DESK_ROLES),
    staff_route("POST", f"{ONE}/team", actions.transfer_to_team, roles=DESK_ROLES),
    staff_route("POST", f"{ONE}/colleague", actions.transfer_to_colleague, roles=DESK_ROLES),
    staff_route("POST", f"{ONE}/takeover", actions.take_over, roles=DESK_ROLES),
    staff_route("POST", f"{ONE}/messages", actions.write, roles=DESK_ROLES),
    staff_route("POST", f"{ONE}/draft", actions.insert_text, roles=DESK_ROLES),
    staff_route("POST", f"{ONE}/typing", typing.note_typing, roles=DESK_ROLES, kind="api"),
    staff_route("POST", f"{ONE}/notes", actions.add_note, roles=DESK_ROLES),
    staff_route("POST", f"{ONE}/close", actions.close, roles=DESK_ROLES),
    staff_route("POST", f"{ONE}/reveal", reveal.reveal, roles=DESK_ROLES),
    staff_route("POST", f"{ONE}/wrong", wrong.mark, roles=DESK_ROLES),
    staff_route("POST", f"{ONE}/unmark", wrong.take_back, roles=DESK_ROLES),
)
