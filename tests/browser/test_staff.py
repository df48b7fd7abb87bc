"""The pages for staff in a real browser: by keyboard, without scripts, on a phone, read by axe-core."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect

from bot.database import opened_engine
from bot.settings import Settings
from bot.staff import administration
from bot.staff.administration import TeamProfile
from bot.staff.audit import COMMAND_LINE
from bot.staff.passwords import Passwords
from bot.staff.people import NewStaff
from bot.web.app import make_app
from tests.browser.conftest import Watch
from tests.browser.test_accessibility import PHONE, WIDE, ZOOMED, violations
from tests.web.staff.conftest import CHEAP

SCREENSHOTS = Path(__file__).parent / "screenshots"
PASSWORD = "vier lila Kieselsteine"
LONG = "Fachbereich Bürgerdienste, Sozialversicherungsangelegenheiten"
# All pages of somebody who may do everything, with what is there in `town_hall`.
PAGES = {
    "home": "/staff",
    "account": "/staff/account",
    "password": "/staff/account/password",
    "set_up": "/staff/second-factor/new",
    "people": "/staff/people",
    "person": "/staff/people/2",
    "person_new": "/staff/people/new",
    "teams": "/staff/teams",
    "team": "/staff/teams/1",
    "team_new": "/staff/teams/new",
    "audit": "/staff/audit",
    "retention": "/staff/retention",
    "not_found": "/staff/people/99",
}


@pytest.fixture
def town_hall(database_url: str) -> str:
    """Two people and a team in the database."""
    hashed = Passwords(memory=64, passes=1, lanes=1).hash(PASSWORD)
    roles = ("admin", "auditor", "lead", "editor", "caseworker")
    with opened_engine(database_url) as engine, engine.begin() as connection:
        names = {"de": LONG, "en": "Citizens' services"}
        profile = TeamProfile(names=names, offices=frozenset({"rathaus", "x" * 120}), fallback=True)
        team = administration.add_team(connection, COMMAND_LINE, "buergerdienste", profile)
        for name, shown in (("h.sommer", "Frau Sommer"), ("vertretung-am-empfang", "Vertretung am Empfang im Rathaus")):
            new = NewStaff(name=name, display_name=shown, roles=roles, languages=("de", "en"), password_hash=hashed)
            administration.add(connection, COMMAND_LINE, new, team_ids=[team], at=datetime.now(UTC))
    return database_url


@pytest_asyncio.fixture(loop_scope="session")
async def origin(town_hall: str) -> AsyncIterator[str]:
    server = TestServer(make_app(Settings(database_url=town_hall, second_factor="optional", **CHEAP)))
    await server.start_server()
    yield str(server.make_url("")).rstrip("/")
    await server.close()


@asynccontextmanager
async def opened(chromium: Browser, origin: str, **options: object) -> AsyncIterator[Page]:
    """A page in a browser of its own, in which nothing may go wrong unseen."""
    watch = Watch([origin])
    context = await chromium.new_context(**{"viewport": WIDE, "locale": "de-DE", **options})  # type: ignore[arg-type]
    context.set_default_timeout(5_000)
    page = await context.new_page()
    watch.add(page)
    yield page
    await context.close()
    assert watch.problems == []


async def sign_in(page: Page, origin: str, *, english: bool = False) -> None:
    await page.goto(f"{origin}/staff/login")
    if english:
        await page.get_by_role("button", name="English").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    await page.locator("#name").fill("h.sommer")
    await page.locator("#password").fill(PASSWORD)
    await page.locator("main button").first.click()
    await expect(page).to_have_url(f"{origin}/staff")


async def overflow(page: Page) -> list[str]:
    """What is wider than the window; tables may scroll in their own box."""
    return await page.evaluate(
        """() => [...document.querySelectorAll('body *')]
            .filter((node) => !node.closest('.scroll, .skip') && node.getBoundingClientRect().right > innerWidth + 1)
            .map((node) => `${node.localName}.${node.className}`)"""
    )


async def small_targets(page: Page) -> list[str]:
    return await page.evaluate(
        """() => [...document.querySelectorAll('button, input:not([type=hidden]), textarea, .masthead a, .button')]
            .filter((node) => node.checkVisibility() && node.getBoundingClientRect().height < 20)
            .map((node) => `${node.localName} ${node.textContent} ${node.getBoundingClientRect().height}`)"""
    )


@pytest.mark.parametrize("english", [False, True], ids=["de", "en"])
async def test_every_page_can_be_used_by_everybody(chromium: Browser, origin: str, english: bool) -> None:
    async with opened(chromium, origin) as page:
        await page.goto(f"{origin}/staff/login")
        assert await violations(page) == []
        await page.locator("#name").fill("h.sommer")
        await page.locator("#password").fill("falsch")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_be_visible()
        assert await violations(page) == []
        await sign_in(page, origin, english=english)
        for name, path in PAGES.items():
            await page.goto(origin + path)
            assert await violations(page) == [], name
            for width, viewport in ((1280, WIDE), (360, PHONE), (320, ZOOMED)):
                await page.set_viewport_size(viewport)
                assert await overflow(page) == [], (name, width)
                if width == 360:
                    assert await violations(page) == [], (name, width)
                    assert await small_targets(page) == [], name
                if width != 320:
                    language = "en" if english else "de"
                    await page.screenshot(path=SCREENSHOTS / f"staff-{language}-{width}-{name}.png", full_page=True)
            await page.set_viewport_size(WIDE)


async def test_second_factor_is_set_up_and_given_by_keyboard_alone(chromium: Browser, origin: str) -> None:
    async with opened(chromium, origin, java_script_enabled=False) as page:
        await page.goto(f"{origin}/staff/second-factor/new")
        # The skip link, the brand and the language come first.
        for _ in range(4):
            await page.keyboard.press("Tab")
        await page.keyboard.type("h.sommer")
        await page.keyboard.press("Tab")
        await page.keyboard.type(PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Zweiten Faktor einrichten")
        secret = (await page.locator(".secret").inner_text()).replace(" ", "")
        app = pyotp.TOTP(secret)
        await page.get_by_label("Jetziges Passwort").focus()
        await page.keyboard.type(PASSWORD)
        await page.keyboard.press("Tab")
        await page.keyboard.type(app.now())
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Wiederherstellungscodes")
        await expect(page.locator("code")).to_have_count(10)
        await page.screenshot(path=SCREENSHOTS / "staff-de-1280-recovery_codes.png")
        await page.get_by_role("link", name="Ich habe die Codes aufbewahrt").press("Enter")
        await page.get_by_role("button", name="Abmelden").press("Enter")
        await expect(page.get_by_role("status")).to_have_text("Sie sind abgemeldet.")
        await page.get_by_label("Anmeldename").fill("h.sommer")
        await page.get_by_label("Passwort").fill(PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Zweiter Faktor")
        await page.get_by_label("Code").fill(app.at(time.time() + 30))  # the next one, for the last was used
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Guten Tag, Frau Sommer")


async def test_second_factor_pages_can_be_used_by_everybody(chromium: Browser, origin: str) -> None:
    async with opened(chromium, origin) as page:
        await sign_in(page, origin)
        await page.goto(f"{origin}/staff/second-factor/new")
        app = pyotp.TOTP((await page.locator(".secret").inner_text()).replace(" ", ""))
        await page.get_by_label("Jetziges Passwort").fill(PASSWORD)
        await page.get_by_label("Code", exact=True).fill(app.now())
        await page.keyboard.press("Enter")
        await expect(page.locator("code")).to_have_count(10)
        assert await violations(page) == []
        await page.get_by_role("button", name="Abmelden").click()
        await page.locator("#name").fill("h.sommer")
        await page.locator("#password").fill(PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.locator("#code")).to_be_visible()
        assert await violations(page) == []
        await page.locator("#code").fill("000000")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_be_visible()
        assert await violations(page) == []
        await page.set_viewport_size(PHONE)
        assert await overflow(page) == []
        await page.screenshot(path=SCREENSHOTS / "staff-de-360-second_factor.png", full_page=True)


async def test_admin_adds_a_person_who_sets_a_password(chromium: Browser, origin: str) -> None:
    async with opened(chromium, origin) as page:
        await sign_in(page, origin)
        await page.get_by_role("navigation").get_by_role("link", name="Personen").click()
        await page.get_by_role("link", name="Person anlegen").click()
        await page.get_by_label("Anmeldename").fill("neu")
        await page.get_by_label("Anzeigename").fill('<img src=x onerror="document.title=1">')
        await page.get_by_label("Sachbearbeitung").check()
        await page.get_by_label(LONG).check()
        await page.get_by_role("button", name="Anlegen").click()
        link = await page.locator(".note .secret").inner_text()
        assert await violations(page) == []
        await page.screenshot(path=SCREENSHOTS / "staff-de-1280-link.png", full_page=True)
        await page.goto(f"{origin}/staff/people")
        assert "onerror" in await page.locator("tbody").inner_text()
    async with opened(chromium, origin, viewport=PHONE) as page:
        await page.goto(link)
        assert await violations(page) == []
        await page.get_by_label("Neues Passwort", exact=True).fill("kurz")
        await page.get_by_label("Neues Passwort wiederholen").fill("kurz")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_have_text("Das Passwort ist zu kurz.")
        assert await violations(page) == []
        await page.get_by_label("Neues Passwort", exact=True).fill("sieben blaue Zitronenfalter")
        await page.get_by_label("Neues Passwort wiederholen").fill("sieben blaue Zitronenfalter")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status")).to_have_text("Das neue Passwort gilt.")
        await page.screenshot(path=SCREENSHOTS / "staff-de-360-login.png", full_page=True)


async def test_form_of_another_website_does_nothing(chromium: Browser, origin: str) -> None:
    """The cookie is Lax, so a form of another website comes without it, and without our token."""
    async with opened(chromium, origin) as page:
        await sign_in(page, origin)
        form = f"<form method=post action='{origin}/staff/logout'><button>x</button></form>"
        await page.route("http://evil.example/", lambda route: route.fulfill(body=form, content_type="text/html"))
        other = await page.context.new_page()
        await other.route("http://evil.example/", lambda route: route.fulfill(body=form, content_type="text/html"))
        await other.goto("http://evil.example/")
        async with other.expect_navigation():
            await other.get_by_role("button").click()
        await page.goto(f"{origin}/staff")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Guten Tag, Frau Sommer")
