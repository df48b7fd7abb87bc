"""Bad values in every field of every form: a refusal or an answer, never an error of ours."""

import re

import pytest

from bot.staff.roles import ROLES
from bot.web.staff.routes import STAFF_ROUTES
from tests.web.conftest import ReadLog
from tests.web.staff.conftest import SignedIn

FIELDS = [
    *("name", "password", "next", "code", "old", "new", "again", "session", "language", "display_name", "role", "team"),
    *("key", "name_de", "name_en", "offices", "fallback"),
    *("status", "version", "text_de", "text_en", "do", "opens-0-0", "closes-0-0", "opens-6-1"),
]
VALUES = [
    "",
    " ",
    "\0",
    "-1",
    "٣",
    "99999999999999999999",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "{{ 1234 * 5678 }}{% for %}",
    "{name}{0}",
    "../../etc/passwd",
    "\r\nSet-Cookie: x=y",
    "\u202e\u0000\ufeff",
    "ä" * 1_500,
    "%00%ff",
    "1e999",
]
FORMS = [route for route in STAFF_ROUTES if route.method == "POST" and "logout" not in route.path]
PAGES = [route for route in STAFF_ROUTES if route.method == "GET"]


@pytest.mark.parametrize("route", FORMS, ids=lambda route: route.path)
async def test_no_form_breaks(signed_in: SignedIn, logged: ReadLog, route: object) -> None:
    browser = await signed_in(*ROLES)
    for value in VALUES:
        path = route.path.replace("{action}", "link").replace("{token}", "A" * 43)  # type: ignore[attr-defined]
        path = re.sub(r"{[^}]+}", "1", path)
        headers = {"X-CSRF-Token": await browser.csrf("/staff" if await browser.is_in() else "/staff/login")}
        data = [(field, value) for field in FIELDS]
        response = await browser.send("POST", path, data=data, headers=headers)
        assert response.status < 500, value
        page = await response.text()
        assert "<script>alert" not in page
        assert "7006652" not in page
        assert "x=y" not in str(response.headers.getall("Set-Cookie", []))
    assert "internal_error" not in logged()


@pytest.mark.parametrize("route", PAGES, ids=lambda route: route.path)
async def test_no_page_breaks(signed_in: SignedIn, logged: ReadLog, route: object) -> None:
    from urllib.parse import quote  # noqa: PLC0415

    browser = await signed_in(*ROLES)
    for value in VALUES:
        path = re.sub(r"{format[^}]*}", "csv", route.path)  # type: ignore[attr-defined]
        path = re.sub(r"{[^}]+}", quote(value, safe="") or "x", path)
        query = "&".join(
            f"{name}={quote(value, safe='')}"
            for name in ("next", "done", "since", "until", "below", "state", "team", "by")
        )
        from yarl import URL  # noqa: PLC0415

        address = URL(f"{browser.origin}{path}?{query}", encoded=True)
        async with browser.session.get(address, allow_redirects=False) as response:
            assert response.status < 500, value
            assert "<script>alert" not in await response.text()
    assert "internal_error" not in logged()
