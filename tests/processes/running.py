"""Starts Stadtlotse as an operator does, on free ports, and stops it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).parents[2]
START_SECONDS = 300.0  # the model may have to be trained first
STOP_SECONDS = 30.0


@dataclass(frozen=True, kw_only=True)
class Running:
    """A running Stadtlotse; `environment` is what other commands need to find it."""

    origin: str
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes]

    def children(self) -> dict[str, int]:
        """Process id per program."""
        found = {}
        listed = subprocess.run(
            ["ps", "--ppid", str(self.process.pid), "-o", "pid=,args="], capture_output=True, text=True, check=True
        )
        for line in listed.stdout.splitlines():
            pid, _, arguments = line.strip().partition(" ")
            for name, mark in (("web", "bot.web"), ("worker", "bot.nlu.worker"), ("actions", "-m actions")):
                if mark in arguments:
                    found[name] = int(pid)
        return found


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on just now."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


@contextmanager
def running_stadtlotse(folder: Path, database_url: str, **settings: str) -> Iterator[Running]:
    """`stadtlotse up` until the block ends; its output is in `folder`/up.log."""
    web, worker, actions = free_ports(3)
    environment = {
        "STADTLOTSE_DATABASE_URL": database_url,
        "STADTLOTSE_PORT": str(web),
        "STADTLOTSE_WORKER_URL": f"http://127.0.0.1:{worker}",
        "STADTLOTSE_ACTIONS_URL": f"http://127.0.0.1:{actions}",
        "STADTLOTSE_MESSAGES_PER_MINUTE": "1000",
        **settings,
    }
    log = folder / "up.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "up"],
            cwd=ROOT,
            env=os.environ | environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        running = Running(origin=f"http://127.0.0.1:{web}", environment=environment, log=log, process=process)
        try:
            wait_until_ready(running)
            yield running
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(STOP_SECONDS)


def wait_until_ready(running: Running, seconds: float = START_SECONDS) -> None:
    """Returns when all processes answer."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if running.process.poll() is not None:
            break
        try:
            with urlopen(f"{running.origin}/readyz", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"not ready after {seconds:.0f} s:\n{running.log.read_text(encoding='utf-8')[-2000:]}")
