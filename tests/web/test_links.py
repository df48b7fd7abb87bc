"""The link check, against a real server on loopback."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.web.links import PRIVATE, Manners, check_links

QUICK = Manners(pause=0.0, timeout=2.0, allow_private=True)


@dataclass
class Site:
    """A town's website; `asked` is every question it got, with its time."""

    asked: list[tuple[str, str, float]] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    at_once: int = 0
    most_at_once: int = 0
    origin: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append((request.method, request.path, time.monotonic()))
        self.agents.add(request.headers["User-Agent"])
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        await asyncio.sleep(5 if request.path == "/slow" else 0.01)
        self.at_once -= 1
        status = {"/gone": 404, "/login": 401, "/broken": 500, "/no-head": 405}.get(request.path, 200)
        if request.path == "/no-head" and request.method == "GET":
            status = 200
        target = {"/moved": "there", "/loop": "/loop", "/mail": "mailto:a@b.example", "/lost": "/gone"}.get(
            request.path
        )
        return web.Response(status=302, headers={"Location": target}) if target else web.Response(status=status)

    def paths(self, method: str) -> list[str]:
        return [path for asked, path, _at in self.asked if asked == method]


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    made = Site()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", made.answer)
    server = TestServer(app)
    await server.start_server()
    made.origin = str(server.make_url("")).rstrip("/")
    yield made
    await server.close()


def nothing(_done: int, _of: int) -> None:
    """No progress."""


async def check(site: Site, *paths: str, manners: Manners = QUICK) -> dict[str, str]:
    found = await check_links([site.origin + path for path in paths], manners, progress=nothing)
    return {address.removeprefix(site.origin): problem for address, problem in found.items()}


async def test_pages_that_are_there_are_only_asked_for_their_head(site: Site) -> None:
    assert await check(site, "/", "/moved") == {"/": "", "/moved": ""}
    assert site.paths("GET") == []
    assert site.paths("HEAD") == ["/", "/moved", "/there"]
    [agent] = site.agents
    assert agent.startswith("Stadtlotse/")


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/gone", "404"),
        ("/broken", "500"),
        ("/lost", "404"),
        ("/login", ""),
        ("/no-head", ""),
        ("/loop", "leads on more than 5 times"),
        ("/mail", "no address of a page"),
        ("/slow", "no answer within 0.3 s"),
    ],
)
async def test_what_is_wrong_is_said_in_a_few_words(site: Site, path: str, problem: str) -> None:
    manners = Manners(pause=0.0, timeout=0.3, allow_private=True)
    assert await check(site, path, manners=manners) == {path: problem}


@pytest.mark.parametrize(
    "address",
    ["mailto:a@b.example", "javascript:alert(1)", "http://[", "http://", "ftp://b.example", "http://2130706433/"],
)
async def test_what_is_no_page_is_not_asked(address: str) -> None:
    assert await check_links([address], QUICK, progress=nothing) == {address: "no address of a page"}


async def test_servers_in_internal_networks_are_asked_only_where_that_is_allowed(site: Site) -> None:
    addresses = [site.origin, site.origin.replace("127.0.0.1", "localhost"), "http://[::1]/", "http://10.0.0.1/"]
    found = await check_links(addresses, Manners(pause=0.0), progress=nothing)
    assert found == dict.fromkeys(addresses, PRIVATE)
    assert site.asked == []


async def test_a_server_that_does_not_answer_is_no_page() -> None:
    assert await check_links(["http://127.0.0.1:1/"], QUICK, progress=nothing) == {
        "http://127.0.0.1:1/": "no connection"
    }


async def test_one_server_is_asked_one_page_at_a_time_with_a_pause_between(site: Site) -> None:
    await check(site, "/a", "/b", "/c", manners=Manners(pause=0.1, allow_private=True))
    assert site.most_at_once == 1
    moments = [at for _method, _path, at in site.asked]
    assert min(later - earlier for earlier, later in pairwise(moments)) >= 0.1


async def test_progress_is_told(site: Site) -> None:
    told: list[tuple[int, int]] = []
    await check_links([f"{site.origin}/a", f"{site.origin}/b"], QUICK, progress=lambda *of: told.append(of))
    assert told == [(1, 2), (2, 2)]
