"""The worker as a process: start, answer, stop."""

import asyncio
import json
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.rasa.action_server import FakeActionServer
from tests.rasa.conftest import ROOT
from tests.rasa.test_deviations import free_port, running


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def worker(model: Path, port: int, actions: FakeActionServer) -> Iterator["subprocess.Popen[str]"]:
    with running(command(model, port, "--actions", actions.url), ROOT, f"http://127.0.0.1:{port}/health") as process:
        yield process


def command(model: Path, port: int, *options: str) -> list[str]:
    return [sys.executable, "-m", "bot.nlu.worker", "--model", str(model), "--port", str(port), *options]


def take_turn(port: int, text: str) -> tuple[int, Any]:
    body = {"conversation": "c-1", "language": "de", "text": text, "choice": None, "context": {}, "state": None}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/turn", json.dumps(body).encode(), method="POST")
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def resident_kilobytes(process: int) -> int:
    status = Path(f"/proc/{process}/status")
    if not status.exists():
        pytest.skip("no /proc to read the memory of a process from")
    [line] = [line for line in status.read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1])


async def in_thread(function: Any, *arguments: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(None, function, *arguments)


async def test_it_answers_is_small_and_stops_at_once(
    worker: "subprocess.Popen[str]", port: int, actions: FakeActionServer
) -> None:
    status, answer = await in_thread(take_turn, port, "was kostet ein reisepass")
    assert status == 200
    assert answer["outputs"][0]["text"] == "Gebühren für „Reisepass“: 37 €"

    assert resident_kilobytes(worker.pid) < 500_000  # stock Rasa takes 1.16 GB

    started = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    assert await in_thread(worker.wait, 10) == 0
    assert time.monotonic() - started < 2.5
    assert worker.stdout is not None
    assert worker.stdout.read() == ""


async def test_a_running_turn_is_finished_before_it_stops(
    worker: "subprocess.Popen[str]", port: int, actions: FakeActionServer
) -> None:
    actions.delay = 0.8
    turn = in_thread(take_turn, port, "was kostet ein reisepass")
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: (time.sleep(0.3), worker.send_signal(signal.SIGTERM)))
        assert (await turn)[0] == 200
    assert await in_thread(worker.wait, 10) == 0


async def test_what_is_written_is_not_in_its_output(
    worker: "subprocess.Popen[str]", port: int, actions: FakeActionServer
) -> None:
    for text in ("hallo GEHEIM", "/GEHEIM{", "was kostet GEHEIM"):
        await in_thread(take_turn, port, text)
    actions.status = 500
    assert (await in_thread(take_turn, port, "was kostet GEHEIM"))[0] == 502
    worker.send_signal(signal.SIGTERM)
    output, _ = await in_thread(worker.communicate)
    assert "status 500" in output
    assert "GEHEIM" not in output


def test_a_missing_model_ends_it_with_one_line(tmp_path: Path, port: int) -> None:
    result = subprocess.run(
        command(tmp_path / "none.tar.gz", port), cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert result.returncode == 1
    assert result.stderr.splitlines() == [f"{tmp_path / 'none.tar.gz'} is no model file; `rasa train` makes one"]


async def test_a_taken_port_ends_it_with_one_line(model: Path, worker: "subprocess.Popen[str]", port: int) -> None:
    result = await in_thread(
        lambda: subprocess.run(command(model, port), cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    )
    assert result.returncode == 1
    assert result.stderr.startswith(f"cannot listen on 127.0.0.1:{port}")
    assert len(result.stderr.splitlines()) == 1
