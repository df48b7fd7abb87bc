"""For tests that walk all routes for staff: something behind every address, and what a route reads."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import ClientResponse
from aiohttp.web import BaseRequest
from multidict import MultiDictProxy
from sqlalchemy import Engine
from yarl import URL

from bot.conversations import claims
from bot.conversations.canned_replies import add_reply
from bot.conversations.requests import NewRequest, assign_request, take_request
from bot.staff.people import NewStaff, add_staff
from bot.staff.roles import ROLES
from bot.staff.teams import add_team, set_teams
from bot.staff.tokens import derive
from bot.web.staff.guard import StaffRoute
from tests.conversations.desk import Desk
from tests.web.staff.conftest import Browser

PLACE = re.compile(r"{(\w+)(?::([^}]*))?}")


@dataclass
class Ground:
    """A desk whose team has one member of staff, at their browser."""

    engine: Engine
    browser: Browser
    name: str
    staff_id: int
    desk: Desk = field(init=False)
    others: int = field(init=False)

    def __post_init__(self) -> None:
        with self.engine.begin() as connection:
            team = add_team(connection, "buergerservice", names={"de": "Bürgerservice"}, fallback=True)
            set_teams(connection, self.staff_id, [team])
        self.desk = Desk(self.engine, team)
        self.others = self.desk.add_team("bauamt")

    async def enter(self) -> None:
        """Sign in, unless they are."""
        if not self.browser.cookie():
            assert (await self.browser.sign_in(self.name)).status == 303

    async def send(self, route: StaffRoute, path: str, **options: Any) -> ClientResponse:
        """The request as one of our own pages sends it."""
        await self.enter()
        headers = {"X-CSRF-Token": derive(self.browser.cookie(), "csrf"), **options.pop("headers", {})}
        url = URL(f"{self.browser.origin}{path}", encoded=True)
        response = await self.browser.session.request(
            route.method, url, headers=headers, allow_redirects=False, **options
        )
        await response.read()
        return response

    def path(self, route: StaffRoute, *, foreign: bool = False, **known: str) -> str:
        """An address of the route with something behind it, of this team or of others. Fails for a new kind of it."""
        team = self.others if foreign else self.desk.team

        def fill(place: re.Match[str]) -> str:
            name, pattern = place[1], place[2]
            if name in known:
                return known[name]
            return pattern.partition("|")[0] if pattern and "|" in pattern else MAKE[name](self, team)

        return PLACE.sub(fill, route.path)

    def make_handoff(self, team: int) -> str:
        handoff = self.desk.wait("Was kostet das?", team_id=team, at=datetime.now(UTC))
        if team == self.desk.team:
            with self.engine.begin() as connection:
                claims.claim(connection, handoff.id, self._deed())
        return str(handoff.id)

    def make_request(self, team: int) -> str:
        now = datetime.now(UTC)
        new = NewRequest(
            conversation_id=self.desk.begin("Die Laterne ist aus").id,
            team_id=team,
            reason="failed_twice",
            language="de",
            service_id=None,
            shown_from=1,
            what="Die Laterne ist aus",
            reach="",
            email="",
            due_at=now + timedelta(hours=2),
            at=now,
        )
        with self.engine.begin() as connection:
            request = take_request(connection, new)[0]
            if team == self.desk.team:
                assign_request(connection, request.id, self._deed())
        return str(request.id)

    def make_reply(self, team: int) -> str:
        by = (self.staff_id, datetime.now(UTC))
        with self.engine.begin() as connection:
            return str(add_reply(connection, team_id=team, name="Gruß", texts={"de": "Guten Tag"}, by=by))

    def make_person(self, _team: int) -> str:
        with self.engine.begin() as connection:
            count = connection.exec_driver_sql("SELECT count(*) FROM staff").scalar_one()
            new = NewStaff(name=f"neu{count}", roles=["caseworker"])
            return str(add_staff(connection, new, at=datetime.now(UTC)))

    def _deed(self) -> claims.Deed:
        return self.desk.deed(self.staff_id, at=datetime.now(UTC))


# What stands behind each part of an address. A new kind of object gets its line here.
MAKE: Mapping[str, Callable[[Ground, int], str]] = {
    "handoff": Ground.make_handoff,
    "request": Ground.make_request,
    "reply": Ground.make_reply,
    "person": Ground.make_person,
    "team": lambda _, team: str(team),
    "action": lambda _, __: "sessions",
    "token": lambda _, __: "A" * 43,
    "file": lambda _, __: "staff/base.css",
}
OF_TEAMS = frozenset({"handoff", "request", "reply", "team"})
IDS = OF_TEAMS | {"person"}


@dataclass
class Asked:
    """The names of the fields and parameters that were read."""

    fields: set[str] = field(default_factory=set)
    parameters: set[str] = field(default_factory=set)


@contextmanager
def listening(monkeypatch: Any) -> Iterator[Asked]:
    """Notes what handlers read of forms and addresses."""
    asked, post = Asked(), BaseRequest.post

    async def read_post(request: BaseRequest) -> MultiDictProxy[Any]:
        return _recorded(await post(request), asked.fields)

    def read_query(request: BaseRequest) -> MultiDictProxy[str]:
        return _recorded(request.rel_url.query, asked.parameters)

    with monkeypatch.context() as patched:
        patched.setattr(BaseRequest, "post", read_post)
        patched.setattr(BaseRequest, "query", property(read_query))
        yield asked


def _recorded(values: MultiDictProxy[Any], names: set[str]) -> MultiDictProxy[Any]:
    class Recorded(MultiDictProxy[Any]):
        def get(self, key: str, default: Any = None) -> Any:
            names.add(key)
            return super().get(key, default)

        def getall(self, key: str, *default: Any) -> Any:
            names.add(key)
            return super().getall(key, *default)

        def __getitem__(self, key: str) -> Any:
            names.add(key)
            return super().__getitem__(key)

    return Recorded(values)


def places(route: StaffRoute) -> set[str]:
    """What its address names: {"handoff"}."""
    return {place[1] for place in PLACE.finditer(route.path)}


def usual(name: str) -> str:
    """What a field holds that is not the one under test."""
    return USUAL.get(name, "1")


USUAL = {
    "role": ROLES[0],
    "language": "de",
    "status": "available",
    "outcome": "solved",
    "reason": "other",
    "next": "/staff",
    "facet": "",
    "version": "",
    "do": "",
}
