"""The history of the desk in a real browser: by keyboard, without scripts, on a phone, read by axe-core."""

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bot.conversations.history import PAGE
from bot.staff.people import find_account_by_name, set_roles
from tests.browser.test_accessibility import PHONE, WIDE, ZOOMED, violations
from tests.browser.test_desk import SCREENSHOTS, SCRIPT, opened
from tests.browser.test_desk import desk as desk  # noqa: PLC0414 - fixtures
from tests.browser.test_desk import origin as origin  # noqa: PLC0414
from tests.browser.test_desk import worker as worker  # noqa: PLC0414
from tests.browser.test_staff import overflow, small_targets
from tests.catalogue.records import service
from tests.conversations.desk import Desk
from tests.web.desk_pages.past import end
from tests.web.test_services import put_services

SERVICES = (
    service("pass", "Reisepass", en="Passport"),
    service("melden", "Anmeldung einer Wohnung bei Zuzug aus dem Ausland oder nach längerer Abwesenheit"),
    service("boese", SCRIPT),
)


@pytest.fixture
def lead(desk: Desk) -> int:
    """Frau Sommer leads the team; her sessions begin after that."""
    with desk.engine.begin() as connection:
        account = find_account_by_name(connection, "h.sommer")
        assert account is not None
        set_roles(connection, account.staff.id, ("caseworker", "lead"))
        return account.staff.id


def fill(desk: Desk, lead: int, database_url: str) -> list[int]:
    """Ended conversations of all kinds, one page and some more."""
    put_services(database_url, *SERVICES)
    at = datetime.now(UTC).replace(hour=9, minute=0) - timedelta(days=20)
    ids = [end(desk, lead, "Müll", at=at, service_id="melden").id for _ in range(PAGE - 2)]
    ids.append(end(desk, lead, "Passport", at=at, language="en", service_id="pass", outcome="forwarded").id)
    ids.append(end(desk, lead, SCRIPT, at=at, service_id="boese", outcome="unanswered").id)
    ids.append(end(desk, lead, "Was kostet ein Reisepass?", at=at, service_id="pass", helpful=True).id)
    ids.append(end(desk, lead, "Das hilft mir nicht", at=at, outcome="unsolved", helpful=False).id)
    return ids[::-1]


@pytest.mark.parametrize("language", ["de", "en"])
async def test_history_can_be_used_by_everybody(  # noqa: PLR0917 - fixtures
    chromium: Browser, origin: str, desk: Desk, lead: int, database_url: str, language: str
) -> None:
    fill(desk, lead, database_url)
    async with opened(chromium, origin) as page:
        if language == "en":
            await page.get_by_role("button", name="English").click()
        for name, query in (
            ("list", ""),
            ("nothing", "?words=Rumpelstilzchen&outcome=solved"),
            ("faults", "?words=...&since=gestern&team=99&service=Luftschloss&outcome=x"),
        ):
            await page.goto(f"{origin}/desk/history{query}")
            for width, viewport in ((1280, WIDE), (360, PHONE), (320, ZOOMED)):
                await page.set_viewport_size(viewport)
                assert await overflow(page) == [], (name, width)
                if width != 320:
                    assert await violations(page) == [], (name, width)
                    assert await small_targets(page) == [], name
                    file = SCREENSHOTS / f"desk-{language}-{width}-history-{name}.png"
                    await page.screenshot(path=file, full_page=name != "list")
            await page.set_viewport_size(WIDE)
        await expect(page.locator("nav [aria-current=page]")).to_have_count(1)
        assert await page.title() != "1"


async def test_history_is_searched_by_keyboard_and_without_scripts(
    chromium: Browser, origin: str, desk: Desk, lead: int, database_url: str
) -> None:
    ids = fill(desk, lead, database_url)
    async with opened(chromium, origin, java_script_enabled=False) as page:
        await page.get_by_role("link", name="Verlauf").press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Verlauf")
        await expect(page.locator("tbody tr")).to_have_count(PAGE)
        await page.get_by_role("link", name="Ältere").press("Enter")
        await expect(page.locator("tbody tr")).to_have_count(2)
        await page.get_by_role("link", name="Neuere").press("Enter")
        await expect(page.locator("tbody tr")).to_have_count(PAGE)
        await page.get_by_label("Wörter aus dem Gespräch").focus()
        await page.keyboard.type("reisepass")
        await page.keyboard.press("Enter")
        await expect(page.locator("tbody tr")).to_have_count(1)
        await expect(page.get_by_label("Wörter aus dem Gespräch")).to_have_value("reisepass")
        assert "words=reisepass" in page.url
        await page.locator(f"#open-{ids[1]}").press("Enter")
        await expect(page.locator(".messages .citizen")).to_contain_text("Was kostet ein Reisepass?")
        await expect(page.locator("#text")).to_have_count(0)
        await page.go_back()
        await expect(page.locator("tbody tr")).to_have_count(1)
        await page.get_by_role("link", name="Auswahl aufheben").press("Enter")
        await choose(page, "Ergebnis", "unsolved")
        await page.get_by_label("Name der Leistung").fill("")
        await page.get_by_role("button", name="Anzeigen").press("Enter")
        await expect(page.locator("tbody tr")).to_have_count(1)
        await expect(page.locator(f"#open-{ids[0]}")).to_be_visible()


async def choose(page: Page, label: str, value: str) -> None:
    await page.get_by_label(label).select_option(value)


async def test_export_is_downloaded(  # noqa: PLR0917 - fixtures
    chromium: Browser, origin: str, desk: Desk, lead: int, database_url: str, tmp_path: Path
) -> None:
    ids = fill(desk, lead, database_url)
    async with opened(chromium, origin) as page:
        await page.goto(f"{origin}/desk/history?service=reisepass")
        async with page.expect_download() as started:
            await page.get_by_role("link", name="Tabelle (CSV)").press("Enter")
        download = await started.value
        assert download.suggested_filename.startswith("stadtlotse-history-20")
        await download.save_as(tmp_path / "history.csv")
    text = (tmp_path / "history.csv").read_text(encoding="utf-8-sig")
    assert [int(row["number"]) for row in csv.DictReader(io.StringIO(text))] == [ids[1], ids[3]]


async def test_caseworker_is_offered_no_export(
    chromium: Browser, origin: str, desk: Desk, lead: int, database_url: str
) -> None:
    fill(desk, lead, database_url)
    async with opened(chromium, origin, "k.winter") as page:
        await page.goto(f"{origin}/desk/history")
        await expect(page.locator("tbody tr")).to_have_count(PAGE)
        await expect(page.locator("a[href*=export]")).to_have_count(0)
