"""What happens around every request: id and log line, one error shape, security headers."""

import re
import secrets
import time

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from bot.web.errors import ApiError, from_error, from_http
from bot.web.keys import ORIGINS
from bot.web.origins import (
    cors_headers,
    is_open_data,
    is_preflight,
    open_headers,
    open_preflight_response,
    preflight_response,
)
from bot.web.staff.paths import is_for_staff

REQUEST_ID = web.RequestKey("request_id", str)
REQUEST_ID_HEADER = "X-Request-Id"
API = "/api/"
WIDGET = "/widget/"
HOST = re.compile(r"[A-Za-z0-9.\[\]:-]{1,255}")

log = structlog.get_logger(__name__)

BASE_HEADERS = {
    hdrs.SERVER: "stadtlotse",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
API_POLICY = "default-src 'none'; frame-ancestors 'none'"
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'{sockets}; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


@web.middleware
async def log_request(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request an id and write one line when it is done: route, not path; no address."""
    request_id = secrets.token_hex(8)
    request[REQUEST_ID] = request_id
    started = time.perf_counter()
    with structlog.contextvars.bound_contextvars(request_id=request_id):
        response = await handler(request)
        resource = request.match_info.route.resource
        log.info(
            "request",
            method=request.method if request.method in hdrs.METH_ALL else "?",
            route=resource.canonical if resource else "?",
            status=response.status,
            milliseconds=round((time.perf_counter() - started) * 1000, 1),
        )
    return response


@web.middleware
async def render_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn everything that is raised into the one error shape; what nobody expected is logged and says nothing."""
    try:
        return await handler(request)
    except ApiError as error:
        return error.response()
    except web.HTTPException as error:
        if isinstance(error, web.HTTPMethodNotAllowed) and _looks_at_form(request):
            return web.Response(status=303, headers={hdrs.LOCATION: request.rel_url.raw_path.rpartition("/")[0]})
        return from_http(error).response()
    except Exception as error:  # the last resort before aiohttp's own page
        return from_error(error).response()


def _looks_at_form(request: web.Request) -> bool:
    """Whether somebody reloads, in the address bar, what a form of staff was sent to: the page is one step above.

    /desk/conversations/7/close, when the conversation could not be closed → /desk/conversations/7
    """
    return request.method == hdrs.METH_GET and is_for_staff(request.path) and not request.path.startswith(API)


@web.middleware
async def answer_preflight(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer what browsers ask before a request of a page that embeds the widget."""
    if is_preflight(request) and is_open_data(request.path):
        return open_preflight_response()
    if is_preflight(request) and request.path.startswith(API):
        return preflight_response(request, origins=request.app[ORIGINS])
    return await handler(request)


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Add what every response has to carry (signal on_response_prepare)."""
    headers = response.headers
    for name, value in BASE_HEADERS.items():
        headers[name] = value
    if is_for_staff(request.path):
        # With "no-referrer" browsers keep the origin of a form's page to themselves, and it is checked there.
        headers["Referrer-Policy"] = "same-origin"
    if REQUEST_ID in request:
        headers[REQUEST_ID_HEADER] = request[REQUEST_ID]
    if request.path.startswith(WIDGET):
        # Town websites load the widget from here.
        headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = "*"
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        headers["Content-Security-Policy"] = API_POLICY
        return
    if is_open_data(request.path):
        headers.update(open_headers())
        headers.setdefault(hdrs.CACHE_CONTROL, "no-store")  # of refusals
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        headers["Content-Security-Policy"] = API_POLICY
        return
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers.setdefault(hdrs.CACHE_CONTROL, "no-store")
    is_page = response.content_type == "text/html"
    headers["Content-Security-Policy"] = PAGE_POLICY.format(sockets=_sockets(request)) if is_page else API_POLICY
    if request.path.startswith(API):
        headers.add(hdrs.VARY, hdrs.ORIGIN)
        headers.update(cors_headers(request, origins=request.app[ORIGINS]))


def _sockets(request: web.Request) -> str:
    """Older browsers do not count WebSockets to one's own server as 'self'."""
    return f" ws://{request.host} wss://{request.host}" if HOST.fullmatch(request.host) else ""
