"""Bad values in every field and address of every route for staff: a refusal or an answer, never an error of ours.

Routes, their addresses and the fields they read are found out, not listed: a new route is walked with the others.
"""

import asyncio
import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from aiohttp import ClientResponse, FormData
from sqlalchemy import Engine
from yarl import URL

from bot.database import Base
from bot.staff.roles import ROLES, Role
from bot.web.staff.guard import StaffRoute
from bot.web.staff.routes import STAFF_ROUTES
from tests.web.conftest import ReadLog
from tests.web.staff.conftest import Browser, Hire
from tests.web.staff.hostile import IDS, OF_TEAMS, Asked, Ground, listening, places, usual

UNUSABLE = ["\0", "x\0y", "ä" * 20_000]
VALUES = [
    "",
    " ",
    *UNUSABLE,
    "-1",
    "٣",
    "1e999",
    "99999999999999999999",
    "9223372036854775808",
    "ä" * 1_500,
    "' OR 1=1 --",
    "%_\\*\"' AND (SELECT 1); DROP TABLE staff",
    "\"><script>alert(1)</script><img src=x onerror='alert(1)'>",
    "{{ 1234 * 5678 }}{% for %}",
    "{name}{0}{0.__class__}",
    "../../etc/passwd",
    "//evil.example/",
    "\r\nSet-Cookie: x=y",
    "\u202e\ufeff\uffff\U0010ffff",
    "%00%ff",
    "0001-01-01",
    "9999-12-31T23:59:59+00:00",
]
NO_TEXT = ["%", "%zz", "%ff%fe", "%ed%a0%80", "%00"]  # as it stands in an address
FORGED = ["0", "-1", "+1", "1.0", "0x1", "٣", "1 OR 1=1", "999999999", "9223372036854775808", "9" * 400, "x", "..", "%"]
FORMS = [route for route in STAFF_ROUTES if route.method != "GET"]
PAGES = [route for route in STAFF_ROUTES if route.method == "GET"]
URLENCODED = "application/x-www-form-urlencoded"


def name_of(route: StaffRoute) -> str:
    return f"{route.method} {route.path}"


def routes(*chosen: StaffRoute) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("route", chosen, ids=name_of)


@pytest.fixture
def ground(engine: Engine, hire: Hire, browser: Browser) -> Ground:
    """Somebody who may do everything, in one team of two."""
    return Ground(engine, browser, "h.sommer", hire("h.sommer", *ROLES))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    with listening(monkeypatch) as names:
        yield names


@pytest.fixture(autouse=True)
def _nothing_breaks(logged: ReadLog) -> Iterator[None]:
    yield
    lines = logged()
    assert "internal_error" not in lines
    assert "Traceback" not in lines


def check(response: ClientResponse, text: str, *about: object) -> None:
    """It is no error of ours, and nothing of what was sent is taken for a part of the page."""
    assert response.status < 500, about
    assert "<script>alert" not in text, about
    assert "onerror='" not in text, about
    assert "7006652" not in text, about
    assert not any("x=y" in cookie for cookie in response.headers.getall("Set-Cookie", [])), about
    location = response.headers.get("Location", "/")
    assert re.match(r"/(?!/)", location), about


async def fields_of(ground: Ground, route: StaffRoute, asked: Asked) -> list[str]:
    """The names of the fields that a form's handler reads; of a table of fields one."""
    known: set[str] = set()
    for _ in range(4):
        asked.fields.clear()
        await ground.send(route, ground.path(route), data={name: usual(name) for name in known})
        await ground.send(route, ground.path(route), data={})
        if asked.fields <= known:
            break
        known |= asked.fields
    first: dict[str, str] = {}
    for name in sorted(known):
        first.setdefault(re.sub(r"\d+", "0", name), name)
    return [name for name in first.values() if name != "csrf"]


async def usual_fields(ground: Ground, route: StaffRoute, asked: Asked) -> dict[str, str]:
    """A form of the route as somebody might fill it in."""
    return {name: usual(name) for name in await fields_of(ground, route, asked)} if route.method != "GET" else {}


def everything(engine: Engine) -> dict[str, list[object]]:
    """All that is stored, but for when a session was last used."""
    with engine.connect() as connection:
        tables = [table for table in Base.metadata.sorted_tables if table.name != "staff_session"]
        return {table.name: sorted(map(repr, connection.execute(table.select()))) for table in tables}


@routes(*FORMS)
async def test_no_form_breaks(ground: Ground, asked: Asked, route: StaffRoute) -> None:
    names = await fields_of(ground, route, asked)
    for name in names:
        for value in VALUES:
            fields = {other: usual(other) for other in names} | {name: value}
            await ground.enter()
            asked.fields.clear()
            response = await ground.send(route, ground.path(route), data=fields)
            check(response, await response.text(), name, value)
            if value in UNUSABLE and name in asked.fields and route.roles is not None:
                assert 400 <= response.status < 500, (name, value[:5])


@routes(*FORMS)
async def test_no_form_breaks_by_fields_that_come_often_or_as_files(
    ground: Ground, asked: Asked, route: StaffRoute
) -> None:
    names = await fields_of(ground, route, asked)
    often = [(name, value) for name in names for value in (usual(name), "\0", "x" * 3_000, usual(name))]
    response = await ground.send(route, ground.path(route), data=often)
    check(response, await response.text(), often)
    files = FormData(default_to_multipart=True)
    for name in names:
        files.add_field(name, b"\xff\x00<script>alert(1)</script>", filename="../x.html", content_type="text/html")
    response = await ground.send(route, ground.path(route), data=files)
    check(response, await response.text(), "files")


@routes(*FORMS)
async def test_no_form_breaks_by_what_is_no_form(ground: Ground, asked: Asked, route: StaffRoute) -> None:
    names = await fields_of(ground, route, asked)

    def every(value: str) -> bytes:
        return "&".join(f"{name}={value}" for name in names or ["text"]).encode("latin-1")

    surrogates = [
        (f"{URLENCODED}; charset=unicode_escape", every(r"\ud800")),
        (f"{URLENCODED}; charset=utf-7", every("+2AA-")),
        (URLENCODED, every("\xff\xfe")),
    ]
    part = b'--x\r\nContent-Disposition: form-data; name="text"\r\n'
    for content_type, body in [
        *surrogates,
        (f"{URLENCODED}; charset=nonsense", every("1")),
        (f"{URLENCODED}; charset=rot13", every("1")),
        (f"{URLENCODED}; charset=utf-16", every("1")),
        (URLENCODED, every("%ff%fe%00")),
        (URLENCODED, every("%ed%a0%80")),
        (URLENCODED, b"&".join([b"a=1"] * 5_000)),
        (URLENCODED, b"&&==&=%&%zz=%zz"),
        (URLENCODED, b"text=" + b"x" * 1_000_000),
        ("application/json", b'{"text": 1}'),
        ("text/html", b"<b>"),
        ("x/y/z; ;;", b"text=1"),
        ("multipart/form-data", b"text=1"),
        ("multipart/form-data; boundary=x", b"--y\r\n\r\n"),
        ("multipart/form-data; boundary=x", part + b"\r\nends in the mid"),
        (
            "multipart/form-data; boundary=x",
            part + b"Content-Type: text/plain; charset=unicode_escape\r\n\r\n\\ud800\r\n--x--",
        ),
        ("multipart/form-data; boundary=x", part + b"Content-Type: multipart/mixed; boundary=y\r\n\r\n--y--\r\n--x--"),
        ("multipart/form-data; boundary=x", part + b"Content-Transfer-Encoding: base64\r\n\r\n&\r\n--x--"),
    ]:
        headers = {"Content-Type": content_type}
        await ground.enter()
        asked.fields.clear()
        response = await ground.send(route, ground.path(route), data=body, headers=headers)
        check(response, await response.text(), content_type, body[:100])
        if asked.fields - {"csrf"} and (content_type, body) in surrogates:
            assert 400 <= response.status < 500, (content_type, body[:100])


@routes(*PAGES)
async def test_no_page_breaks(ground: Ground, asked: Asked, route: StaffRoute) -> None:
    await ground.send(route, ground.path(route))
    names = sorted(asked.parameters)
    path = ground.path(route)
    for value in [*(quote(value, safe="") for value in VALUES if len(value) < 5_000), *NO_TEXT]:
        for name in names:
            query = f"?{name}={value}&{name}=1"
            response = await ground.send(route, f"{path}{query}")
            check(response, await response.text(), name, value)


@routes(*STAFF_ROUTES)
async def test_no_address_breaks_by_what_is_no_text(ground: Ground, asked: Asked, route: StaffRoute) -> None:
    """Bytes that no browser sends: in the path, the query, cookies and other headers."""
    await ground.send(route, ground.path(route))
    cookie, places_filled = ground.browser.cookie(), dict.fromkeys(places(route), "\xff")
    query = "&".join(f"{name}=\xff" for name in sorted(asked.parameters) or ["next"])
    for path, token in (
        (ground.path(route, **places_filled), cookie),
        (ground.path(route, **places_filled), ""),
        (f"{ground.path(route)}?{query}", cookie),
        (f"{ground.path(route)}?{query}", ""),
        (ground.path(route), "\xff" * 43),
    ):
        url = URL(ground.browser.origin)
        reader, writer = await asyncio.open_connection(url.host, url.port)
        lines = [
            f"{route.method} {path} HTTP/1.1",
            f"Host: {url.authority}",
            f"Cookie: stadtlotse-session={token}; stadtlotse-language=\xff",
            "User-Agent: \xff",
            "Accept-Language: \xff",
            "X-CSRF-Token: \xff",
            "Content-Length: 0",
            "Connection: close",
        ]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
        answer = await reader.read()
        writer.close()
        assert re.match(rb"HTTP/1\.[01] [234]", answer), (path, answer[:200])


@routes(*(route for route in STAFF_ROUTES if places(route) & IDS))
async def test_forged_ids_name_nothing(ground: Ground, asked: Asked, route: StaffRoute) -> None:
    [name], fields = places(route) & IDS, await usual_fields(ground, route, asked)
    for forged in FORGED:
        path = ground.path(route, **{name: quote(forged, safe="")})
        response = await ground.send(route, path, data=fields)
        assert response.status == 404 or (route.method != "GET" and response.status in {409, 422}), forged
        check(response, await response.text(), forged)


@routes(*(route for route in STAFF_ROUTES if places(route) & OF_TEAMS and (route.roles or set()) - {"admin"}))
async def test_what_belongs_to_another_team_is_not_there(
    engine: Engine, hire: Hire, browser: Browser, asked: Asked, route: StaffRoute
) -> None:
    ground = Ground(engine, browser, "h.sommer", hire("h.sommer", "caseworker", "lead"))
    await ground.enter()
    fields, path = await usual_fields(ground, route, asked), ground.path(route, foreign=True)
    before = everything(engine)
    response = await ground.send(route, path, data=fields)
    assert response.status in {403, 404}
    assert everything(engine) == before


@pytest.mark.parametrize("role", ROLES)
async def test_each_role_writes_where_it_may_only(engine: Engine, hire: Hire, browser: Browser, role: Role) -> None:
    ground = Ground(engine, browser, "h.sommer", hire("h.sommer", role))
    for route in FORMS:
        if route.roles is not None and role not in route.roles:
            assert (await ground.send(route, ground.path(route))).status == 403, route.path
