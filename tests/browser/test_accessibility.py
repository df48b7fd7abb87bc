import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.chat import Chat
from tests.browser.server import FakeServer

AXE = AXE_FILE_PATH.read_text(encoding="utf-8")
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
ZOOMED = {"width": 320, "height": 256}  # 1280 × 1024 at 400 %
QUESTION = {"de": "Was kostet ein Personalausweis?", "en": "How much is an identity card?"}
CHOICE = {"de": "Mein Auto", "en": "My car"}
# WCAG 1.4.12; a page's own styles reach the shadow tree only by inheritance from the element.
SPACING = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }"


async def violations(page: Page, *, rules: list[str] | None = None) -> list[str]:
    """What axe-core finds, best practices included."""
    await page.evaluate(AXE)
    options = {"resultTypes": ["violations"], **({"runOnly": rules} if rules else {})}
    found: dict[str, Any] = await page.evaluate("(options) => axe.run(options)", options)
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


async def reach(chat: Chat, state: str) -> None:
    """Brings the widget into a state a citizen can meet."""
    if state == "notice":
        await chat.open()
    if state in {"closed", "notice"}:
        return
    await chat.start()
    await chat.ask(QUESTION[chat.language])
    await chat.ask(CHOICE[chat.language])
    if state == "offices":
        await chat.ask("Ausweis mit zwei Ämtern")
        await chat.answers.last.locator("summary").click()
    if state == "error":
        await chat.send("zu viele")
        await expect(chat.button("retry")).to_be_visible()
        await chat.send("")
    if state == "feedback":
        await rate(chat)
    if state == "options":
        await chat.page.locator("summary.icon").click()
    if state == "confirm":
        await chat.choose_option("erase")
    if state == "offline":
        await chat.page.context.set_offline(True)
        await expect(chat.state).not_to_be_empty()
        await chat.send("offline")
        await expect(chat.page.locator(".note")).to_be_visible()


async def rate(chat: Chat) -> None:
    """Says of one answer that it did not help, with a comment, and begins to say so of another."""
    for answer in (chat.answers.first, chat.answers.last):
        await answer.get_by_role("button", name=chat.words["unhelpful"], exact=True).click()
        await expect(answer.get_by_role("textbox")).to_be_visible()
    await chat.answers.first.get_by_role("textbox").fill("Eine Anmerkung mit einem Donaudampfschifffahrtsgesellschaft")
    await chat.answers.first.get_by_role("textbox").press("Enter")
    await expect(chat.answers.first.get_by_role("textbox")).to_be_hidden()


async def walk(chat: Chat) -> AsyncIterator[str]:
    """All states one after the other, each with its name."""
    yield "closed"
    await chat.open()
    yield "notice"
    await chat.button("accept").click()
    await chat.ask(QUESTION[chat.language])
    await chat.ask(CHOICE[chat.language])
    yield "conversation"
    await rate(chat)
    yield "feedback"
    await chat.ask("Ausweis mit zwei Ämtern")
    await chat.answers.last.locator("summary").click()
    yield "offices"
    await chat.page.locator("summary.icon").click()
    yield "options"
    await chat.button("erase").click()
    yield "confirm"
    await chat.button("keep").click()
    await chat.send("zu viele")
    await expect(chat.button("retry")).to_be_visible()
    await chat.send("")
    yield "error"
    await chat.page.context.set_offline(True)
    await expect(chat.state).not_to_be_empty()
    yield "offline"


@pytest.mark.parametrize(
    ("language", "scheme", "viewport"),
    [("de", "light", WIDE), ("en", "light", WIDE), ("de", "light", PHONE), ("de", "dark", WIDE), ("en", "dark", WIDE)],
    ids=["de", "en", "phone", "de-dark", "en-dark"],
)
async def test_axe_finds_nothing(new_context, server: FakeServer, language: str, scheme: str, viewport: Any) -> None:
    context = await new_context(color_scheme=scheme, viewport=viewport)
    chat = await Chat.at(
        context, server.page("/en", language="en") if language == "en" else server.origin, language=language
    )
    rules = ["color-contrast", "link-in-text-block"] if scheme == "dark" else None  # only the colours differ
    found = []
    async for state in walk(chat):
        found += [f"{state}: {violation}" for violation in await violations(chat.page, rules=rules)]
    assert found == []


async def test_messages_are_in_one_polite_log_that_reads_additions_only(chat: Chat) -> None:
    await chat.start()
    await chat.ask("Mein Auto")
    await expect(chat.log).to_have_attribute("aria-live", "polite")
    await expect(chat.log).to_have_attribute("aria-relevant", "additions")
    await expect(chat.log).to_have_accessible_name("Unterhaltung")
    other_regions = await chat.page.locator("dialog [role=status], dialog [role=alert]").all_inner_texts()
    assert "".join(other_regions).strip() == "", "the answer would be read twice"


async def test_history_is_not_read_out_after_a_reload(chat: Chat) -> None:
    await chat.start()
    await chat.ask("Mein Auto")
    # Remembers whether the log was live at the moment each message came in.
    await chat.page.add_init_script(
        """customElements.whenDefined('stadtlotse-chat').then(() => {
            const log = document.querySelector('stadtlotse-chat').shadowRoot.querySelector('[role=log]');
            window.read = [];
            new MutationObserver((records) => records.forEach(() => window.read.push(log.ariaLive)))
                .observe(log, { childList: true });
        })"""
    )
    await chat.page.reload()
    await expect(chat.messages).to_have_count(2)
    assert set(await chat.page.evaluate("window.read")) == {"off"}
    await expect(chat.log).to_have_attribute("aria-live", "polite")
    await chat.ask("Was kostet ein Personalausweis?")
    assert (await chat.page.evaluate("window.read"))[-1] == "polite"


async def test_own_message_is_read_out_once(chat: Chat) -> None:
    await chat.start()
    await chat.log.evaluate(
        """(log) => {
            window.added = [];
            const watch = (records) => records.forEach(({ addedNodes, target }) => addedNodes.forEach((node) =>
                target.closest('[aria-live=off]') || window.added.push(node.textContent)));
            new MutationObserver(watch).observe(log, { childList: true, subtree: true });
        }"""
    )
    await chat.ask("Bitte langsam")
    await chat.ask("Mein Auto")
    added = await chat.page.evaluate("window.added")
    assert len(added) == 4
    assert sum("Bitte langsam" in text for text in added) == 1


async def test_speaker_is_named_before_each_message(chat: Chat) -> None:
    await chat.start()
    await chat.ask("Mein Auto")
    texts = await chat.messages.all_inner_texts()
    assert texts[0].startswith("Sie ")
    assert texts[1].startswith("Assistent ")


async def test_escape_closes_and_returns_the_focus(chat: Chat) -> None:
    await chat.launcher.focus()
    await chat.page.keyboard.press("Enter")
    await expect(chat.dialog).to_be_visible()
    assert await chat.focused() == "notice"
    await chat.page.keyboard.press("Escape")
    await expect(chat.dialog).to_be_hidden()
    await expect(chat.launcher).to_be_focused()


async def test_escape_closes_the_options_first(chat: Chat) -> None:
    await chat.start()
    await chat.ask("Mein Auto")
    summary = chat.page.locator("summary.icon")
    await summary.press("Enter")
    await expect(chat.button("erase")).to_be_visible()
    await chat.page.keyboard.press("Tab")
    await chat.page.keyboard.press("Escape")
    await expect(chat.button("erase")).to_be_hidden()
    await expect(summary).to_be_focused()
    await expect(chat.dialog).to_be_visible()


async def test_options_close_when_the_focus_leaves(chat: Chat) -> None:
    await chat.start()
    await chat.ask("Mein Auto")
    await chat.page.locator("summary.icon").press("Enter")
    for _ in range(4):
        await chat.page.keyboard.press("Tab")
    await expect(chat.button("close")).to_be_focused()
    await expect(chat.button("erase")).to_be_hidden()


async def test_wide_panel_leaves_the_page_usable(chat: Chat) -> None:
    await chat.open()
    await chat.page.get_by_role("link", name="Leistungen").click()
    await expect(chat.page).to_have_url(re.compile("#leistungen$"))
    await expect(chat.dialog).to_be_visible()


async def test_phone_panel_covers_the_screen_and_keeps_the_focus(new_context, server: FakeServer) -> None:
    chat = await Chat.at(await new_context(viewport=PHONE), server.origin)
    await chat.open()
    assert await chat.dialog.bounding_box() == {"x": 0, "y": 0, **PHONE}
    for _ in range(12):
        await chat.page.keyboard.press("Tab")
        # Between the last and the first control the browser's own bar has its turn; the page never has.
        assert await chat.page.evaluate(
            "[document.body, document.querySelector('stadtlotse-chat')].includes(document.activeElement)"
        )
    await chat.button("close").click()
    await expect(chat.launcher).to_be_focused()


async def test_panel_becomes_modal_when_the_window_gets_small_and_keeps_the_focus(chat: Chat) -> None:
    await chat.start()
    await chat.input.fill("Entwurf")
    await chat.page.set_viewport_size(PHONE)
    await expect(chat.page.locator("dialog:modal")).to_be_visible()
    await expect(chat.input).to_be_focused()
    await chat.page.set_viewport_size({"width": 1280, "height": 900})
    await expect(chat.page.locator("dialog:modal")).to_have_count(0)
    await expect(chat.dialog).to_be_visible()
    await expect(chat.input).to_be_focused()
    await expect(chat.input).to_have_value("Entwurf")


async def test_phone_shows_the_page_first_after_a_reload(new_context, server: FakeServer) -> None:
    chat = await Chat.at(await new_context(viewport=PHONE), server.origin)
    await chat.start()
    await chat.ask("Mein Auto")
    await chat.page.reload()
    await expect(chat.launcher).to_be_visible()
    await expect(chat.dialog).to_be_hidden()
    await chat.open()
    await expect(chat.messages).to_have_count(2)


async def sideways(page: Page) -> list[str]:
    """Boxes that are wider than what is seen of them."""
    return await page.evaluate(
        """() => {
            const root = document.querySelector('stadtlotse-chat').shadowRoot;
            const wide = [...root.querySelectorAll('dialog, .log, .notice, .confirm, form, header, .bubble, .launcher')]
                .filter((node) => node.scrollWidth > node.clientWidth + 1
                    || node.getBoundingClientRect().right > innerWidth + 1);
            if (document.documentElement.scrollWidth > innerWidth) wide.push({ localName: 'page', className: '' });
            return wide.map((node) => `${node.localName}.${node.className}`);
        }"""
    )


@pytest.mark.parametrize("state", ["closed", "notice", "offices", "feedback", "error", "confirm"])
@pytest.mark.parametrize("viewport", [PHONE, ZOOMED], ids=["360", "320"])
@pytest.mark.parametrize("spacing", ["", SPACING], ids=["usual", "spaced"])
async def test_nothing_scrolls_sideways(
    new_context, server: FakeServer, viewport: Any, state: str, spacing: str
) -> None:
    chat = await Chat.at(await new_context(viewport=viewport), server.origin)
    if spacing:
        # As an extension would: no part of the page's own policy.
        await chat.page.evaluate(
            """(css) => {
                const sheet = new CSSStyleSheet();
                sheet.replaceSync(css);
                document.adoptedStyleSheets = [sheet];
            }""",
            spacing,
        )
    await reach(chat, state)
    assert await sideways(chat.page) == []


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 900}, PHONE, ZOOMED], ids=["1280", "360", "320"])
async def test_answer_is_scrolled_to_and_the_page_stays(new_context, server: FakeServer, viewport: Any) -> None:
    chat = await Chat.at(await new_context(viewport=viewport), server.origin)
    await chat.page.evaluate("scrollTo(0, 300)")
    await chat.start()
    for question in ("Was kostet ein Personalausweis?", "Mein Auto", "Was kostet ein Personalausweis?"):
        answer = await chat.ask(question)
        await expect(answer.locator(".speaker")).to_be_in_viewport()
    assert await chat.page.evaluate("scrollY") == 300


async def test_everything_can_be_reached_at_400_percent(new_context, server: FakeServer) -> None:
    chat = await Chat.at(await new_context(viewport=ZOOMED), server.origin)
    await chat.start()
    answer = await chat.ask("Was kostet ein Personalausweis?")
    for control in (
        chat.button("close"),
        answer.get_by_role("link", name="Online erledigen"),
        chat.input,
        chat.button("Senden"),
    ):
        await control.scroll_into_view_if_needed()
        box = await control.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= ZOOMED["width"]


@pytest.mark.parametrize("state", ["notice", "error", "feedback", "options", "confirm", "offices"])
async def test_targets_are_large_enough(chat: Chat, state: str) -> None:
    await reach(chat, state)
    small = await chat.page.evaluate(
        """() => [...document.querySelector('stadtlotse-chat').shadowRoot
                .querySelectorAll('button, summary, textarea, a.button')]
            .filter((node) => node.checkVisibility())
            .map((node) => [node.textContent || node.ariaLabel, node.getBoundingClientRect()])
            .filter(([, box]) => box.height < 24 || box.width < 24)
            .map(([name, box]) => `${name}: ${box.width} × ${box.height}`)"""
    )
    assert small == []


async def test_nothing_moves_by_itself(chat: Chat) -> None:
    await reach(chat, "conversation")
    assert await chat.page.evaluate("document.getAnimations().length") == 0
    assert await chat.log.evaluate("(log) => getComputedStyle(log).scrollBehavior") == "auto"


async def test_tiny_font_of_the_page_does_not_shrink_the_chat(context: BrowserContext, server: FakeServer) -> None:
    chat = await Chat.at(context, server.page("/winzig"))
    await chat.page.evaluate(
        "() => { document.documentElement.style.fontSize = '50%'; document.body.style.letterSpacing = '1em'; }"
    )
    await chat.start()
    style = await chat.input.evaluate(
        "(input) => [getComputedStyle(input).fontSize, getComputedStyle(input).letterSpacing]"
    )
    assert style == ["16px", "normal"]


async def test_edges_are_seen_in_forced_colours(new_context, server: FakeServer) -> None:
    chat = await Chat.at(await new_context(forced_colors="active"), server.origin)
    await reach(chat, "conversation")
    for selector in (".bubble", ".send", ".citizen .bubble", "textarea", ".choice"):
        width = await chat.page.locator(selector).last.evaluate("(node) => getComputedStyle(node).borderTopWidth")
        assert width == "1px", selector


async def test_focus_is_marked_with_enough_contrast(chat: Chat) -> None:
    await chat.start()
    outline = await chat.input.evaluate(
        "(input) => [getComputedStyle(input).outlineWidth, getComputedStyle(input).outlineColor]"
    )
    assert outline == ["3px", "rgb(28, 36, 39)"]
