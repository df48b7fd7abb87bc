"""Cookies of staff: the session, a visit before it, the language."""

from urllib.parse import urlsplit

from aiohttp import web

from bot.language import DEFAULT_LANGUAGE, LANGUAGES, Language
from bot.settings import Settings
from bot.web.keys import SETTINGS

SESSION = "stadtlotse-session"
VISIT = "stadtlotse-visit"
LANGUAGE = "stadtlotse-language"
HOST = "__Host-"  # browsers then take the cookie by TLS alone, for this host alone
YEAR = 31_536_000


def is_secure(request: web.Request) -> bool:
    """Whether the browser reached us by TLS, as far as settings and the proxy say."""
    settings: Settings = request.app[SETTINGS]
    if settings.staff_origin:
        return urlsplit(settings.staff_origin).scheme == "https"
    return settings.trusted_proxy and request.headers.get("X-Forwarded-Proto", "https") == "https"


def read_cookie(request: web.Request, name: str) -> str:
    """The cookie's value, "" if there is none; ours are plain ASCII, and what is not is not ours."""
    value = request.cookies.get(_full(request, name), "")
    return value if value.isascii() else ""


def set_cookie(
    request: web.Request, response: web.StreamResponse, name: str, value: str, *, seconds: int | None = None
) -> None:
    """Give the browser a cookie, until it is closed or for so many seconds.

    Lax, not Strict: who comes from the provider's sign-in page, or by a link in an e-mail, brings the cookie. It is not
    sent with forms of other websites, and every write asks for more than the cookie.
    """
    response.set_cookie(
        _full(request, name),
        value,
        max_age=seconds,
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="Lax",
    )


def drop_cookie(request: web.Request, response: web.StreamResponse, name: str) -> None:
    """Take it away."""
    response.del_cookie(_full(request, name), path="/", secure=is_secure(request), httponly=True, samesite="Lax")


def page_language(request: web.Request) -> Language:
    """German, unless somebody asked for another language."""
    chosen = read_cookie(request, LANGUAGE)
    return next((language for language in LANGUAGES if language == chosen), DEFAULT_LANGUAGE)


def _full(request: web.Request, name: str) -> str:
    return f"{HOST}{name}" if is_secure(request) else name
