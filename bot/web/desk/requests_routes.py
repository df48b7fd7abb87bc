"""Routes of requests at the desk, each with the roles it is for."""

from bot.staff.roles import DESK_ROLES
from bot.web.desk import requests, requests_actions
from bot.web.desk.requests_count import REQUESTS
from bot.web.staff.guard import StaffRoute, staff_route

ONE = f"{REQUESTS}/{{request}}"

REQUEST_ROUTES: tuple[StaffRoute, ...] = (
    staff_route("GET", REQUESTS, requests.show_requests, roles=DESK_ROLES),
    staff_route("GET", ONE, requests.show_request, roles=DESK_ROLES),
    staff_route("POST", f"{ONE}/take", requests_actions.take, roles=DESK_ROLES),
    staff_route("POST", f"{ONE}/release", requests_actions.give_back, roles=DESK_ROLES),
    staff_route("POST", f"{ONE}/team", requests_actions.pass_on, roles=DESK_ROLES),
    staff_route("POST", f"{ONE}/answer", requests_actions.answer, roles=DESK_ROLES),
    staff_route("POST", f"{ONE}/draft", requests_actions.insert_reply, roles=DESK_ROLES),
    staff_route("POST", f"{ONE}/mail", requests_actions.mail_again, roles=DESK_ROLES),
)
