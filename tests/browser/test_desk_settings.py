"""Hours, prepared replies, figures and presence at the desk in a real browser: by keyboard, read by axe-core."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect
from sqlalchemy import update

from bot.conversations import claims
from bot.conversations.canned_replies import add_reply
from bot.conversations.desk_hours import list_hours, write_week
from bot.conversations.handoffs import leave_handoff
from bot.database import opened_engine
from bot.settings import Settings
from bot.staff import administration
from bot.staff.administration import TeamProfile
from bot.staff.audit import COMMAND_LINE
from bot.staff.passwords import Passwords
from bot.staff.people import NewStaff
from bot.staff.sessions import SESSION
from bot.web.app import make_app
from bot.web.desk import socket as desk_socket
from tests.browser.conftest import Watch
from tests.browser.test_accessibility import PHONE, WIDE, violations
from tests.browser.test_staff import overflow
from tests.conversations.desk import Desk
from tests.conversations.test_claims import says
from tests.web.staff.conftest import CHEAP

SCREENSHOTS = Path(__file__).parent / "screenshots"
PASSWORD = "vier lila Kieselsteine"
LONG = "Fachbereich Bürgerdienste, Sozialversicherungsangelegenheiten"
PEOPLE = {
    "h.sommer": ("Frau Sommer", ("lead", "editor", "admin", "caseworker")),
    "k.winter": ("Herr Winter", ("lead",)),
}
SCRIPT = '<img src=x onerror="document.title=1">'
TEXTS = {"de": "Guten Tag,\n\nhier ist {caseworker}. {service_url}", "en": "Hello, this is {caseworker}."}


@pytest.fixture
def desk(database_url: str) -> Desk:
    """Two people of one team, and another team with a long name."""
    hashed = Passwords(memory=64, passes=1, lanes=1).hash(PASSWORD)
    with opened_engine(database_url) as engine:
        with engine.begin() as connection:
            teams = []
            for key, german in (("buergerservice", "Bürgerservice"), ("bauamt", LONG)):
                names = {"de": german, "en": "Citizens' services" if key == "buergerservice" else LONG}
                profile = TeamProfile(names=names, offices=frozenset(), fallback=key == "buergerservice")
                teams.append(administration.add_team(connection, COMMAND_LINE, key, profile))
            for name, (shown, roles) in PEOPLE.items():
                new = NewStaff(name=name, display_name=shown, roles=roles, languages=("de", "en"), password_hash=hashed)
                administration.add(connection, COMMAND_LINE, new, team_ids=teams, at=datetime.now(UTC))
        yield Desk(engine, teams[0])


@pytest_asyncio.fixture(loop_scope="session")
async def origin(database_url: str, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    monkeypatch.setattr(desk_socket, "SESSION_SECONDS", 0.2)
    server = TestServer(make_app(Settings(database_url=database_url, second_factor="optional", **CHEAP)))
    await server.start_server()
    yield str(server.make_url("")).rstrip("/")
    await server.close()


@asynccontextmanager
async def opened(chromium: Browser, origin: str, name: str = "h.sommer", **options: Any) -> AsyncIterator[Page]:
    """The desk of somebody, in a browser of its own in which nothing may go wrong unseen."""
    watch = Watch([origin])
    context = await chromium.new_context(**{"viewport": WIDE, "locale": "de-DE", **options})
    context.set_default_timeout(5_000)
    page = await context.new_page()
    watch.add(page)
    await page.goto(f"{origin}/desk")
    await sign_in(page, name)
    await expect(page).to_have_url(f"{origin}/desk")
    yield page
    await context.close()
    assert watch.problems == []


async def sign_in(page: Page, name: str = "h.sommer") -> None:
    await page.locator("#name").fill(name)
    await page.locator("#password").fill(PASSWORD)
    await page.keyboard.press("Enter")


def work(desk: Desk) -> None:
    """Some weeks at a desk with three caseworkers."""
    people = [desk.add_caseworker() for _ in range(3)]
    teams = frozenset({desk.team})
    for number in range(24):
        at = datetime.now(UTC) - timedelta(days=number, minutes=40)
        waiting = desk.wait(at=at)
        with desk.engine.begin() as connection:
            if number % 6 == 5:
                leave_handoff(connection, waiting.conversation_id, at=at + timedelta(minutes=9))
                continue
            deed = claims.Deed(staff_id=people[number % 3], teams=teams, at=at + timedelta(seconds=40 + 50 * number))
            claims.claim(connection, waiting.id, deed)
            done = claims.Deed(staff_id=deed.staff_id, teams=teams, at=deed.at + timedelta(seconds=400 + 13 * number))
            outcome = "solved" if number % 4 else "forwarded"
            claims.close(connection, waiting.id, done, ending=claims.Ending(outcome=outcome, compose=says("Ende")))


def prepare(desk: Desk) -> int:
    with desk.engine.begin() as connection:
        add_reply(connection, team_id=None, name=SCRIPT, texts={"de": SCRIPT}, by=(1, datetime.now(UTC)))
        return add_reply(connection, team_id=desk.team, name="Gruß", texts=TEXTS, by=(1, datetime.now(UTC)))


def sit_still(desk: Desk) -> None:
    """Nobody has clicked or typed for half an hour, in any session."""
    with desk.engine.begin() as connection:
        connection.execute(update(SESSION).values(seen_at=datetime.now(UTC) - timedelta(minutes=31)))


@pytest.mark.parametrize("language", ["de", "en"])
async def test_every_page_can_be_used_by_everybody(chromium: Browser, origin: str, desk: Desk, language: str) -> None:
    work(desk)
    reply = prepare(desk)
    pages: dict[str, tuple[str, Callable[[Page], Any] | None]] = {
        "presence": ("/desk", None),
        "hours": ("/desk/hours", None),
        "hours_team": (f"/desk/hours/{desk.team}", spoil_hours),
        "replies": ("/desk/replies", None),
        "reply": (f"/desk/replies/{reply}", look_ahead),
        "reply_new": ("/desk/replies/new", spoil_reply),
        "statistics": ("/desk/statistics", unfold),
        "statistics_days": ("/desk/statistics?by=day&since=2026-05-31&until=2026-05-01", None),
        "statistics_team": ("/desk/statistics?by=team", None),
    }
    async with opened(chromium, origin) as page, opened(chromium, origin, "k.winter") as other:
        if language == "en":
            await page.get_by_role("button", name="English").click()
        await other.locator("#presence-button").click()
        await page.locator("#presence-button").click()
        for name, (path, prepare_page) in pages.items():
            await page.goto(origin + path)
            if prepare_page is not None:
                await prepare_page(page)
            for width, size in ((1280, WIDE), (360, PHONE)):
                await page.set_viewport_size(size)
                assert await violations(page) == [], (name, width)
                assert await overflow(page) == [], (name, width)
                await page.screenshot(path=SCREENSHOTS / f"desk-{language}-{width}-{name}.png", full_page=True)
            await page.set_viewport_size(WIDE)
        assert await page.title() != "1"


async def spoil_hours(page: Page) -> None:
    await page.locator("#opens-0-0").fill("08:00")
    await page.locator("#closes-0-0").fill("12:00")
    await page.locator("#opens-0-1").fill("11:00")
    await page.locator("#closes-0-1").fill("16:00")
    await page.locator("#opens-4-0").fill("10:00")
    await page.locator("main form button").click()
    await expect(page.get_by_role("alert")).to_be_visible()


async def look_ahead(page: Page) -> None:
    await page.locator("button[value=preview]").click()
    await expect(page.locator("#preview")).to_contain_text("Frau Sommer")


async def spoil_reply(page: Page) -> None:
    await page.locator("#name").fill("Termin")
    await page.locator("#text_de").fill("Ihr Termin: {date}")
    await page.locator("button[value=save]").click()
    await expect(page.get_by_role("alert")).to_be_visible()


async def unfold(page: Page) -> None:
    await page.locator("#waiting-meaning summary").press("Enter")


async def test_hours_are_set_by_keyboard_and_without_scripts(chromium: Browser, origin: str, desk: Desk) -> None:
    async with opened(chromium, origin, "k.winter", java_script_enabled=False) as page:
        await page.get_by_role("link", name="Zeiten", exact=True).press("Enter")
        await page.get_by_role("link", name="Zeiten ändern: Bürgerservice").press("Enter")
        thursday = page.get_by_role("group", name="Donnerstag")
        for number, (opens, closes) in enumerate((("08:00", "12:00"), ("14:00", "13:00"))):
            await thursday.get_by_label("von").nth(number).fill(opens)
            await thursday.get_by_label("bis").nth(number).fill(closes)
        await page.keyboard.press("Enter")
        await page.get_by_role("link", name="Donnerstag: Das Ende liegt nicht nach dem Beginn.").press("Enter")
        wrong = page.locator("#closes-3-1")
        await expect(wrong).to_be_focused()
        await expect(wrong).to_have_accessible_description("Das Ende liegt nicht nach dem Beginn.")
        await wrong.fill("18:00")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("Die Zeiten sind gespeichert.")
    with desk.engine.connect() as connection:
        assert write_week(list_hours(connection, desk.team)) == ["Th 08:00-12:00", "Th 14:00-18:00"]


async def test_two_who_write_the_same_reply_lose_nothing(chromium: Browser, origin: str, desk: Desk) -> None:
    reply = prepare(desk)
    async with opened(chromium, origin) as page, opened(chromium, origin, "k.winter") as other:
        for one in (page, other):
            await one.goto(f"{origin}/desk/replies/{reply}")
        await other.get_by_label("Text (Deutsch)").fill(f"Von Herrn Winter {SCRIPT}")
        await other.get_by_role("button", name="Speichern").click()
        await page.get_by_label("Text (Deutsch)").fill("Von Frau Sommer")
        await page.get_by_role("button", name="Speichern").click()
        await expect(page.get_by_role("alert")).to_contain_text("Herr Winter hat diesen Textbaustein am")
        await expect(page.get_by_role("alert")).to_contain_text("Von Herrn Winter <img")
        await expect(page.get_by_label("Text (Deutsch)")).to_have_value("Von Frau Sommer")
        assert await violations(page) == []
        await page.screenshot(path=SCREENSHOTS / "desk-de-1280-reply_conflict.png", full_page=True)
        await page.get_by_role("button", name="Speichern").click()
        await expect(page.get_by_role("status")).to_have_text("Der Textbaustein ist gespeichert.")
        await expect(page.locator("main")).to_contain_text("Von Frau Sommer")
        await page.get_by_role("link", name="Textbaustein ändern: Gruß").click()
        await page.locator("#delete summary").press("Enter")
        await page.locator("#delete button").press("Enter")
        await expect(page.get_by_role("status")).to_have_text("Der Textbaustein ist gelöscht.")
        assert await page.title() != "1"


async def test_away_and_back_by_keyboard(chromium: Browser, origin: str) -> None:
    async with opened(chromium, origin) as page, opened(chromium, origin, "k.winter") as other:
        await expect(other.locator("#presence")).to_contain_text("Frau Sommer")
        await page.get_by_role("button", name="Ich bin kurz weg").press("Enter")
        await expect(page.locator("#presence")).to_contain_text("Sie sind seit")
        await other.reload()
        await expect(other.locator("#presence")).to_contain_text("abwesend seit")
        await page.get_by_role("button", name="Ich bin wieder da").press("Enter")
        await expect(page.get_by_role("status").first).to_have_text("Sie sind wieder da.")
        await other.reload()
        await expect(other.locator("#presence")).not_to_contain_text("abwesend seit")


async def test_desk_at_which_nobody_works_leads_to_the_sign_in_page(chromium: Browser, origin: str, desk: Desk) -> None:
    async with opened(chromium, origin) as page:
        await expect(page.locator("#live")).to_be_visible()
        sit_still(desk)
        await expect(page).to_have_url(f"{origin}/staff/login?next=%2Fdesk&done=timed_out")
        await expect(page.get_by_role("status")).to_contain_text("Ihre Anmeldung ist abgelaufen.")
        assert await violations(page) == []
        await sign_in(page)
        await expect(page).to_have_url(f"{origin}/desk")


async def test_text_stays_when_the_session_ends(chromium: Browser, origin: str, desk: Desk) -> None:
    waiting = desk.wait(at=datetime.now(UTC))
    async with opened(chromium, origin) as page:
        await page.locator(f"#claim-{waiting.id}").click()
        await page.get_by_label("Antwort").fill("Angefangener Satz")
        await page.get_by_label("Interne Notiz").fill("Angefangene Notiz")
        sit_still(desk)
        await expect(page.locator("#live-state")).to_contain_text("Ihre Anmeldung ist abgelaufen.")
        await expect(page.get_by_label("Antwort")).to_have_value("Angefangener Satz")
        assert await violations(page) == []
        await page.screenshot(path=SCREENSHOTS / "desk-de-1280-session_ended.png")
        async with page.context.expect_page() as opening:
            await page.locator("#live-state a").press("Enter")
        second = await opening.value
        await sign_in(second)
        await expect(second).to_have_url(f"{origin}/staff")
        await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        await expect(page.locator("#live-state")).to_be_empty()
        await page.locator("#send").click()
        await expect(page.locator(".messages .caseworker")).to_contain_text("Angefangener Satz")
        await page.get_by_role("button", name="Notiz speichern").click()
        await expect(page.locator("#events")).to_contain_text("Angefangene Notiz")


async def test_typing_keeps_the_session_alive(chromium: Browser, origin: str, desk: Desk) -> None:
    waiting = desk.wait(at=datetime.now(UTC))
    async with opened(chromium, origin) as page:
        await page.clock.install()
        await page.goto(f"{origin}/desk")
        async with page.expect_navigation(wait_until="load"):  # by then the scripts are there
            await page.locator(f"#claim-{waiting.id}").click()
        told: list[str] = []
        page.on("request", lambda request: told.append(request.method) if "/desk/activity" in request.url else None)
        await page.get_by_label("Antwort").press_sequentially("Guten")
        assert told == []  # the page was opened a moment ago
        await page.clock.fast_forward(61_000)
        async with page.expect_response("**/desk/activity") as answered:
            await page.get_by_label("Antwort").press_sequentially(" Tag")
        assert (await answered.value).status == 204
        assert told == ["POST"]
