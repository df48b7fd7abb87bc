"""A desk with a team, people at their browsers, and conversations that wait."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
from aiohttp import ClientResponse
from sqlalchemy import Engine

from bot.conversations.handoffs import StoredHandoff, read_handoff
from bot.conversations.queries import list_messages
from bot.conversations.records import StoredMessage
from bot.staff.audit import read_entries
from bot.staff.teams import add_team, set_teams
from tests.conversations.desk import Desk
from tests.web.staff.conftest import Browser, Hire, StartBrowser
from tests.web.staff.conftest import browser as browser  # noqa: PLC0414 - fixtures
from tests.web.staff.conftest import hire as hire  # noqa: PLC0414
from tests.web.staff.conftest import open_browser as open_browser  # noqa: PLC0414
from tests.web.staff.conftest import web as web  # noqa: PLC0414


@dataclass
class Colleague:
    """Somebody at the desk."""

    id: int
    browser: Browser

    async def page(self, path: str = "/desk") -> str:
        return await self.browser.page(path)

    async def status(self, path: str = "/desk") -> int:
        return (await self.browser.get(path)).status

    async def do(self, handoff_id: int, action: str, **fields: str) -> ClientResponse:
        """Send a form of the conversation."""
        return await self.browser.post(f"/desk/conversations/{handoff_id}/{action}", fields, at="/desk")

    async def write(self, handoff_id: int, text: str, *, key: str = "a1") -> ClientResponse:
        return await self.do(handoff_id, "messages", text=text, key=key)


AddColleague = Callable[..., Awaitable[Colleague]]


@pytest.fixture
def desk(engine: Engine) -> Desk:
    with engine.begin() as connection:
        names = {"de": "Bürgerservice", "en": "Citizens' services"}
        return Desk(engine, add_team(connection, "buergerservice", names=names, fallback=True))


@pytest.fixture
def add_colleague(desk: Desk, hire: Hire, open_browser: StartBrowser, engine: Engine) -> AddColleague:
    """Somebody of the desk's team, or of other teams, signed in."""

    async def add(name: str, *roles: str, teams: tuple[int, ...] | None = None) -> Colleague:
        staff_id = hire(name, *(roles or ("caseworker",)), display_name=f"Person {name}")
        with engine.begin() as connection:
            set_teams(connection, staff_id, (desk.team,) if teams is None else teams)
        browser = open_browser()
        assert (await browser.sign_in(name)).status == 303
        return Colleague(staff_id, browser)

    return add


@pytest.fixture
async def anna(add_colleague: AddColleague) -> Colleague:
    return await add_colleague("anna")


@pytest.fixture
async def berta(add_colleague: AddColleague) -> Colleague:
    return await add_colleague("berta")


@dataclass(frozen=True)
class Stored:
    """What the database says."""

    engine: Engine

    def handoff(self, handoff_id: int) -> StoredHandoff:
        with self.engine.connect() as connection:
            return read_handoff(connection, handoff_id)

    def messages(self, handoff: StoredHandoff) -> tuple[StoredMessage, ...]:
        with self.engine.connect() as connection:
            return list_messages(connection, handoff.conversation_id)

    def deeds(self, handoff_id: int) -> list[tuple[str, str]]:
        """Who did what with it, as the audit log has it."""
        with self.engine.connect() as connection:
            entries = list(read_entries(connection))
        return [(entry.name, entry.action) for entry in entries if entry.object == f"handoff {handoff_id}"]


@pytest.fixture
def stored(engine: Engine) -> Stored:
    return Stored(engine)
