"""All routes for staff, each with the roles it is for. A route without one cannot be made, see `guard`."""

from bot.staff.links import PATH as WELCOME
from bot.staff.roles import Role
from bot.web.desk.history_routes import HISTORY_ROUTES
from bot.web.desk.requests_routes import REQUEST_ROUTES
from bot.web.desk.routes import DESK_ROUTES
from bot.web.desk.setup_routes import SETUP_ROUTES
from bot.web.desk.wrong_list import WRONG_ROUTES
from bot.web.staff import account, audit_pages, files, openid_pages, people_pages, retention_pages, sign_in, team_pages
from bot.web.staff.account import ACCOUNT
from bot.web.staff.audit_pages import AUDIT
from bot.web.staff.guard import ALL_ROLES, StaffRoute, staff_route
from bot.web.staff.paths import HOME, OPENID, OPENID_RETURN, SECOND_FACTOR, SET_UP, SIGN_IN
from bot.web.staff.people_pages import PEOPLE
from bot.web.staff.retention_pages import RETENTION_PAGE
from bot.web.staff.team_pages import TEAMS

ADMIN: frozenset[Role] = frozenset({"admin"})
AUDITOR: frozenset[Role] = frozenset({"auditor"})

# For those who are not signed in yet: the only ones without a role.
OPEN_ROUTES: tuple[StaffRoute, ...] = (
    StaffRoute(method="GET", path=SIGN_IN, handler=sign_in.show_sign_in, roles=None),
    StaffRoute(method="POST", path=SIGN_IN, handler=sign_in.sign_in, roles=None),
    StaffRoute(method="GET", path=OPENID, handler=openid_pages.leave, roles=None),
    StaffRoute(method="GET", path=OPENID_RETURN, handler=openid_pages.come_back, roles=None),
    StaffRoute(method="GET", path=f"{WELCOME}/{{token}}", handler=account.show_welcome, roles=None),
    StaffRoute(method="POST", path=f"{WELCOME}/{{token}}", handler=account.welcome, roles=None),
    StaffRoute(method="POST", path="/staff/language", handler=account.choose_language, roles=None),
    StaffRoute(method="GET", path="/staff/static/{file:.+}", handler=files.serve_file, roles=None),
)

# For those who gave the password: the second factor is still to come.
HALF_ROUTES: tuple[StaffRoute, ...] = tuple(
    StaffRoute(method=method, path=path, handler=handler, roles=ALL_ROLES, half=True)
    for method, path, handler in (
        ("GET", SECOND_FACTOR, sign_in.show_second_factor),
        ("POST", SECOND_FACTOR, sign_in.give_second_factor),
        ("GET", SET_UP, account.show_set_up),
        ("POST", SET_UP, account.set_up),
        ("POST", "/staff/logout", sign_in.sign_out),
    )
)

STAFF_ROUTES: tuple[StaffRoute, ...] = (
    *OPEN_ROUTES,
    *HALF_ROUTES,
    staff_route("GET", HOME, account.show_home, roles=ALL_ROLES),
    staff_route("GET", ACCOUNT, account.show_account, roles=ALL_ROLES),
    staff_route("POST", f"{ACCOUNT}/sessions", account.end_session, roles=ALL_ROLES),
    staff_route("GET", f"{ACCOUNT}/password", account.show_password, roles=ALL_ROLES),
    staff_route("POST", f"{ACCOUNT}/password", account.change_password, roles=ALL_ROLES),
    staff_route("GET", PEOPLE, people_pages.show_people, roles=ADMIN),
    staff_route("GET", f"{PEOPLE}/new", people_pages.show_new, roles=ADMIN),
    staff_route("POST", f"{PEOPLE}/new", people_pages.add, roles=ADMIN),
    staff_route("GET", f"{PEOPLE}/{{person}}", people_pages.show_person, roles=ADMIN),
    staff_route("POST", f"{PEOPLE}/{{person}}", people_pages.change, roles=ADMIN),
    staff_route("POST", f"{PEOPLE}/{{person}}/{{action}}", people_pages.act, roles=ADMIN),
    staff_route("GET", TEAMS, team_pages.show_teams, roles=ADMIN),
    staff_route("GET", f"{TEAMS}/new", team_pages.show_new, roles=ADMIN),
    staff_route("POST", f"{TEAMS}/new", team_pages.add, roles=ADMIN),
    staff_route("GET", f"{TEAMS}/{{team}}", team_pages.show_team, roles=ADMIN),
    staff_route("POST", f"{TEAMS}/{{team}}", team_pages.change, roles=ADMIN),
    staff_route("GET", AUDIT, audit_pages.show_audit, roles=AUDITOR),
    staff_route("GET", f"{AUDIT}/export.{{format:csv|json}}", audit_pages.export, roles=AUDITOR),
    staff_route("GET", RETENTION_PAGE, retention_pages.show_retention, roles=ADMIN | AUDITOR),
    *DESK_ROUTES,
    *WRONG_ROUTES,
    *REQUEST_ROUTES,
    *HISTORY_ROUTES,
    *SETUP_ROUTES,
)
