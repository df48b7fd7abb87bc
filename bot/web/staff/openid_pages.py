"""Signing in at the town's OpenID Connect provider: there, and back."""

from datetime import UTC, datetime
from urllib.parse import quote, unquote

import structlog
from aiohttp import web
from sqlalchemy import Connection

from bot.staff.external import NotAdmittedError, admit, parse_role_map, roles_of
from bot.web.errors import ApiError
from bot.web.keys import SETTINGS, STORE
from bot.web.staff.cookies import drop_cookie, read_cookie, set_cookie
from bot.web.staff.keys import OPENID
from bot.web.staff.openid import Pending, Provider, ProviderUnavailableError, RefusedError
from bot.web.staff.paths import OPENID_RETURN, safe_path
from bot.web.staff.rendering import go_to
from bot.web.staff.sign_in import begin_session, sign_in_page, with_session

PENDING = "stadtlotse-openid"
PENDING_SECONDS = 600

log = structlog.get_logger(__name__)


async def leave(request: web.Request) -> web.Response:
    """GET /staff/openid?next=…: to the provider. A link, not a form: forms may not lead to other websites."""
    pending, next_page = Pending.new(), safe_path(request.query.get("next", ""))
    try:
        address = await _provider(request).address(pending, return_to=_return_to(request))
    except ProviderUnavailableError as error:
        log.warning("openid_unavailable", exc_info=error)
        return sign_in_page(request, next_page=next_page, fault="openid_unavailable")
    response = go_to(address)
    value = ".".join((pending.state, pending.nonce, pending.verifier, quote(next_page, safe="")))
    set_cookie(request, response, PENDING, value, seconds=PENDING_SECONDS)
    return response


async def come_back(request: web.Request) -> web.Response:
    """GET /staff/openid/return?code=…&state=…: from the provider."""
    parts = read_cookie(request, PENDING).split(".", 3)
    next_page = safe_path(unquote(parts[-1])) if len(parts) == 4 else ""
    try:
        response = await _enter(request, parts, next_page=next_page)
    except NotAdmittedError as error:
        response = sign_in_page(request, next_page=next_page, fault=error.reason)
    except RefusedError as error:
        log.warning("openid_refused", exc_info=error)
        response = sign_in_page(request, next_page=next_page, fault="openid_failed")
    except ProviderUnavailableError as error:
        log.warning("openid_unavailable", exc_info=error)
        response = sign_in_page(request, next_page=next_page, fault="openid_unavailable")
    drop_cookie(request, response, PENDING)
    return response


async def _enter(request: web.Request, parts: list[str], *, next_page: str) -> web.Response:
    if len(parts) != 4:
        raise RefusedError("no sign-in is under way in this browser")
    pending = Pending(state=parts[0], nonce=parts[1], verifier=parts[2])
    if "error" in request.query:
        raise NotAdmittedError("openid_refused")
    claims = await _provider(request).claims(request.query, pending, return_to=_return_to(request))
    settings = request.app[SETTINGS]
    role_map = parse_role_map(settings.oidc_roles)
    roles = roles_of(claims, claim=settings.oidc_role_claim, role_map=role_map) if role_map else None

    def welcome(connection: Connection) -> str:
        account = admit(connection, claims, roles=roles, at=datetime.now(UTC))
        return begin_session(connection, request, account, complete=True)

    return with_session(request, go_to(next_page), await request.app[STORE].write(welcome))


def _provider(request: web.Request) -> Provider:
    provider = request.app[OPENID]
    if provider is None:
        raise ApiError("not_found", "no provider is set up")
    return provider


def _return_to(request: web.Request) -> str:
    origin = request.app[SETTINGS].staff_origin.rstrip("/") or f"{request.scheme}://{request.host}"
    return f"{origin}{OPENID_RETURN}"
