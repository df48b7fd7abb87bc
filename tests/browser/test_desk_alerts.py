"""Sound and notifications at the desk: chosen by each member of staff, kept over a reload, said where not possible."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.test_accessibility import violations
from tests.browser.test_desk import PASSWORD, desk, opened, origin, wait, worker  # noqa: F401 - fixtures
from tests.conversations.desk import Desk

SOUND = "Ton bei neuen Gesprächen und Nachrichten"
NOTIFY = "Hinweise des Browsers"
# What the browser is told to play and show; the page is in the background.
RECORD = """
    window.played = 0;
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...when) { window.played++; return start.apply(this, when); };
    window.shown = [];
    window.Notification = class extends Notification {
        constructor(text, options) { super(text, options); window.shown.push(text); }
    };
    Object.defineProperty(document, "hidden", { get: () => true });
"""


async def sign_in(page: Page, name: str) -> None:
    await page.locator("#name").fill(name)
    await page.locator("#password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_label(SOUND)).to_be_visible()


async def test_each_member_of_staff_chooses_in_the_same_browser(chromium: Browser, origin: str) -> None:  # noqa: F811
    async with opened(chromium, origin, permissions=["notifications"]) as page:
        await expect(page.get_by_label(SOUND)).to_be_visible()  # the script is there
        await page.get_by_label(SOUND).press("Space")
        await page.get_by_label(NOTIFY).press("Space")
        await expect(page.get_by_label(NOTIFY)).to_be_checked()
        await page.reload()
        await expect(page.get_by_label(SOUND)).to_be_checked()
        await expect(page.get_by_label(NOTIFY)).to_be_checked()
        await page.get_by_role("button", name="Abmelden").click()
        await page.goto(f"{origin}/desk")
        await sign_in(page, "k.winter")
        await expect(page.get_by_label(SOUND)).not_to_be_checked()
        await expect(page.get_by_label(NOTIFY)).not_to_be_checked()


@pytest.mark.usefixtures("desk")
async def test_new_conversation_is_heard_and_shown_after_a_reload(
    chromium: Browser,
    origin: str,  # noqa: F811
    desk: Desk,  # noqa: F811
) -> None:
    async with opened(chromium, origin, permissions=["notifications"]) as page:
        await page.add_init_script(RECORD)
        await page.reload()
        await expect(page.get_by_label(SOUND)).to_be_visible()  # the script is there
        await page.get_by_label(SOUND).press("Space")
        await page.get_by_label(NOTIFY).press("Space")
        await expect(page.get_by_label(NOTIFY)).to_be_checked()
        await page.reload()
        await expect(page.locator("#live-hint")).to_contain_text("Der Ton ist zu hören, sobald")
        assert await violations(page) == []
        await page.keyboard.press("Tab")
        await expect(page.locator("#live-hint")).to_be_empty()
        wait(desk, "Ein Geheimnis")
        await expect(page.locator("#live-said")).to_have_text("Es wartet ein neues Gespräch.")
        await page.wait_for_function("window.played === 1")
        assert await page.evaluate("window.shown") == ["Es wartet ein neues Gespräch."]  # and no word of it


async def test_browser_that_forbids_notifications_is_named(chromium: Browser, origin: str) -> None:  # noqa: F811
    async with opened(chromium, origin) as page:
        await page.evaluate("Notification.requestPermission = async () => 'denied'")
        await page.get_by_label(NOTIFY).click()
        await expect(page.locator("#live-hint")).to_have_text("Der Browser erlaubt keine Hinweise.")
        await expect(page.get_by_label(NOTIFY)).not_to_be_checked()
