"""Requests in a real browser: from the citizen's form to the answer at the desk, in the mailbox and in the widget."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect
from sqlalchemy import update

from bot.conversations.canned_replies import add_reply
from bot.conversations.outbox import OUTBOX, queue_mail
from bot.conversations.requests import (
    REQUEST,
    NewRequest,
    StoredRequest,
    answer_request,
    assign_request,
    take_request,
)
from bot.settings import Settings
from bot.web.app import make_app
from bot.web.chat.handoff_texts import say
from tests.browser.chat import Chat
from tests.browser.conftest import Watch
from tests.browser.test_accessibility import PHONE, WIDE, violations
from tests.browser.test_desk import SCREENSHOTS, SCRIPT, opened
from tests.browser.test_desk import desk as desk  # noqa: PLC0414 - fixtures
from tests.browser.test_desk import worker as worker  # noqa: PLC0414
from tests.conversations.desk import Desk
from tests.web.mail.post_office import PostOffice
from tests.web.staff.conftest import CHEAP
from tests.web.worker import FakeWorker

EMAIL = "a.berger@mail.example"


@pytest_asyncio.fixture(loop_scope="session")
async def post_office() -> AsyncIterator[PostOffice]:
    office = PostOffice()
    await office.open()
    yield office
    await office.close()


@pytest_asyncio.fixture(loop_scope="session")
async def origin(database_url: str, desk: Desk, worker: FakeWorker, post_office: PostOffice) -> AsyncIterator[str]:
    settings = {"database_url": database_url, "worker_url": worker.url, "second_factor": "optional"}
    server = TestServer(make_app(Settings(**settings, **CHEAP, **post_office.settings)))
    await server.start_server()
    yield str(server.make_url("")).rstrip("/")
    await server.close()


def ask(desk: Desk, *said: str, hours: float = 20, **values: Any) -> StoredRequest:
    """A request that is due in so many hours."""
    now = datetime.now(UTC)
    new = {
        "conversation_id": desk.begin(*said).id,
        "team_id": desk.team,
        "reason": "failed_twice",
        "language": "de",
        "service_id": None,
        "shown_from": 1,
        "what": f"Die Laterne vor der Ahornallee 4 ist aus.\nSeit drei Tagen. {SCRIPT}",
        "reach": "abends am Telefon, 05999 123456",
        "email": EMAIL,
        "due_at": now + timedelta(hours=hours),
        "at": now,
    }
    with desk.engine.begin() as connection:
        return take_request(connection, NewRequest(**(new | values)))[0]


async def look(page: Page, name: str) -> None:
    """No barrier, nothing that sticks out, and a picture, on a desktop and on a telephone."""
    for size in (WIDE, PHONE):
        await page.set_viewport_size(size)
        assert await violations(page) == [], (name, size)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, size)
        await page.screenshot(path=SCREENSHOTS / f"desk-{name}-{size['width']}.png", full_page=True)
    await page.set_viewport_size(WIDE)


async def write_request(chat: Chat) -> list[str]:
    """The citizen finds nobody and writes down what it is about; reference and code."""
    await chat.start()
    await chat.ask("Was kostet das?")
    await chat.button("Mit einem Menschen sprechen").click()
    await expect(chat.messages.last).to_contain_text("Im Chat ist gerade niemand")
    await chat.button(say("write_request", "de")).click()
    await expect(chat.messages.last).to_contain_text(say("request_form_email", "de"))
    form = chat.log.locator("form.written")
    await form.get_by_label("Worum geht es?").fill(f"Die Laterne ist aus {SCRIPT}")
    await form.get_by_label("E-Mail-Adresse").fill(EMAIL)
    await form.get_by_label("Die bisherige Unterhaltung").check()
    await form.get_by_label("Ich bin einverstanden").check()
    await form.get_by_role("button", name="Anliegen abschicken").click()
    await expect(chat.messages.last).to_contain_text(say("request_answer_email", "de"))
    return await chat.log.locator(".taken strong").all_inner_texts()


async def test_citizen_leaves_a_request_and_gets_the_answer_by_email_and_in_the_widget(
    chromium: Browser, origin: str, desk: Desk, post_office: PostOffice
) -> None:
    watch = Watch([origin])
    context = await chromium.new_context(viewport=WIDE, locale="de-DE")
    context.set_default_timeout(5_000)
    context.on("page", watch.add)
    chat = await Chat.at(context, origin)
    reference, code = await write_request(chat)
    [confirmation] = await post_office.take()
    assert confirmation["Subject"] == f"Ihr Anliegen {reference} ist aufgenommen"

    async with opened(chromium, origin) as page:
        await page.get_by_role("navigation").get_by_role("link", name="Anliegen").press("Enter")
        await expect(page.locator("#list-open")).to_contain_text("(1)")
        await page.get_by_role("link", name=f"Anliegen {reference} öffnen").press("Enter")
        await expect(page.locator("#what")).to_contain_text("Die Laterne ist aus <img")
        await expect(page.locator("#history")).to_contain_text("Was kostet das?")
        await page.locator("#take").press("Enter")
        await page.get_by_label("Antwort", exact=True).fill(f"Guten Tag,\nsie brennt wieder. {SCRIPT}")
        await look(page, "request-taken")
        await page.get_by_role("button", name="Antworten").press("Enter")
        await expect(
            page.locator(".note", has_text="Die Antwort ist gespeichert.")
        ).to_be_visible()  # it is announced as well
        _, letter = await post_office.take(2)
        assert letter["Subject"] == f"Antwort auf Ihr Anliegen {reference}"
        assert letter["To"].addresses[0].addr_spec == EMAIL
        assert f"sie brennt wieder. {SCRIPT}" in letter.get_content()
        for envelope in post_office.letters:
            assert code.encode() not in (envelope.original_content or b"")
        # Without a reload: the page looks from time to time.
        await expect(page.locator("#reach")).to_contain_text("E-Mail gesendet am", timeout=15_000)
        await look(page, "request-answered")
        assert await page.title() != "1"

    await expect(chat.messages.last).to_contain_text("sie brennt wieder. <img")
    other_device = await chromium.new_context(viewport=WIDE, locale="de-DE")
    other = await Chat.at(other_device, origin)
    await other.open()
    await other.choose_option("Antwort auf ein Anliegen lesen")
    lookup = other.page.locator(".looking form")
    await lookup.get_by_label("Referenz").fill(reference)
    await lookup.get_by_label("Code").fill(code)
    await lookup.get_by_role("button", name="Lesen").click()
    await expect(lookup.get_by_role("status")).to_contain_text("sie brennt wieder. <img")
    assert {await chat.page.title(), await other.page.title()}.isdisjoint({"1"})
    await other_device.close()
    await context.close()
    assert watch.problems == []


@pytest.mark.parametrize("language", ["de", "en"])
async def test_every_page_of_requests_can_be_used_by_everybody(
    chromium: Browser, origin: str, desk: Desk, language: str
) -> None:
    late = ask(desk, "Was kostet ein Personalausweis?", hours=-30, service_id="personalausweis")
    soon, answered = ask(desk, shown_from=2, email=""), ask(desk, language="en")
    with desk.engine.begin() as connection:
        assign_request(connection, soon.id, desk.deed(2))
        assign_request(connection, answered.id, desk.deed(2))
        done = answer_request(connection, answered.id, desk.deed(2), answer="It works again.")
        queue_mail(connection, done, "answer", at=datetime.now(UTC))
        failed = {"state": "failed", "problem": "address", "done_at": datetime.now(UTC)}
        connection.execute(update(OUTBOX).values(**failed))
    async with opened(chromium, origin) as page:
        if language == "en":
            await page.get_by_role("button", name="English").click()
        for shown in ("open", "mine", "answered"):
            await page.goto(f"{origin}/desk/requests?show={shown}")
            await look(page, f"requests-{language}-{shown}")
        await page.goto(f"{origin}/desk/requests")
        await expect(page.locator("tbody tr").first).to_contain_text({"de": "überfällig", "en": "overdue"}[language])
        for name, request in (("late", late), ("colleagues", soon), ("failed", answered)):
            await page.goto(f"{origin}/desk/requests/{request.id}")
            await look(page, f"request-{language}-{name}")
        await expect(page.locator("#mail-again")).to_be_visible()
        assert await page.title() != "1"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
async def test_prepared_reply_is_inserted_and_the_answer_given(
    chromium: Browser, origin: str, desk: Desk, scripts: bool
) -> None:
    with desk.engine.begin() as connection:
        texts = {"de": "Viele Grüße\n{caseworker}"}
        add_reply(connection, team_id=desk.team, name="Gruß", texts=texts, by=(1, datetime.now(UTC)))
    request = ask(desk)
    async with opened(chromium, origin, java_script_enabled=scripts) as page:
        await page.goto(f"{origin}/desk/requests")
        await page.get_by_role("button", name=f"Anliegen {request.reference} übernehmen").press("Enter")
        await page.get_by_label("Antwort", exact=True).fill("Sie brennt wieder.\n\n")
        await page.locator("#replies summary").press("Enter")
        await page.get_by_role("button", name="„Gruß“ einfügen").press("Enter")
        await expect(page.get_by_label("Antwort", exact=True)).to_have_value(
            "Sie brennt wieder.\n\nViele Grüße\nFrau Sommer"
        )
        await page.get_by_role("button", name="Antworten").press("Enter")
        await expect(page.locator("#answering")).to_contain_text("Frau Sommer")
        await page.goto(f"{origin}/desk/requests?show=answered")
        await expect(page.locator("#requests")).to_contain_text(request.reference)


async def test_answer_that_is_being_written_survives_what_colleagues_do(
    chromium: Browser, origin: str, desk: Desk
) -> None:
    request = ask(desk)
    with desk.engine.begin() as connection:
        assign_request(connection, request.id, desk.deed(1))
    async with opened(chromium, origin) as page:
        await page.goto(f"{origin}/desk/requests/{request.id}")
        await page.get_by_label("Antwort", exact=True).fill("Angefangener Satz")
        with desk.engine.begin() as connection:
            connection.execute(update(REQUEST).values(note="Von nebenan"))
        await expect(page.locator("#deeds")).to_contain_text("Von nebenan", timeout=15_000)
        await expect(page.get_by_label("Antwort", exact=True)).to_have_value("Angefangener Satz")
        await expect(page.get_by_label("Antwort", exact=True)).to_be_focused()
