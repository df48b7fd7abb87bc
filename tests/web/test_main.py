import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest
from aiohttp import ClientConnectionError, ClientSession, WSMsgType
from aiohttp.test_utils import unused_port

from bot.web.__main__ import main

ROOT = Path(__file__).parents[2]


def test_unusable_setting_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STADTLOTSE_PORT", "many")
    assert main() == 1
    assert capsys.readouterr().err == "STADTLOTSE_PORT=many: expected a whole number\n"


async def test_unusable_roles_of_the_provider_are_said_in_one_line_too(database_url: str) -> None:
    settings = {"STADTLOTSE_OIDC_ROLES": "chef=it", "STADTLOTSE_DATABASE_URL": database_url}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.web", cwd=ROOT, env=os.environ | settings, stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    assert process.returncode == 1
    assert said.decode().startswith("STADTLOTSE_OIDC_ROLES: chef=it: expected ROLE=VALUE")
    assert len(said.splitlines()) == 1


async def test_process_serves_and_stops_cleanly_when_told(database_url: str) -> None:
    port = unused_port()
    settings = {"STADTLOTSE_PORT": str(port), "STADTLOTSE_DATABASE_URL": database_url, "STADTLOTSE_LOG_FORMAT": "json"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.web", cwd=ROOT, env=os.environ | settings, stderr=asyncio.subprocess.PIPE
    )
    origin = f"http://127.0.0.1:{port}"
    try:
        async with asyncio.timeout(20), ClientSession() as session:
            await answers(session, f"{origin}/healthz")
            opened = await (await session.post(f"{origin}/api/v1/conversations", json={})).json()
            socket = await session.ws_connect(f"{origin}/api/v1/conversations/{opened['id']}/socket")
            await socket.send_json({"type": "hello", "token": opened["token"]})
            await socket.receive_json()
            process.send_signal(signal.SIGTERM)
            assert (await socket.receive()).type is WSMsgType.CLOSE
            assert socket.close_code == 1001
            _, logged = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0
    assert b"error" not in logged


async def answers(session: ClientSession, url: str) -> None:
    while True:
        try:
            async with session.get(url) as response:
                assert response.status == 200
                return
        except ClientConnectionError:
            await asyncio.sleep(0.05)
