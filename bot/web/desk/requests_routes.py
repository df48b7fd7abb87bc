"""Routes of requests at the desk, each with the roles it is for."""

from bot.staff.roles import Role
from bot.web.desk import requests, requests_actions
from bot.web.desk.requests_count import REQUESTS
from bot.web.staff.guard import StaffRoute, staff_route

ROLES: frozenset[Role] = frozenset({"caseworker", "lead"})
ONE = f"{REQUESTS}/{{request}}"

REQUEST_ROUTES: tuple[StaffRoute, ...] = (
    staff_route("GET", REQUESTS, requests.show_requests, roles=ROLES),
    staff_route("GET", ONE, requests.show_request, roles=ROLES),
    staff_route("POST", f"{ONE}/take", requests_actions.take, roles=ROLES),
    staff_route("POST", f"{ONE}/release", requests_actions.give_back, roles=ROLES),
    staff_route("POST", f"{ONE}/team", requests_actions.pass_on, roles=ROLES),
    staff_route("POST", f"{ONE}/answer", requests_actions.answer, roles=ROLES),
    staff_route("POST", f"{ONE}/draft", requests_actions.insert_reply, roles=ROLES),
    staff_route("POST", f"{ONE}/mail", requests_actions.mail_again, roles=ROLES),
)
