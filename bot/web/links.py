"""Asks politely whether pages are there: few at a time, with a pause between two questions to one server.

Only http and https, and, unless it is allowed, no server of an internal network: an export may hold any address.
"""

import asyncio
import socket
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from errno import EACCES
from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import urljoin, urlsplit

from aiohttp import (
    AddrInfoType,
    ClientError,
    ClientSession,
    ClientSSLError,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
)

from bot import __version__

AGENT = f"Stadtlotse/{__version__} (link check for a town's service catalogue)"
REDIRECTS = 5
REDIRECTIONS = {301, 302, 303, 307, 308}
# The page is there, but not for programs or not for everybody.
PRIVATE = "private address, not asked"
REFUSALS = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}


@dataclass(frozen=True, kw_only=True)
class Manners:
    """`pause` and `timeout` in seconds, `servers` asked at the same time."""

    servers: int = 4
    pause: float = 1.0
    timeout: float = 15.0
    allow_private: bool = False


async def check_links(
    addresses: Iterable[str], manners: Manners, *, progress: Callable[[int, int], None]
) -> dict[str, str]:
    """What is wrong with each address: "" where the page is there, else a few words."""
    by_server: defaultdict[str, list[str]] = defaultdict(list)
    for address in addresses:
        by_server[_server(address)].append(address)
    problems: dict[str, str] = {}
    total = sum(map(len, by_server.values()))
    free = asyncio.Semaphore(manners.servers)

    async def ask_server(session: ClientSession, those: list[str]) -> None:
        async with free:
            for number, address in enumerate(those):
                if number:
                    await asyncio.sleep(manners.pause)
                problems[address] = await _problem(session, address, manners)
                progress(len(problems), total)

    connector = TCPConnector(socket_factory=None if manners.allow_private else _open_public, force_close=True)
    async with ClientSession(
        connector=connector,
        timeout=ClientTimeout(total=manners.timeout),
        headers={"User-Agent": AGENT},
        cookie_jar=DummyCookieJar(),
    ) as session:
        await asyncio.gather(*(ask_server(session, those) for those in by_server.values()))
    return problems


async def _problem(session: ClientSession, address: str, manners: Manners) -> str:
    try:
        status = await _status(session, "HEAD", address)
        if status >= HTTPStatus.BAD_REQUEST:  # many servers do not know HEAD
            status = await _status(session, "GET", address)
    except _NotAskedError as error:
        return str(error)
    except ValueError:  # also aiohttp's InvalidURL
        return "no address of a page"
    except TimeoutError:
        return f"no answer within {manners.timeout:g} s"
    except ClientSSLError:
        return "no valid certificate"
    except (ClientError, OSError) as error:
        return PRIVATE if PRIVATE in str(error) else "no connection"
    return "" if status < HTTPStatus.BAD_REQUEST or status in REFUSALS else str(status)


class _NotAskedError(Exception):
    """The address is none that may be asked."""


async def _status(session: ClientSession, method: str, address: str) -> int:
    """The status at the end of all redirections."""
    for _ in range(REDIRECTS + 1):
        if urlsplit(address).scheme.lower() not in {"http", "https"}:
            raise _NotAskedError("no address of a page")
        async with session.request(method, address, allow_redirects=False) as response:
            target = response.headers.get("Location")
            if response.status not in REDIRECTIONS or not target:
                return response.status
        address = urljoin(address, target)
    raise _NotAskedError(f"leads on more than {REDIRECTS} times")


def _server(address: str) -> str:
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        return ""


def _open_public(address: AddrInfoType) -> socket.socket:
    """A socket to an address of the internet. Names are resolved by now, so no name leads elsewhere."""
    family, kind, protocol, _name, target = address
    if _is_private(str(target[0])):
        raise PermissionError(EACCES, PRIVATE)
    return socket.socket(family, kind, protocol)


def _is_private(host: str) -> bool:
    address = ip_address(host)
    mapped = getattr(address, "ipv4_mapped", None) or address
    return not mapped.is_global or mapped.is_multicast
