"""Who sends this request; the guard puts it here."""

from aiohttp import web

from bot.staff.roles import Staff
from bot.staff.sessions import Session

SESSION_KEY = web.RequestKey("staff_session", Session)


def current_staff(request: web.Request) -> Staff:
    """Who sent the request; for handlers of `staff_route`."""
    return request[SESSION_KEY].staff


def current_session(request: web.Request) -> Session:
    """Their session."""
    return request[SESSION_KEY]


def session_if_any(request: web.Request) -> Session | None:
    """The same, for handlers of those who are about to sign in."""
    return request.get(SESSION_KEY)
