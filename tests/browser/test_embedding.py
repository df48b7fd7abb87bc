import gzip
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, expect

from bot.web.pages import read_shipped
from tests.browser.chat import Chat
from tests.browser.server import SCRIPT_TAG, WIDGET, FakeServer, running

BUDGET = 20_000  # bytes, gzipped, of all files a browser loads


def shipped() -> list[Path]:
    return [*WIDGET.glob("*.js"), *WIDGET.glob("strings/*.js")]


async def test_widget_is_small() -> None:
    sizes = {file.name: len(gzip.compress(read_shipped(file), 9)) for file in shipped()}
    assert sum(sizes.values()) <= BUDGET, sizes


async def test_browser_loads_the_counted_files_and_no_others(chat: Chat) -> None:
    await chat.page.reload(wait_until="networkidle")
    loaded = await chat.page.evaluate(
        "performance.getEntriesByType('resource').map((entry) => new URL(entry.name).pathname)"
    )
    scripts = {path for path in loaded if path.endswith(".js")}
    assert scripts == {f"/widget/{file.relative_to(WIDGET)}" for file in shipped()}


async def test_one_script_tag_is_enough(context: BrowserContext, server: FakeServer) -> None:
    chat = await Chat.at(context, server.page("/seite"))
    await chat.start()
    await chat.ask("Mein Auto")


async def test_script_tag_twice_makes_one_chat(context: BrowserContext, server: FakeServer) -> None:
    tag = SCRIPT_TAG.format(attributes="")
    chat = await Chat.at(context, server.page("/doppelt", body=tag + tag.replace("stadtlotse.js", "stadtlotse.js?2")))
    await expect(chat.page.locator("stadtlotse-chat")).to_have_count(1)


async def test_page_places_the_element_itself(context: BrowserContext, server: FakeServer) -> None:
    body = '<stadtlotse-chat language="en" open></stadtlotse-chat>' + SCRIPT_TAG.format(attributes="")
    chat = await Chat.at(context, server.page("/eigene", body=body), language="en")
    await expect(chat.button("accept")).to_be_visible()
    await expect(chat.page.locator("stadtlotse-chat")).to_have_count(1)


async def test_element_can_be_taken_off_the_page_and_put_back(chat: Chat, server: FakeServer) -> None:
    await chat.start()
    await chat.ask("Mein Auto")
    await chat.page.evaluate(
        "() => { window.taken = document.querySelector('stadtlotse-chat'); window.taken.remove(); }"
    )
    await chat.page.wait_for_timeout(300)
    assert server.only.sockets == []
    await chat.page.evaluate("() => document.body.append(window.taken)")
    await expect(chat.messages).to_have_count(2)
    await chat.ask("Was kostet ein Personalausweis?")


async def test_website_of_another_origin_embeds_it(new_context, server: FakeServer) -> None:
    async with running() as website:
        new_context.watch.origins.append(website.origin)
        context = await new_context(bypass_csp=True)  # the website's own policy has to allow the server
        tag = SCRIPT_TAG.format(attributes="").replace('src="', f'src="{server.origin}')
        chat = await Chat.at(context, website.page("/seite", body=tag))
        await chat.start()
        await chat.ask("Mein Auto")
        assert website.conversations == {}
        assert len(server.conversations) == 1


async def test_endpoint_attribute_names_another_server(new_context, server: FakeServer) -> None:
    async with running() as api:
        new_context.watch.origins.append(api.origin)
        context = await new_context(bypass_csp=True)
        chat = await Chat.at(context, server.page("/fern", attributes=f'data-endpoint="{api.origin}"'))
        await chat.start()
        await chat.ask("Mein Auto")
        assert server.conversations == {}
        assert len(api.conversations) == 1


async def test_link_of_the_page_opens_the_chat_and_gets_the_focus_back(chat: Chat) -> None:
    link = chat.page.get_by_role("link", name="Assistenten fragen")
    await link.click()
    await expect(chat.dialog).to_be_visible()
    await chat.page.keyboard.press("Escape")
    await expect(link).to_be_focused()


async def test_page_without_javascript_shows_how_to_reach_the_town(chromium: Browser, server: FakeServer) -> None:
    context = await chromium.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(server.origin)
    text = await page.inner_text("body")
    assert "Der Assistent braucht JavaScript" in text
    for contact in ("05999 400-0", "rathaus@auenfurt.example", "Am Markt 1, 29990 Auenfurt", "8 bis 16 Uhr"):
        assert contact in text
    await context.close()


@pytest.mark.parametrize("forbidden", ["localStorage", "locks"])
async def test_chat_works_where_the_browser_forbids(
    context: BrowserContext, server: FakeServer, forbidden: str
) -> None:
    denied = "get() { throw new DOMException('denied') }" if forbidden == "localStorage" else "value: undefined"
    owner = "window" if forbidden == "localStorage" else "Navigator.prototype"
    await context.add_init_script(f"Object.defineProperty({owner}, '{forbidden}', {{ {denied} }})")
    chat = await Chat.at(context, server.origin)
    await chat.start()
    await chat.ask("Mein Auto")
    await chat.ask("Was kostet ein Personalausweis?")
    assert len(server.conversations) == 1
