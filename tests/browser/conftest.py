"""Chromium, the fake server, and a page on which nothing may go wrong unseen."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.browser.chat import Chat
from tests.browser.server import FakeServer, running

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
DIRECTORY = Path(__file__).parent

OpenPage = Callable[..., Awaitable[Page]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One event loop for all of them, because they share one browser."""
    for item in items:
        if item.path.parent == DIRECTORY:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("NOT TESTED: the widget, because there is no Chromium (apt-get install chromium, or set CHROMIUM)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def server() -> AsyncIterator[FakeServer]:
    async with running() as fake:
        yield fake


class Watch:
    """What went wrong in the pages of a context: script errors, refusals by the CSP, requests to others."""

    def __init__(self, origins: list[str]) -> None:
        self.origins = origins
        self.problems: list[str] = []

    def add(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("console", self._read)
        page.on("request", lambda request: self._check(request.url))
        page.on("websocket", lambda socket: self._check(socket.url))

    def _read(self, message: Any) -> None:
        network = ("Failed to load resource", "WebSocket connection to", "net::ERR")
        if message.type in {"error", "warning"} and not any(part in message.text for part in network):
            self.problems.append(f"console: {message.text}")

    def _check(self, address: str) -> None:
        origin = address.replace("ws://", "http://")
        if not any(origin.startswith(allowed) for allowed in (*self.origins, "data:", "blob:")):
            self.problems.append(f"request to another origin: {address}")


@pytest_asyncio.fixture(loop_scope="session")
async def new_context(chromium: Browser, server: FakeServer) -> AsyncIterator[Callable[..., Awaitable[BrowserContext]]]:
    contexts: list[BrowserContext] = []
    watch = Watch([server.origin])

    async def open_context(**options: Any) -> BrowserContext:
        defaults = {"viewport": {"width": 1280, "height": 900}, "locale": "de-DE", "timezone_id": "Europe/Berlin"}
        context = await chromium.new_context(**{**defaults, **options})
        context.set_default_timeout(5_000)
        context.on("page", watch.add)
        contexts.append(context)
        return context

    open_context.watch = watch  # type: ignore[attr-defined]
    yield open_context
    for context in contexts:
        await context.close()
    assert watch.problems == []


@pytest_asyncio.fixture(loop_scope="session")
async def context(new_context: Callable[..., Awaitable[BrowserContext]]) -> BrowserContext:
    return await new_context()


@pytest_asyncio.fixture(loop_scope="session")
async def chat(context: BrowserContext, server: FakeServer) -> Chat:
    """The widget, closed, on the demo town's page in a wide window."""
    return await Chat.at(context, server.origin)
