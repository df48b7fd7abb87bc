"""Members of staff at their browsers, without a browser: cookies and forms as one would send them."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pyotp
import pytest
from aiohttp import ClientResponse, ClientSession, CookieJar
from sqlalchemy import Engine
from yarl import URL

from bot.encryption import Cipher
from bot.staff.passwords import Passwords
from bot.staff.people import NewStaff, add_staff
from bot.staff.roles import Role
from bot.staff.second_factor import set_secret
from tests.web.conftest import KEY, StartWeb, Web

PASSWORD = "vier lila Kieselsteine"
CHEAP = {"argon2_memory": 64, "argon2_passes": 1, "argon2_lanes": 1}
PASSWORDS = Passwords(memory=64, passes=1, lanes=1)
FIELD = re.compile(r'name="csrf" value="([0-9a-f]+)"')


@dataclass
class Browser:
    """One browser: keeps cookies, follows no redirect by itself."""

    origin: str
    session: ClientSession = field(init=False)

    def __post_init__(self) -> None:
        self.session = ClientSession(cookie_jar=CookieJar(unsafe=True))

    async def get(self, path: str, **options: Any) -> ClientResponse:
        return await self.send("GET", path, **options)

    async def send(self, method: str, path: str, **options: Any) -> ClientResponse:
        """Any request, with its answer read, so that no connection stays behind."""
        response = await self.session.request(method, self.origin + path, allow_redirects=False, **options)
        await response.read()
        return response

    async def page(self, path: str) -> str:
        response = await self.get(path)
        assert response.status == 200, (response.status, path)
        return unescape(await response.text())

    async def csrf(self, path: str = "/staff/login") -> str:
        """The token of the forms on a page."""
        response = await self.get(path)
        found = FIELD.search(await response.text())
        assert found is not None, (response.status, path)
        return found[1]

    async def post(self, path: str, fields: Any = None, *, at: str = "/staff", **options: Any) -> ClientResponse:
        """Send a form as the page `at` has it."""
        data = [("csrf", await self.csrf(at)), *(fields.items() if isinstance(fields, dict) else fields or [])]
        return await self.send("POST", path, data=data, **options)

    async def sign_in(self, name: str, password: str = PASSWORD, **fields: str) -> ClientResponse:
        return await self.post("/staff/login", {"name": name, "password": password, **fields}, at="/staff/login")

    def cookie(self, name: str = "stadtlotse-session") -> str:
        found = [cookie.value for cookie in self.session.cookie_jar if cookie.key == name]
        return found[0] if found else ""

    def put_cookie(self, value: str, name: str = "stadtlotse-session") -> None:
        self.session.cookie_jar.update_cookies({name: value}, URL(self.origin))

    async def is_in(self) -> bool:
        return (await self.get("/staff")).status == 200


StartBrowser = Callable[..., Browser]
Hire = Callable[..., int]


@pytest.fixture
async def web(start_web: StartWeb) -> Web:
    """A web process where passwords cost little and a second factor is nobody's duty."""
    return await start_web(second_factor="optional", **CHEAP)


@pytest.fixture
async def open_browser(web: Web) -> AsyncIterator[StartBrowser]:
    browsers: list[Browser] = []

    def start(origin: str = web.origin) -> Browser:
        browsers.append(Browser(origin))
        return browsers[-1]

    yield start
    for browser in browsers:
        await browser.session.close()


@pytest.fixture
async def browser(open_browser: StartBrowser) -> Browser:
    return open_browser()


@pytest.fixture
def hire(engine: Engine) -> Hire:
    """Makes an account with the usual password; returns its id."""

    def make(name: str, *roles: Role, **values: Any) -> int:
        new = {"password_hash": PASSWORDS.hash(PASSWORD), "roles": roles or ("caseworker",)}
        with engine.begin() as connection:
            return add_staff(connection, NewStaff(name=name, **{**new, **values}), at=datetime.now(UTC))

    return make


@pytest.fixture
def give_second_factor(engine: Engine) -> Callable[[int], pyotp.TOTP]:
    """Sets up a second factor for somebody; returns what their app would know."""

    def give(staff_id: int) -> pyotp.TOTP:
        secret = pyotp.random_base32()
        with engine.begin() as connection:
            set_secret(connection, staff_id, secret, step=0, cipher=Cipher([KEY]))
        return pyotp.TOTP(secret)

    return give


SignedIn = Callable[..., Awaitable[Browser]]


@pytest.fixture
def signed_in(open_browser: StartBrowser, hire: Hire) -> SignedIn:
    """A browser in which somebody new with these roles is signed in."""

    async def enter(*roles: Role, name: str = "h.sommer") -> Browser:
        hire(name, *roles)
        browser = open_browser()
        assert (await browser.sign_in(name)).status == 303
        return browser

    return enter
