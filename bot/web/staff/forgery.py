"""Writes come from our own pages: the page's origin, and a token that only they know.

The token is derived from the session's, or before there is one from the token of the visit.
"""

import hmac
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from bot.staff.tokens import derive
from bot.web.errors import ApiError
from bot.web.keys import SETTINGS
from bot.web.staff.cookies import SESSION, VISIT, read_cookie
from bot.web.staff.forms import read_form

HEADER = "X-CSRF-Token"
FIELD = "csrf"
SAFE = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS})
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


def form_token(request: web.Request) -> str:
    """What a page puts into its forms as the field `csrf`, and its scripts into the header X-CSRF-Token."""
    basis = read_cookie(request, SESSION) or read_cookie(request, VISIT)
    return derive(basis, FIELD) if basis else ""


async def refuse_forged(request: web.Request) -> None:
    """Raise ApiError `forged` for a write that our own page did not send, and for a socket of another page."""
    is_socket = request.headers.get(hdrs.UPGRADE, "").lower() == "websocket"
    if request.method in SAFE and not is_socket:
        return
    origin = request.headers.get(hdrs.ORIGIN)
    if (origin is None and is_socket) or (origin is not None and not _is_ours(request, origin)):
        raise ApiError("forbidden_origin", "this page may not do that", field=hdrs.ORIGIN)
    if is_socket:
        return
    given = request.headers.get(HEADER)
    if given is None and request.content_type in FORMS:
        given = (await read_form(request)).text(FIELD)
    expected = form_token(request)
    # A header may hold bytes that are no text; they are compared like any others.
    if not expected or not hmac.compare_digest((given or "").encode(errors="surrogatepass"), expected.encode()):
        raise ApiError("forged", "the form is too old or was not sent by our page", field=HEADER)


def _is_ours(request: web.Request, origin: str) -> bool:
    ours = request.app[SETTINGS].staff_origin
    return origin.lower() == ours.rstrip("/").lower() if ours else urlsplit(origin).netloc == request.host
