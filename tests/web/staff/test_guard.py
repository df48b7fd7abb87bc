"""No door for staff without a lock, and no write from elsewhere."""

import re

import pytest
from aiohttp import ClientSession
from aiohttp import web as aiohttp_web

from bot.settings import Settings
from bot.staff.roles import ROLES, Role
from bot.web.app import make_app
from bot.web.staff.guard import GUARDED, staff_route
from bot.web.staff.paths import PREFIXES, is_for_staff
from bot.web.staff.routes import HALF_ROUTES, OPEN_ROUTES, STAFF_ROUTES
from tests.web.conftest import Web
from tests.web.staff.conftest import Browser, SignedIn

# Written down once more, so that another door is opened on purpose only.
OPEN = {
    ("GET", "/staff/login"),
    ("POST", "/staff/login"),
    ("GET", "/staff/openid"),
    ("GET", "/staff/openid/return"),
    ("GET", "/staff/welcome/{token}"),
    ("POST", "/staff/welcome/{token}"),
    ("POST", "/staff/language"),
    ("GET", "/staff/static/{file:.+}"),
}
HALF = {
    ("GET", "/staff/second-factor"),
    ("POST", "/staff/second-factor"),
    ("GET", "/staff/second-factor/new"),
    ("POST", "/staff/second-factor/new"),
    ("POST", "/staff/logout"),
}
GUARDED_ROUTES = [route for route in STAFF_ROUTES if route.roles is not None]
WRITES = [route for route in GUARDED_ROUTES if route.method != "GET"]


def path_of(pattern: str) -> str:
    """An address that the pattern fits."""
    for name, value in ((r"{format[^}]*}", "csv"), (r"{action}", "sessions"), (r"{[^}]+}", "1")):
        pattern = re.sub(name, value, pattern)
    return pattern


async def say_hello(request: aiohttp_web.Request) -> aiohttp_web.Response:
    return aiohttp_web.Response(text="hello")


def test_only_these_routes_are_open() -> None:
    assert {(route.method, route.path) for route in STAFF_ROUTES if route.roles is None} == OPEN
    assert {(route.method, route.path) for route in OPEN_ROUTES} == OPEN
    assert {(route.method, route.path) for route in STAFF_ROUTES if route.half} == HALF
    assert {(route.method, route.path) for route in HALF_ROUTES} == HALF


def test_every_route_for_staff_is_guarded_and_names_its_roles() -> None:
    app = make_app(Settings(database_url="sqlite:///:memory:"))
    declared = {(route.method, re.sub(r":[^}]+}", "}", route.path)): route.roles for route in STAFF_ROUTES}
    seen = set()
    for route in app.router.routes():
        assert route.resource is not None
        path = route.resource.canonical
        if is_for_staff(path):
            assert route.handler in app[GUARDED], path
            seen.add((route.method, path))
    assert {(method, path) for method, path in seen if method != "HEAD"} == set(declared)
    for (method, path), roles in declared.items():
        assert roles is None or roles, (method, path)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_application_with_an_unguarded_route_does_not_start(prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def add_routes(app: aiohttp_web.Application) -> None:
        app.router.add_get(f"{prefix}/forgotten", say_hello)

    monkeypatch.setattr("bot.web.app.add_routes", add_routes)
    with pytest.raises(RuntimeError, match=f"{prefix}/forgotten is for staff and names no role"):
        make_app(Settings(database_url="sqlite:///:memory:"))


@pytest.mark.parametrize("roles", [set(), {"boss"}, {"admin", "boss"}])
def test_route_without_a_role_that_exists_cannot_be_made(roles: set[Role]) -> None:
    with pytest.raises(ValueError, match="name one of the roles"):
        staff_route("GET", "/desk", say_hello, roles=roles)


@pytest.mark.parametrize("route", GUARDED_ROUTES, ids=lambda route: f"{route.method} {route.path}")
async def test_who_is_not_signed_in_is_sent_to_sign_in(web: Web, browser: Browser, route: object) -> None:
    method, path = route.method, path_of(route.path)  # type: ignore[attr-defined]
    response = await browser.send(method, path)
    if route.kind == "api":  # type: ignore[attr-defined]
        assert (response.status, (await response.json())["error"]["code"]) == (401, "unauthorized")
    else:
        assert response.status == 303
        assert response.headers["Location"].startswith("/staff/login?next=")


@pytest.mark.parametrize("role", ROLES)
async def test_each_role_opens_its_own_doors_only(signed_in: SignedIn, role: Role) -> None:
    browser = await signed_in(role)
    for route in GUARDED_ROUTES:
        if route.method != "GET" or route.half:
            continue
        response = await browser.get(path_of(route.path))
        # Who may look is told what is not there, or what is wrong with the question.
        assert (response.status == 403) == (role not in (route.roles or ())), route.path
        assert response.status < 500, route.path


@pytest.mark.parametrize("route", WRITES, ids=lambda route: f"{route.method} {route.path}")
@pytest.mark.parametrize("token", [None, "", "0" * 64, "ä"])
async def test_write_without_the_forms_token_is_refused(signed_in: SignedIn, route: object, token: str | None) -> None:
    browser = await signed_in(*ROLES)
    data = {} if token is None else {"csrf": token}
    response = await browser.send(route.method, path_of(route.path), data=data)  # type: ignore[attr-defined]
    assert response.status == 403
    said = "forged" if route.kind == "api" else "Das Formular ist zu alt"  # type: ignore[attr-defined]
    assert said in await response.text()
    assert await browser.is_in()


@pytest.mark.parametrize("route", [route for route in WRITES if route.kind == "page"], ids=lambda route: route.path)
async def test_address_of_a_form_that_is_reloaded_leads_to_its_page(signed_in: SignedIn, route: object) -> None:
    browser = await signed_in(*ROLES)
    path = path_of(route.path)  # type: ignore[attr-defined]
    response = await browser.get(path)
    if response.status == 303:
        assert response.headers["Location"] == path.rpartition("/")[0]
        response = await browser.get(response.headers["Location"])
    assert response.content_type == "text/html"
    assert response.status in {200, 404}  # there is no object behind the address


async def test_token_of_another_session_is_refused(signed_in: SignedIn) -> None:
    browser, other = await signed_in(), await signed_in(name="anderer")
    data = {"csrf": await other.csrf("/staff")}
    response = await browser.send("POST", "/staff/logout", data=data)
    assert response.status == 403
    assert await browser.is_in()


async def test_token_in_a_header_does_as_well(signed_in: SignedIn) -> None:
    browser = await signed_in()
    headers = {"X-CSRF-Token": await browser.csrf("/staff")}
    response = await browser.send("POST", "/staff/logout", headers=headers)
    assert response.status == 303


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://127.0.0.1.evil.example"]
)
async def test_write_from_another_website_is_refused(signed_in: SignedIn, origin: str) -> None:
    browser = await signed_in()
    response = await browser.post("/staff/logout", headers={"Origin": origin})
    assert response.status == 403
    assert await browser.is_in()
    assert (await browser.post("/staff/logout", headers={"Origin": browser.origin})).status == 303


async def test_sign_in_form_of_another_website_is_refused(browser: Browser) -> None:
    data = {"name": "h.sommer", "password": "x"}
    response = await browser.send("POST", "/staff/login", data=data)
    assert response.status == 403


async def test_socket_of_another_website_is_refused(
    start_web: object, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A route as the desk will have: it opens for our own page and for no other."""
    from aiohttp import WSServerHandshakeError  # noqa: PLC0415

    browser = await signed_in()

    async def talk(request: aiohttp_web.Request) -> aiohttp_web.WebSocketResponse:
        socket = aiohttp_web.WebSocketResponse()
        await socket.prepare(request)
        await socket.close()
        return socket

    from bot.web.staff import routes  # noqa: PLC0415

    route = staff_route("GET", "/api/v1/desk/socket", talk, roles=ROLES, kind="api")
    monkeypatch.setattr("bot.web.app.STAFF_ROUTES", (*routes.STAFF_ROUTES, route))
    web = await start_web()  # type: ignore[operator]
    cookie = {"Cookie": f"stadtlotse-session={browser.cookie()}"}
    async with ClientSession() as client:
        for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
            with pytest.raises(WSServerHandshakeError) as refused:
                await client.ws_connect(f"{web.origin}/api/v1/desk/socket", headers={**headers, **cookie})
            assert refused.value.status == 403
        with pytest.raises(WSServerHandshakeError) as refused:
            await client.ws_connect(f"{web.origin}/api/v1/desk/socket", headers={"Origin": web.origin})
        assert refused.value.status == 401
        url = f"{web.origin}/api/v1/desk/socket"
        async with client.ws_connect(url, headers={"Origin": web.origin, **cookie}):
            pass


async def test_address_for_programs_answers_in_the_one_error_shape(
    start_web: object, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.web.staff import routes  # noqa: PLC0415

    browser = await signed_in("caseworker")
    added = (
        staff_route("POST", "/api/v1/desk/all", say_hello, roles={"caseworker"}, kind="api"),
        staff_route("POST", "/api/v1/desk/leads", say_hello, roles={"lead"}, kind="api"),
    )
    monkeypatch.setattr("bot.web.app.STAFF_ROUTES", (*routes.STAFF_ROUTES, *added))
    web = await start_web()  # type: ignore[operator]
    csrf = await browser.csrf("/staff")
    async with ClientSession(cookies={"stadtlotse-session": browser.cookie()}) as client:
        for path, headers, status, code in (
            ("all", {}, 403, "forged"),
            ("leads", {"X-CSRF-Token": csrf}, 403, "forbidden"),
            ("all", {"X-CSRF-Token": csrf}, 200, None),
        ):
            response = await client.post(f"{web.origin}/api/v1/desk/{path}", headers=headers)
            assert response.status == status
            if code:
                assert (await response.json())["error"]["code"] == code
    response = await web.request("POST", "/api/v1/desk/all")
    assert (response.status, (await response.json())["error"]["code"]) == (401, "unauthorized")


@pytest.mark.parametrize("cookie", ["", "x", "A" * 43, "A" * 5_000, "ä" * 43, "' OR 1=1 --"])
async def test_made_up_session_opens_nothing(web: Web, cookie: str) -> None:
    async with ClientSession() as client:
        headers = {"Cookie": f"stadtlotse-session={cookie}"}
        response = await client.get(f"{web.origin}/staff", headers=headers, allow_redirects=False)
        assert response.status == 303


async def test_pages_are_not_kept_and_load_nothing_of_others(signed_in: SignedIn) -> None:
    browser = await signed_in("admin")
    response = await browser.get("/staff/people")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "same-origin"
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    page = await response.text()
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script", page)
    for path in re.findall(r'(?:src|href)="([^"#]+)"', page):
        assert path == "data:," or is_for_staff(path), path
    assert (await browser.get("/staff/static/staff/base.css")).headers["Content-Type"] == "text/css; charset=utf-8"


@pytest.mark.parametrize("file", ["../app.py", "..%2Fapp.py", "staff/none.css", "staff", ".css", "staff/base.css%00"])
async def test_no_other_file_is_served(web: Web, file: str) -> None:
    from yarl import URL  # noqa: PLC0415

    assert (await web.session.get(URL(f"{web.origin}/staff/static/{file}", encoded=True))).status == 404
