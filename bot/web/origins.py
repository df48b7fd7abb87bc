"""Which websites may use the API from a browser: this one, and those the widget is embedded on."""

from urllib.parse import urlsplit

from aiohttp import hdrs, web

from bot.web.errors import ApiError

ALLOWED_METHODS = "GET, POST, DELETE"
ALLOWED_HEADERS = "Authorization, Content-Type, Idempotency-Key"
EXPOSED_HEADERS = "Retry-After, X-Request-Id"
PREFLIGHT_SECONDS = "7200"


def parse_origins(text: str) -> frozenset[str]:
    """The origins of the setting `public_origin`: "https://www.auenfurt.example", several with spaces between."""
    return frozenset(origin.rstrip("/").lower() for origin in text.split())


def is_allowed_origin(request: web.Request, *, origins: frozenset[str]) -> bool:
    """True if no browser sent the request, or a page that may use the API did.

    A page of this very server has the host of the request in its origin; the scheme may differ behind a proxy.
    """
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is None:
        return True
    return origin.lower() in origins or urlsplit(origin).netloc.lower() == request.host.lower()


def refuse_other_origin(request: web.Request, *, origins: frozenset[str]) -> None:
    """Raise ApiError unless the page that sent the request may use the API."""
    if not is_allowed_origin(request, origins=origins):
        raise ApiError("forbidden_origin", "this website may not use the API", field=hdrs.ORIGIN)


def cors_headers(request: web.Request, *, origins: frozenset[str]) -> dict[str, str]:
    """What lets a page of an embedding website read the answer."""
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is None or origin.lower() not in origins:
        return {}
    return {
        hdrs.ACCESS_CONTROL_ALLOW_ORIGIN: origin,
        hdrs.ACCESS_CONTROL_EXPOSE_HEADERS: EXPOSED_HEADERS,
    }


def is_preflight(request: web.Request) -> bool:
    """True for the question a browser asks before a request from another website."""
    return request.method == hdrs.METH_OPTIONS and hdrs.ACCESS_CONTROL_REQUEST_METHOD in request.headers


def preflight_response(request: web.Request, *, origins: frozenset[str]) -> web.Response:
    """The answer to it."""
    refuse_other_origin(request, origins=origins)
    return web.Response(
        status=204,
        headers={
            hdrs.ACCESS_CONTROL_ALLOW_METHODS: ALLOWED_METHODS,
            hdrs.ACCESS_CONTROL_ALLOW_HEADERS: ALLOWED_HEADERS,
            hdrs.ACCESS_CONTROL_MAX_AGE: PREFLIGHT_SECONDS,
        },
    )
