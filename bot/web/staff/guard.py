"""Before every page and address for staff: who is it, and may they?

A route names the roles that may use it. `check_guarded` refuses an application in which one does not.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import quote

from aiohttp import hdrs, web

from bot.errors import InputError
from bot.settings import Settings
from bot.staff.roles import ROLES, Role
from bot.staff.sessions import Limits, Session, find_session, touch_session
from bot.staff.tokens import TOKEN_BYTES
from bot.web.errors import ApiError, from_error, from_http
from bot.web.keys import SETTINGS, STORE
from bot.web.staff.activity import is_automatic
from bot.web.staff.cookies import SESSION as SESSION_COOKIE
from bot.web.staff.cookies import read_cookie
from bot.web.staff.current import SESSION_KEY
from bot.web.staff.forgery import refuse_forged
from bot.web.staff.paths import HOME, SECOND_FACTOR, SIGN_IN, is_for_staff
from bot.web.staff.rendering import show_error

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Kind = Literal["page", "api"]

ALL_ROLES: frozenset[Role] = frozenset(ROLES)
TOKEN_LENGTH = -(-TOKEN_BYTES * 8 // 6)

GUARDED = web.AppKey("guarded", set[Handler])


@dataclass(frozen=True, kw_only=True)
class StaffRoute:
    """A route for staff. `roles` None is for those who are about to sign in; only bot.web.staff.routes has such.

    `half` lets in who gave the password and not yet the second factor.
    """

    method: str
    path: str
    handler: Handler
    roles: frozenset[Role] | None
    kind: Kind = "page"
    half: bool = False


def staff_route(
    method: str, path: str, handler: Handler, *, roles: Collection[Role], kind: Kind = "page"
) -> StaffRoute:
    """A route for those who have one of the roles.

    Raises:
        ValueError: it names no role, or one that there is not.
    """
    if not roles or not ALL_ROLES.issuperset(roles):
        raise ValueError(f"{method} {path}: name one of the roles {', '.join(ROLES)}")
    return StaffRoute(method=method, path=path, handler=handler, roles=frozenset(roles), kind=kind)


def session_limits(settings: Settings) -> Limits:
    """After how long sessions end."""
    return Limits(idle=timedelta(seconds=settings.session_idle), length=timedelta(seconds=settings.session_length))


async def read_session(request: web.Request) -> Session | None:
    """The session of the request's cookie, complete or half, if it is valid now.

    A socket that stays open asks this again from time to time.
    """
    token = read_cookie(request, SESSION_COOKIE)
    if len(token) != TOKEN_LENGTH:
        return None
    store, at = request.app[STORE], datetime.now(UTC)
    limits = session_limits(request.app[SETTINGS])
    return await store.read(find_session, token, at=at, limits=limits)


def add_staff_routes(app: web.Application, routes: Collection[StaffRoute]) -> None:
    """Put routes into `app`, each behind the guard."""
    guarded = app.setdefault(GUARDED, set())
    for route in routes:
        handler = _guarded(route)
        guarded.add(handler)
        if route.method == hdrs.METH_GET:
            app.router.add_get(route.path, handler)  # and HEAD
        else:
            app.router.add_route(route.method, route.path, handler)


def check_guarded(app: web.Application) -> None:
    """Raise RuntimeError if something for staff can be reached past the guard."""
    for route in app.router.routes():
        path = route.resource.canonical if route.resource is not None else ""
        if is_for_staff(path) and route.handler not in app[GUARDED]:
            raise RuntimeError(f"{route.method} {path} is for staff and names no role; add it by staff_route")


def _guarded(route: StaffRoute) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await _answer(route, request)
        except InputError as error:
            refusal = ApiError("invalid", str(error))
            if route.kind == "api":
                raise refusal from error
            return show_error(request, refusal)
        except web.HTTPException as error:
            if route.kind == "api" or error.status < 400:  # a redirect
                raise
            return show_error(request, from_http(error))
        except Exception as error:
            if route.kind == "api":
                raise
            return show_error(request, from_error(error))

    return handle


async def _answer(route: StaffRoute, request: web.Request) -> web.StreamResponse:
    session = await read_session(request)
    if session is not None:
        request[SESSION_KEY] = session
    if route.roles is not None:
        if session is None or not (session.complete or route.half):
            return _sign_in_first(route, request, session)
        if not session.staff.may(*route.roles):
            raise ApiError("forbidden", f"this is for {', '.join(sorted(route.roles))}")
    await refuse_forged(request)
    if session is not None and not is_automatic(request) and session.is_due(now := datetime.now(UTC)):
        await request.app[STORE].write(touch_session, session.token_hash, at=now)
    return await route.handler(request)


def _sign_in_first(route: StaffRoute, request: web.Request, session: Session | None) -> web.Response:
    if route.kind == "api":
        raise ApiError("unauthorized", "sign in first")
    wanted = request.path_qs if request.method == hdrs.METH_GET else HOME
    page = SIGN_IN if session is None else SECOND_FACTOR
    return web.Response(status=303, headers={hdrs.LOCATION: f"{page}?next={quote(wanted, safe='')}"})
