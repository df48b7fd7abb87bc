"""What is hidden, and answers that were wrong, in a real browser: by keyboard, without scripts, read by axe-core."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy.orm import Session

from bot.catalogue.importers import sync
from bot.catalogue.importers.record import Reading, Source, Town
from bot.conversations import queries
from bot.conversations.handoffs import read_handoff
from bot.conversations.originals import keep_original
from bot.conversations.records import StoredMessage
from bot.encryption import Cipher, read_key_file
from bot.settings import Settings
from bot.staff.people import find_account_by_name, set_roles
from tests.browser.test_accessibility import WIDE, violations
from tests.browser.test_desk import SCREENSHOTS, SCRIPT, desk, opened, origin, wait, worker  # noqa: F401 - fixtures
from tests.catalogue.records import CITIZENS_OFFICE, PASSPORT
from tests.conversations.desk import Desk

PHONE = {"width": 360, "height": 740}
TEXT = f"Meine IBAN ist DE02 1203 0000 0000 2020 51. {SCRIPT}"
LIST = "/staff/wrong-answers"


@pytest.fixture
def town(desk: Desk) -> None:  # noqa: F811
    """A catalogue with one service, and an editor among the caseworkers."""
    reading = Reading(
        town=Town(name="Auenfurt"), services=(PASSPORT,), offices=(CITIZENS_OFFICE,), rejected=(), notes=()
    )
    with Session(desk.engine) as session:
        sync.apply(session, reading, Source(kind="town", name="Auenfurt"))
    with desk.engine.begin() as connection:
        account = find_account_by_name(connection, "k.winter")
        assert account is not None
        set_roles(connection, account.staff.id, ["caseworker", "editor"])


def hide(desk: Desk, database_url: str, handoff_id: int) -> int:  # noqa: F811
    """The number of a message in which an IBAN was hidden while somebody waited."""
    cipher = Cipher(read_key_file(Settings(database_url=database_url).key_file))
    with desk.engine.begin() as connection:
        conversation = queries.find_conversation(connection, read_handoff(connection, handoff_id).conversation_id)
        assert conversation is not None
        message = StoredMessage(
            number=conversation.last_number + 1,
            role="citizen",
            language="de",
            text="Meine IBAN ist [IBAN].",
            at=datetime.now(UTC),
            masked=("iban",),
        )
        queries.add_message(connection, replace(conversation), message)
        keep_original(connection, conversation.id, message, text=TEXT, cipher=cipher)
    return message.number


async def look(page: Page, name: str, language: str) -> None:
    """No hurdles, nothing to push sideways, and a picture, wide and narrow."""
    for size in (PHONE, WIDE):
        await page.set_viewport_size(size)
        assert await violations(page) == [], (name, size)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, size)
        await page.screenshot(path=SCREENSHOTS / f"desk-{language}-{size['width']}-{name}.png", full_page=True)


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("language", ["de", "en"])
async def test_hidden_details_are_shown_for_a_reason_by_keyboard(
    chromium: Browser,
    origin: str,  # noqa: F811
    desk: Desk,  # noqa: F811
    database_url: str,
    language: str,
) -> None:
    handoff = wait(desk, "Was kostet ein Personalausweis?")
    number = hide(desk, database_url, handoff)
    async with opened(chromium, origin) as page:
        if language == "en":
            await page.get_by_role("button", name="English").click()
        await page.locator(f"#claim-{handoff}").click()
        await page.locator(f"#hidden-{number} summary").press("Enter")
        await look(page, "reveal", language)
        await page.locator(f"#reveal-{number}").press("Enter")
        await expect(page.locator(f"#reveal-reason-{number}")).to_be_focused()  # the browser asks for a reason
        await page.locator(f"#reveal-reason-{number}").select_option("contact")
        await page.locator(f"#reveal-words-{number}").fill(f"Rückruf {SCRIPT}")
        await page.locator(f"#reveal-{number}").press("Enter")
        await expect(page.locator("#original")).to_have_text(TEXT)
        assert await page.title() != "1"
        await look(page, "revealed", language)
        await page.locator("main a").last.press("Enter")
        events = page.locator("#events")
        await expect(events).to_contain_text("angesehen" if language == "de" else "looked at hidden details")
        await expect(events).to_contain_text(f"Rückruf {SCRIPT}")
        assert "12030000" not in (await page.content()).replace(" ", "")
        assert await page.title() != "1"


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("language", ["de", "en"])
async def test_wrong_answer_is_marked_with_its_service_and_read_by_editors(
    chromium: Browser,
    origin: str,  # noqa: F811
    desk: Desk,  # noqa: F811
    language: str,
) -> None:
    handoff = wait(desk, "Was kostet ein Pass?")
    async with opened(chromium, origin) as page, opened(chromium, origin, "k.winter") as editor:
        page.set_default_timeout(30_000)  # whoever comes first waits until the catalogue is read
        if language == "en":
            await page.get_by_role("button", name="English").click()
            await editor.get_by_role("button", name="English").click()
        await page.goto(f"{origin}/desk/conversations/{handoff}")
        await page.locator("#wrong-2 summary").press("Enter")
        await page.locator("#right-2").fill(f"Es ging um den Reisepass. {SCRIPT}")
        await page.locator("#right-query-2").fill("Reisepass")
        await look(page, "wrong", language)
        await page.locator("#mark-2").press("Enter")
        await page.locator("#service").select_option("reisepass")
        await look(page, "wrong_service", language)
        await page.locator("#mark").press("Enter")
        await expect(page.locator("#marked-2")).to_contain_text(f"Es ging um den Reisepass. {SCRIPT}")
        await look(page, "marked", language)
        await editor.goto(f"{origin}{LIST}")
        await expect(editor.locator("main")).to_contain_text(f"Es ging um den Reisepass. {SCRIPT}")
        await look(editor, "wrong_answers", language)
        await page.locator("#unmark-2").press("Enter")
        await expect(page.locator("#wrong-2")).to_be_visible()
        for shown in (page, editor):
            assert await shown.title() != "1"


@pytest.mark.usefixtures("town")
async def test_both_work_without_scripts(
    chromium: Browser,
    origin: str,  # noqa: F811
    desk: Desk,  # noqa: F811
    database_url: str,
) -> None:
    handoff = wait(desk, "Was kostet ein Pass?")
    number = hide(desk, database_url, handoff)
    async with opened(chromium, origin, java_script_enabled=False) as page:
        page.set_default_timeout(30_000)
        await page.locator(f"#claim-{handoff}").click()
        await page.locator("#wrong-2 summary").click()
        await page.locator("#right-2").fill("Es ging um den Reisepass.")
        await page.locator("#right-query-2").fill("Reisepass")
        await page.locator("#mark-2").click()
        await page.locator("#service").select_option("reisepass")
        await page.locator("#mark").click()
        await expect(page.locator("#marked-2")).to_contain_text("Es ging um den Reisepass.")
        await page.locator(f"#hidden-{number} summary").click()
        await page.locator(f"#reveal-reason-{number}").select_option("case")
        await page.locator(f"#reveal-{number}").click()
        await expect(page.locator("#original")).to_have_text(TEXT)
