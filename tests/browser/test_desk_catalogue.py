"""The catalogue beside a conversation in a real browser: by keyboard, without scripts, read by axe-core."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy.orm import Session

from bot.catalogue.importers import sync
from bot.catalogue.importers.record import Source
from bot.catalogue.importers.town import read
from tests.browser.test_accessibility import WIDE, violations
from tests.browser.test_desk import SCREENSHOTS, desk, opened, origin, wait, worker  # noqa: F401 - fixtures
from tests.conversations.desk import Desk

TOWN = Path(__file__).parents[2] / "data/catalogue/auenfurt"
PHONE = {"width": 360, "height": 740}
PATIENCE = 30_000  # ms
QUERY = "Leistung oder Stichwort"


@pytest.fixture
def town(desk: Desk) -> None:  # noqa: F811
    """The demo town's catalogue."""
    with Session(desk.engine) as session:
        sync.apply(session, read(TOWN), Source(kind="town", name="Auenfurt"))


async def talk(page: Page, handoff: int) -> None:
    """Takes the conversation."""
    page.set_default_timeout(PATIENCE)
    await page.locator(f"#claim-{handoff}").click()
    await expect(page.locator("#catalogue")).to_be_visible()


async def talk_and_wait(page: Page, handoff: int) -> None:
    """The same; whoever comes first waits until the catalogue is read."""
    await talk(page, handoff)
    await expect(page.locator("#catalogue-part:not([data-pending])")).to_be_attached(timeout=PATIENCE)


@pytest.mark.usefixtures("town")
async def test_services_are_found_while_typing_and_put_in_by_keyboard(
    chromium: Browser,
    origin: str,  # noqa: F811
    desk: Desk,  # noqa: F811
) -> None:
    handoff = wait(desk, "Ich brauche Hilfe")
    async with opened(chromium, origin) as page:
        await talk_and_wait(page, handoff)
        await page.get_by_label("Antwort").fill("Guten Tag")
        await page.get_by_label(QUERY).focus()
        await page.keyboard.type("hund an", delay=20)
        await expect(page.locator(".hits a").first).to_have_text("Hund anmelden (Hundesteuer)")
        await expect(page.locator("#catalogue-said")).to_contain_text("Gefundene Leistungen:")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.locator("#catalogue-entry")).to_be_focused()
        await expect(page.locator("#catalogue-entry")).to_have_text("Hund anmelden (Hundesteuer)")
        await expect(page.locator(".hits [aria-current]")).to_have_text("Hund anmelden (Hundesteuer)")
        await page.get_by_role("button", name="Gebühren einfügen").press("Enter")
        field = page.get_by_label("Antwort")
        await expect(field).to_be_focused()
        text = await field.input_value()
        assert text.startswith("Guten Tag\n\n„Hund anmelden (Hundesteuer)“ – Gebühren:\n")
        assert "\n\nQuelle: Leistungsverzeichnis Auenfurt, Stand: " in text
        assert await page.evaluate("[text.selectionStart, text.selectionEnd]") == [len(text), len(text)]
        await expect(page.locator("#catalogue-said")).to_contain_text("Gebühren eingefügt.")
        await page.keyboard.type(" Gern")
        await page.locator("#send").press("Enter")
        await expect(page.locator(".messages .caseworker")).to_contain_text("Hund anmelden (Hundesteuer)")
        await expect(page.locator("#catalogue-entry")).to_be_visible()  # it stays open for the next answer


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("language", ["de", "en"])
async def test_what_the_bot_understood_is_open_at_once(
    chromium: Browser,
    origin: str,  # noqa: F811
    desk: Desk,  # noqa: F811
    language: str,
) -> None:
    handoff = wait(desk, "Was kostet das?", service_id="personalausweis", language=language)
    async with opened(chromium, origin) as page:
        await talk_and_wait(page, handoff)
        await expect(page.locator("#catalogue-entry")).to_be_visible()
        await expect(page.locator("#catalogue-entry")).to_have_attribute("lang", language)
        for facet in ("fees", "location"):
            await page.locator(f"#facet-{facet} summary").press("Enter")
        await expect(page.locator("#facet-fees .said")).to_be_visible()
        for size in (WIDE, PHONE):
            await page.set_viewport_size(size)
            assert await violations(page) == [], size
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            shot = f"desk-{language}-{size['width']}-catalogue.png"
            await page.screenshot(path=SCREENSHOTS / shot, full_page=True)


@pytest.mark.usefixtures("town")
async def test_catalogue_works_without_scripts(chromium: Browser, origin: str, desk: Desk) -> None:  # noqa: F811
    handoff = wait(desk, "Ich brauche Hilfe")
    async with opened(chromium, origin, java_script_enabled=False) as page:
        await talk(page, handoff)
        await page.get_by_label(QUERY).fill("hund an")
        await page.keyboard.press("Enter")
        await page.get_by_role("link", name="Hund anmelden (Hundesteuer)").press("Enter")
        await expect(page.locator("#catalogue-entry")).to_have_text("Hund anmelden (Hundesteuer)")
        await page.get_by_label("Antwort").fill("Guten Tag")
        await page.get_by_role("button", name="Gebühren einfügen").press("Enter")
        await expect(page.get_by_label("Antwort")).to_have_value(
            re.compile(r"^Guten Tag\n\n„Hund anmelden \(Hundesteuer\)“ – Gebühren:\n[\s\S]*Stand: [0-9.]+$")
        )
        await page.get_by_role("button", name="Senden").press("Enter")
        await expect(page.locator(".messages .caseworker")).to_contain_text("Quelle: Leistungsverzeichnis Auenfurt")


@pytest.mark.usefixtures("town")
async def test_text_that_does_not_fit_is_not_inserted(chromium: Browser, origin: str, desk: Desk) -> None:  # noqa: F811
    handoff = wait(desk, "Ich brauche Hilfe", service_id="personalausweis")
    async with opened(chromium, origin) as page:
        await talk_and_wait(page, handoff)
        written = "x" * 1_990
        await page.get_by_label("Antwort").fill(written)
        await page.get_by_role("button", name="Gebühren einfügen").click()
        await expect(page.locator("#catalogue-said")).to_contain_text("zu lang")
        await expect(page.get_by_label("Antwort")).to_have_value(written)
