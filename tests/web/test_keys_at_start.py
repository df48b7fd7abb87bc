"""Web starts with the keys of its database and with no others."""

import asyncio
import os
import sys
from pathlib import Path

from sqlalchemy import Engine

from bot.encryption import make_key
from bot.settings import Settings
from bot.staff.keyring import Keyring

ROOT = Path(__file__).parents[2]


async def start(database_url: str, keys: str) -> tuple[int | None, str]:
    """Exit status and last words of a process that should not start."""
    settings = {"STADTLOTSE_DATABASE_URL": database_url, "STADTLOTSE_ENCRYPTION_KEYS": keys}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.web", cwd=ROOT, env=os.environ | settings, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(60):
        _, said = await process.communicate()
    return process.returncode, said.decode()


async def test_keys_of_another_database_and_broken_ones_stop_the_start(database_url: str, engine: Engine) -> None:
    with engine.begin() as connection:
        Keyring(Settings(database_url=database_url, encryption_keys=make_key())).open(connection)
    other = make_key()
    status, said = await start(database_url, other)
    assert status == 1
    assert "the encryption keys in STADTLOTSE_ENCRYPTION_KEYS are not those of this database" in said
    assert other not in said
    status, said = await start(database_url, "geheim")
    assert status == 1
    assert said.splitlines()[-1].startswith("STADTLOTSE_ENCRYPTION_KEYS: key number 1 cannot be used")
    assert "geheim" not in said
