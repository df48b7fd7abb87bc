"""A real OpenID Connect provider for the tests: oidc-provider from npm, run by Node on loopback."""

import asyncio
import re
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import ClientSession, CookieJar

HERE = Path(__file__).parent
ACTION = re.compile(r'action="([^"]+/interaction/[^"]+)"')
START_SECONDS = 30


class MissingProviderError(Exception):
    """It cannot be run here; the text says why."""


def install() -> str:
    """Install the provider beside this file where it is missing; returns the path of node."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise MissingProviderError("Node.js with npm is not installed here (Debian: apt-get install nodejs npm)")
    if not (HERE / "node_modules" / "oidc-provider").exists():
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False, timeout=180)
        if done.returncode:
            raise MissingProviderError(f"npm could not install it: {done.stderr.strip().splitlines()[-1:]}")
    return node


@asynccontextmanager
async def running(return_address: str) -> AsyncIterator[str]:
    """Start the provider; yields its issuer."""
    node = await asyncio.to_thread(install)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        node,
        "provider.mjs",
        str(port),
        return_address,
        cwd=HERE,
        stdout=asyncio.subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(START_SECONDS):
            while (line := await process.stdout.readline()).strip() != b"ready":
                if not line:
                    raise MissingProviderError(f"it ended at once, with status {await process.wait()}")
        yield f"http://127.0.0.1:{port}"
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def sign_in(address: str, *, name: str) -> str:
    """What somebody does at the provider, from the address we lead to; returns where the provider leads back."""
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as person:
        method, data = "GET", {}
        for _ in range(12):
            async with person.request(method, address, data=data, allow_redirects=False) as response:
                if "Location" in response.headers:
                    target = response.headers["Location"]
                    address = (
                        str(response.url.join(response.url.__class__(target))) if target.startswith("/") else target
                    )
                    if not address.startswith(f"http://127.0.0.1:{response.url.port}/"):
                        return address
                    method, data = "GET", {}
                    continue
                page = await response.text()
                form = ACTION.search(page)
                assert form is not None, (response.status, page[:500])
                address, method = form[1], "POST"
                is_login = 'name="login"' in page
                data = {"prompt": "login", "login": name, "password": "x"} if is_login else {"prompt": "consent"}
    raise AssertionError("the provider led nowhere")
