"""Names, messages and notes full of markup, in real browsers: they are read as they were written, and nothing runs."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect
from sqlalchemy.orm import Session

from bot.catalogue.importers import sync
from bot.catalogue.importers.record import Reading, Source, Town
from bot.conversations.canned_replies import add_reply
from bot.conversations.requests import NewRequest, take_request
from bot.staff import administration
from bot.staff.administration import Profile, TeamProfile
from bot.staff.audit import COMMAND_LINE
from bot.staff.people import find_account_by_name
from bot.staff.roles import ROLES
from bot.web.chat.handoff_texts import say
from tests.browser.chat import Chat
from tests.browser.conftest import Watch
from tests.browser.test_accessibility import WIDE
from tests.browser.test_desk import desk as desk  # noqa: PLC0414 - fixtures
from tests.browser.test_desk import opened
from tests.browser.test_desk import origin as origin  # noqa: PLC0414
from tests.browser.test_desk import worker as worker  # noqa: PLC0414
from tests.browser.test_desk_reveal import hide
from tests.catalogue.records import CITIZENS_OFFICE, PASSPORT
from tests.conversations.desk import Desk
from tests.web.worker import FakeWorker, Turn

MARKS = (
    "<script>window.ran=1;alert(1)</script>",
    '<img src=x onerror="window.ran=1;alert(1)">',
    "\"'><svg onload=window.ran=1;alert(1)>",
    "</textarea></title></style><script>window.ran=1</script>",
    "[Link](javascript:window.ran=1) javascript:window.ran=1",
    "{{ 7 * 191 }} ${window.ran=1} {name}",
)
TEXT = f"Guten Tag, ich habe eine Frage und schreibe Ihnen das hier: {' '.join(MARKS)}"
SHORT = MARKS[1]
SQL = [
    "' OR '1'='1",
    "'; DROP TABLE message; --",
    '" OR ""="',
    "%",
    "_",
    "\\",
    "*",
    "NEAR(a b)",
    '"unbalanced',
    'a*" OR (b',
]


@dataclass
class Guarded:
    """Pages on which a script that ran, a dialog, or a refusal by the policy is noticed."""

    problems: list[str]

    def add(self, page: Page) -> None:
        page.on("dialog", self._dialog)
        page.on("console", lambda message: self._read(message.text))

    async def _dialog(self, dialog: Any) -> None:
        self.problems.append(f"dialog on {dialog.page.url}")
        await dialog.dismiss()

    def _read(self, text: str) -> None:
        if "Content Security Policy" in text or "Content-Security-Policy" in text:
            self.problems.append(text)


async def check(page: Page, guarded: Guarded) -> None:
    """Nothing ran, and no element was made of what somebody wrote."""
    assert await page.evaluate("window.ran") is None, page.url
    assert await page.locator("img[src=x], svg[onload], [onerror]").count() == 0, page.url
    assert await page.locator("a[href^='javascript:']").count() == 0, page.url
    assert "1337" not in await page.locator("body").inner_text(), page.url
    assert guarded.problems == []


def answer(turn: Turn) -> Turn:
    """The bot says what it was told, in every field it has."""
    hostile = {"id": TEXT[:60], "name": TEXT, "url": "javascript:window.ran=1"}
    card = {
        "kind": "service",
        "service": hostile,
        "facets": [{"facet": "fees", "text": TEXT, "recorded": True}],
        "offices": [{"name": TEXT, "address": TEXT, "hours": TEXT, "url": "javascript:window.ran=1"}],
        "valid_as_of": "2026-09-15",
        "online_url": "javascript:window.ran=1",
    }
    custom = {"outcome": "service", "language": "de", "card": card, "choices": []}
    return {
        "outputs": [{"text": TEXT, "response": None, "custom": custom}],
        "understanding": {"intent": SHORT, "confidence": 0.9, "language": SHORT[:8], "entities": {}},
        "state": None,
    }


@pytest.fixture
def hostile_town(desk: Desk, worker: FakeWorker) -> int:
    """Everything that has a name is called by markup; the id of a request. Herr Winter may do everything."""
    worker.answer = answer
    reading = Reading(
        town=Town(name="Auenfurt"), services=(PASSPORT,), offices=(CITIZENS_OFFICE,), rejected=(), notes=()
    )
    with Session(desk.engine) as session:
        sync.apply(session, reading, Source(kind="town", name="Auenfurt"))
    now = datetime.now(UTC)
    with desk.engine.begin() as connection:
        names = {"de": SHORT, "en": SHORT}
        team = TeamProfile(names=names, offices=frozenset({SHORT}), fallback=True)
        administration.change_team(connection, COMMAND_LINE, desk.team, team)
        for name, roles in (("h.sommer", ("caseworker",)), ("k.winter", ROLES)):
            account = find_account_by_name(connection, name)
            assert account is not None
            profile = Profile(
                display_name=SHORT,
                roles=frozenset(roles),
                languages=frozenset({"de", "en"}),
                teams=frozenset({desk.team}),
            )
            administration.change(connection, COMMAND_LINE, account.staff.id, profile)
        by = (account.staff.id, now)
        add_reply(connection, team_id=desk.team, name=SHORT, texts={"de": MARKS[0], "en": SHORT}, by=by)
    conversation = desk.begin(TEXT)
    new = NewRequest(
        conversation_id=conversation.id,
        team_id=desk.team,
        reason="wish",
        language="de",
        service_id=TEXT[:60],
        shown_from=1,
        what=TEXT,
        reach=TEXT,
        email="",
        due_at=now,
        at=now,
    )
    with desk.engine.begin() as connection:
        return take_request(connection, new)[0].id


@dataclass
class Stage:
    """A citizen at the widget and a caseworker who has the conversation; `path` is its page."""

    chat: Chat
    page: Page
    guarded: Guarded
    origin: str
    path: str

    async def check(self) -> None:
        for page in (self.page, self.chat.page):
            await check(page, self.guarded)


@pytest_asyncio.fixture(loop_scope="session")
async def stage(chromium: Browser, origin: str, hostile_town: int) -> AsyncIterator[Stage]:
    """The citizen wrote markup to the bot, which answered with markup."""
    watch, guarded = Watch([origin]), Guarded([])
    context = await chromium.new_context(viewport=WIDE, locale="de-DE")
    context.set_default_timeout(15_000)
    context.on("page", watch.add)
    async with opened(chromium, origin, "k.winter") as page:
        page.set_default_timeout(15_000)
        chat = await Chat.at(context, origin)
        for each in (page, chat.page):
            guarded.add(each)
        await chat.start()
        await chat.ask(TEXT)
        await chat.button("Mit einem Menschen sprechen").click()
        await chat.button(say("accept", "de")).click()
        await expect(chat.state).to_contain_text("Warteschlange")
        await check(page, guarded)
        await page.locator("[id^=claim-]").click()
        await expect(page.locator("#text")).to_be_visible()
        yield Stage(chat, page, guarded, origin, page.url.removeprefix(origin).partition("?")[0])
    await context.close()
    assert watch.problems == []


async def test_messages_notes_and_prepared_replies_are_harmless(stage: Stage) -> None:
    page, chat = stage.page, stage.chat
    await expect(page.locator(".messages .citizen").first).to_contain_text(MARKS[0])
    await page.get_by_label("Antwort", exact=True).fill(TEXT)
    await page.locator("#send").click()
    await expect(chat.messages.last).to_contain_text(MARKS[0])
    await chat.send(f"Danke. {TEXT}")
    await expect(page.locator(".messages .citizen").last).to_contain_text(f"Danke. {TEXT[:90]}")
    await page.locator("#note").fill(TEXT)
    await page.get_by_role("button", name="Notiz speichern").click()
    await expect(page.locator("#events")).to_contain_text(MARKS[0])
    await page.locator("#replies summary").click()
    await page.locator("[data-insert]").first.click()
    await expect(page.locator("#text")).to_have_value(MARKS[0])
    await stage.check()


async def test_corrections_and_reasons_are_harmless(stage: Stage, desk: Desk, database_url: str) -> None:
    page = stage.page
    await page.locator("details[id^=wrong-] summary").first.click()
    await page.locator("[name=right]").first.fill(TEXT)
    await page.locator("[id^=mark-]").first.click()
    await expect(page.locator("[id^=marked-]")).to_contain_text(MARKS[0])
    await stage.check()
    number = hide(desk, database_url, int(stage.path.rpartition("/")[2]))
    await page.goto(f"{stage.origin}{stage.path}")
    await page.locator(f"#hidden-{number} summary").click()
    await page.locator(f"#reveal-reason-{number}").select_option("other")
    await page.locator(f"#reveal-words-{number}").fill(TEXT[:300])
    await page.locator(f"#reveal-{number}").click()
    await expect(page.locator("#original")).to_be_visible()
    await stage.check()
    await page.goto(f"{stage.origin}{stage.path}")
    await expect(page.locator("#events")).to_contain_text(MARKS[0])
    await stage.check()


async def test_request_and_its_answer_are_harmless(stage: Stage, hostile_town: int) -> None:
    page = stage.page
    await page.goto(f"{stage.origin}/desk/requests/{hostile_town}")
    await page.get_by_label("Antwort", exact=True).fill(TEXT)
    await page.get_by_role("button", name="Antworten").click()
    await expect(page.locator("#answering")).to_contain_text(MARKS[0])
    await stage.check()


async def test_feedback_and_the_pages_of_all_roles_are_harmless(stage: Stage, desk: Desk) -> None:
    page, chat = stage.page, stage.chat
    await page.get_by_label("Wie ist es ausgegangen?").select_option("solved")
    await page.get_by_role("button", name="Gespräch abschließen").click()
    await expect(chat.answers.last).to_contain_text(say("closed", "de"))
    await chat.answers.last.get_by_role("button", name="Hilfreich", exact=True).click()
    comment = chat.page.get_by_role("textbox", name=chat.words["comment"])
    await comment.fill(TEXT)
    await comment.press("Enter")
    await expect(chat.log.locator("q")).to_contain_text(MARKS[0])
    links = await page.locator("nav a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    one = ["/desk/replies/1", f"/staff/teams/{desk.team}", "/staff/people/1", "/staff/account", stage.path]
    for path in (*links, *one):
        await page.goto(f"{stage.origin}{path}")
        await expect(page.locator("h1")).to_be_visible()
        await stage.check()


@pytest.mark.usefixtures("hostile_town")
async def test_what_is_searched_for_is_harmless(chromium: Browser, origin: str, desk: Desk) -> None:
    """Markup and what databases understand, in every field that searches."""
    guarded = Guarded([])
    waiting = desk.wait("Ich brauche Hilfe", at=datetime.now(UTC)).id
    async with opened(chromium, origin, "k.winter") as page:
        page.set_default_timeout(30_000)
        guarded.add(page)
        for text in (*MARKS, *SQL):
            await page.goto(f"{origin}/desk/history")
            await page.get_by_label("Wörter aus dem Gespräch").fill(text[:200])
            await page.get_by_label("Name der Leistung").fill(text[:200])
            await page.get_by_role("button", name="Anzeigen").click()
            await expect(page.get_by_label("Wörter aus dem Gespräch")).to_have_value(text)
            await check(page, guarded)
            await page.goto(f"{origin}/desk/conversations/{waiting}")
            await page.get_by_label("Leistung oder Stichwort").fill(text)
            await page.locator("#catalogue-search").click()
            await expect(page.locator("#catalogue-part")).to_have_attribute("data-query", text)
            await check(page, guarded)
