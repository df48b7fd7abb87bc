"""Processes that die, and what citizens and operators see of it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.web.client import Client
from tests.processes.running import ROOT, Running, running_stadtlotse, wait_until_ready


@pytest.mark.parametrize("program", ["worker", "actions"])
async def test_a_dead_process_costs_a_clear_sentence_and_comes_back(auenfurt: Running, program: str) -> None:
    wait_until_ready(auenfurt)
    pid = auenfurt.children()[program]
    async with Client(auenfurt.origin) as citizen:
        await citizen.start("de")
        await citizen.say("Was kostet ein Reisepass?")
        os.kill(pid, signal.SIGKILL)
        (message,) = await citizen.say("und wie lange dauert das?")
        assert message["role"] in {"system", "bot"}
        assert message["text"]
        wait_until_ready(auenfurt, seconds=60)
        (answer,) = await citizen.say("und wie lange dauert das?")
        assert answer["card"]["service"]["id"] == "reisepass"
    assert auenfurt.children()[program] != pid


def test_a_second_start_on_the_same_port_is_refused_with_the_reason(auenfurt: Running) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "bot", "up"],
        cwd=ROOT,
        env=os.environ | dict(auenfurt.environment),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert result.returncode == 1
    assert "is taken" in result.stderr


def test_a_second_start_is_fast_and_a_stop_is_clean(tmp_path: Path, new_database: Callable[[str], str]) -> None:
    url = new_database("second_start")
    with running_stadtlotse(tmp_path, url):
        pass
    started = time.monotonic()
    with running_stadtlotse(tmp_path, url) as running:
        assert time.monotonic() - started < 30
        children = running.children()
        assert set(children) == {"web", "worker", "actions"}
    assert running.process.returncode == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in children.values())
