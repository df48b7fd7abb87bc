"""Starting: what needs nothing more does not wait for the rest, and ends with it where the rest fails."""

import asyncio
import sys
import time
from pathlib import Path

import pytest

from bot import supervisor
from bot.errors import StadtlotseError
from bot.settings import Settings
from bot.supervisor import PREPARE, TRAIN, Program, run_all

WAIT = "import os, pathlib, sys, time; pathlib.Path(sys.argv[1]).write_text(str(os.getpid())); time.sleep(60)"
START_SECONDS = 30.0


def program(needs: str, pid_file: Path) -> Program:
    command = (sys.executable, "-c", WAIT, str(pid_file))
    return Program(name=needs, command=command, health_url="http://127.0.0.1:9/", needs=needs)


def wait_for(file: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not (file.exists() and file.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_was_started_ends_when_something_else_cannot_be_prepared(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started, never = tmp_path / "started", tmp_path / "never"

    async def run_to_end(command: str, _stop: asyncio.Event) -> None:
        if command == PREPARE:
            await asyncio.to_thread(wait_for, started)
            raise StadtlotseError("no database")

    monkeypatch.setattr(supervisor, "_programs", lambda *_: (program(TRAIN, started), program(PREPARE, never)))
    monkeypatch.setattr(supervisor, "_run_to_end", run_to_end)
    with pytest.raises(StadtlotseError, match="no database"):
        asyncio.run(run_all(Settings.from_env({})))
    assert not Path(f"/proc/{started.read_text()}").exists()
    assert not never.exists()
