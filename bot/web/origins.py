"""Which websites may use the API from a browser: this one, and those the widget is embedded on. Open data: all."""

from urllib.parse import urlsplit

from aiohttp import hdrs, web

from bot.catalogue.exporters.linked import SERVICES_PATH
from bot.web.errors import ApiError

ALLOWED_METHODS = "GET, POST, PUT, DELETE"
ALLOWED_HEADERS = "Authorization, Content-Type, Idempotency-Key"
EXPOSED_HEADERS = "Retry-After, X-Request-Id"
OPEN_METHODS = "GET"
OPEN_ALLOWED_HEADERS = "If-None-Match, If-Modified-Since"
OPEN_EXPOSED_HEADERS = "ETag, Link, X-Request-Id"
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


def is_open_data(path: str) -> bool:
    """Whether the path is of the open data: no token, no cookie, the same for everybody."""
    return path == SERVICES_PATH or path.startswith(f"{SERVICES_PATH}/")


def open_headers() -> dict[str, str]:
    """What lets every website read open data."""
    return {hdrs.ACCESS_CONTROL_ALLOW_ORIGIN: "*", hdrs.ACCESS_CONTROL_EXPOSE_HEADERS: OPEN_EXPOSED_HEADERS}


def open_preflight_response() -> web.Response:
    """The answer to the question before a request for open data, which all may send; the origin is added later."""
    return web.Response(
        status=204,
        headers={
            hdrs.ACCESS_CONTROL_ALLOW_METHODS: OPEN_METHODS,
            hdrs.ACCESS_CONTROL_ALLOW_HEADERS: OPEN_ALLOWED_HEADERS,
            hdrs.ACCESS_CONTROL_MAX_AGE: PREFLIGHT_SECONDS,
        },
    )


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
