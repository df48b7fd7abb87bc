"""Two tabs of one caseworker: both show the same, and nothing is written twice."""

from playwright.async_api import Browser, Page, expect

from bot.conversations.handoffs import list_events, read_handoff
from bot.conversations.queries import list_messages
from tests.browser.test_desk import desk, opened, origin, wait, worker  # noqa: F401 - fixtures
from tests.conversations.desk import Desk


async def second_tab(page: Page, address: str) -> Page:
    tab = await page.context.new_page()
    tab.set_default_timeout(5_000)
    await tab.goto(address)
    return tab


async def test_what_is_done_in_one_tab_is_seen_in_the_other(
    chromium: Browser,
    origin: str,  # noqa: F811
    desk: Desk,  # noqa: F811
) -> None:
    handoff = wait(desk, "Ich brauche Hilfe")
    address = f"{origin}/desk/conversations/{handoff}"
    async with opened(chromium, origin) as page:
        queue = await second_tab(page, f"{origin}/desk")
        tab = await second_tab(page, address)
        await expect(tab.locator("#claim")).to_be_visible()
        await page.locator(f"#claim-{handoff}").click()
        await expect(page.locator("#compose")).to_be_visible()
        await expect(tab.locator("#compose")).to_be_visible()
        await expect(queue.locator("#mine")).to_contain_text("Bürgerservice")
        await expect(queue.locator(f"#claim-{handoff}")).to_have_count(0)
        await tab.get_by_label("Antwort").fill("Hier angefangen")
        await page.get_by_label("Antwort").fill("Guten Tag")
        await page.locator("#send").click()
        await expect(tab.locator(".messages .caseworker")).to_contain_text("Guten Tag")
        await expect(tab.get_by_label("Antwort")).to_have_value("Hier angefangen")
        await tab.locator("#send").click()
        await expect(page.locator(".messages .caseworker")).to_have_count(2)
        await page.get_by_label("Wie ist es ausgegangen?").select_option("solved")
        await page.get_by_role("button", name="Gespräch abschließen").click()
        await expect(tab.locator("#compose")).to_have_count(0)
        await expect(queue.locator("#mine")).to_contain_text("Sie führen gerade kein Gespräch.")
        fresh = await second_tab(page, address)
        for part in ("#facts", "#history", "#events"):
            await expect(tab.locator(part)).to_have_text(await fresh.locator(part).inner_text(), use_inner_text=True)


async def test_message_sent_twice_is_written_once(
    chromium: Browser,
    origin: str,  # noqa: F811
    desk: Desk,  # noqa: F811
) -> None:
    handoff = wait(desk, "Ich brauche Hilfe")
    async with opened(chromium, origin, java_script_enabled=False) as page:
        await page.locator(f"#claim-{handoff}").click()
        await page.get_by_label("Antwort").fill("Einmal genügt")
        form = await page.locator("#compose").evaluate(
            "form => Object.fromEntries([...form.elements].filter(e => e.name && e.type !== 'submit')"
            ".map(e => [e.name, e.value]))"
        )
        await page.locator("#send").click()
        await expect(page.locator(".messages .caseworker")).to_have_count(1)
        # The same form again: a double click, a page sent once more, or a tab that was duplicated before.
        again = await page.request.post(f"{origin}/desk/conversations/{handoff}/messages", form=form)
        assert again.ok
        await page.go_back()
        await page.reload()
        await expect(page.locator(".messages .caseworker")).to_have_count(1)
    with desk.engine.connect() as connection:
        stored = list_messages(connection, read_handoff(connection, handoff).conversation_id)
    assert [message.text for message in stored if message.role == "caseworker"] == ["Einmal genügt"]


async def test_claim_in_a_tab_that_is_behind_is_no_second_claim(
    chromium: Browser,
    origin: str,  # noqa: F811
    desk: Desk,  # noqa: F811
) -> None:
    handoff = wait(desk, "Ich brauche Hilfe")
    async with opened(chromium, origin, java_script_enabled=False) as page:
        behind = await second_tab(page, f"{origin}/desk")
        await page.locator(f"#claim-{handoff}").click()
        await behind.locator(f"#claim-{handoff}").click()
        await expect(behind.get_by_label("Antwort")).to_be_visible()
    with desk.engine.connect() as connection:
        assert [event.kind for event in list_events(connection, handoff)] == ["claim"]
