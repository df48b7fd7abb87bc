"""Runs the three processes on one machine: starts, watches, restarts and stops them.

It stays small and does no work of its own: what has to be prepared runs in a child process too.
"""

import asyncio
import ctypes
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bot.errors import StadtlotseError
from bot.settings import Settings
from bot.training.model import QUIET, model_path, rasa_python

PREPARE, TRAIN = "prepare", "train"  # our own subcommands
READY_SECONDS = 60.0
STOP_SECONDS = 10.0
FIRST_PAUSE = 0.5  # before a restart; doubles with every failure in a row
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0  # a process that ran this long starts again from the first pause
POLL_SECONDS = 0.1
PR_SET_PDEATHSIG = 1
# A vector of words is too short to share: numpy's threads would only wait for each other, a core busy for nothing.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


@dataclass(frozen=True, kw_only=True)
class Program:
    """A process to keep running; `health_url` answers 200 when it works.

    It is started when our own subcommand `needs` has come to its end.
    """

    name: str
    command: tuple[str, ...]
    health_url: str
    needs: str


async def run_all(settings: Settings) -> int:
    """Prepare the database and the model, run everything until SIGINT or SIGTERM. Exit status 0.

    Raises:
        StadtlotseError: something could not be prepared, or a port is taken.
    """
    started = time.monotonic()
    model = model_path(Path(settings.models_dir))
    programs = _programs(settings, model)
    for program in programs:
        _refuse_taken_port(program)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)

    # The worker takes longest to start and does not wait for the database.
    needed = {name: asyncio.create_task(_run_to_end(name, stop)) for name in (PREPARE, TRAIN)}
    watchers = [asyncio.create_task(_keep_running(program, stop, after=needed[program.needs])) for program in programs]
    try:
        await asyncio.gather(*needed.values())
    except StadtlotseError:
        stop.set()
        await asyncio.gather(*needed.values(), *watchers, return_exceptions=True)
        raise
    ready = asyncio.create_task(_all_ready(programs))
    await asyncio.wait([ready, asyncio.create_task(stop.wait())], return_when=asyncio.FIRST_COMPLETED)
    if ready.done() and not stop.is_set():
        ready.result()
        print(
            f"Stadtlotse is ready at {settings.origin} ({time.monotonic() - started:.1f} s). Stop with Ctrl-C.",
            flush=True,
        )
        await stop.wait()
    ready.cancel()
    await asyncio.gather(*watchers)
    return 0


def _programs(settings: Settings, model: Path) -> tuple[Program, ...]:
    """In the order in which they are stopped: who depends on others goes first."""
    worker, actions = urlsplit(settings.worker_url), urlsplit(settings.actions_url)
    return (
        Program(
            name="web",
            command=(sys.executable, "-m", "bot.web"),
            health_url=f"{settings.origin}/healthz",
            needs=PREPARE,
        ),
        Program(
            name="worker",
            command=(
                *(str(rasa_python()), "-m", "bot.nlu.worker", "--model", str(model)),
                *("--host", str(worker.hostname), "--port", str(worker.port), "--actions", settings.actions_url),
            ),
            health_url=f"{settings.worker_url}/health",
            needs=TRAIN,
        ),
        Program(
            name="actions",
            command=(
                *(sys.executable, "-m", "actions"),
                *("--host", str(actions.hostname), "--port", str(actions.port)),
            ),
            health_url=f"{settings.actions_url}/health",
            needs=PREPARE,
        ),
    )


def _refuse_taken_port(program: Program) -> None:
    address = urlsplit(program.health_url)
    with socket.socket(socket.AF_INET) as probe:
        probe.settimeout(1)
        taken = probe.connect_ex((str(address.hostname), address.port or 80)) == 0
    if taken:
        raise StadtlotseError(f"port {address.port}, for {program.name}, is taken; is Stadtlotse running already?")


async def _run_to_end(command: str, stop: asyncio.Event) -> None:
    """Run one of our own subcommands; a stop ends it and whatever it has started."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", command), start_new_session=True, preexec_fn=_die_with_parent
    )
    ended = asyncio.create_task(process.wait())
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait([ended, stopped], return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not ended.done():
        os.killpg(process.pid, signal.SIGTERM)
        await ended
    elif process.returncode != 0:
        raise StadtlotseError(f"`stadtlotse {command}` failed, see above")


async def _keep_running(program: Program, stop: asyncio.Event, *, after: asyncio.Task[None]) -> None:
    await after
    pause = FIRST_PAUSE
    while not stop.is_set():
        started = time.monotonic()
        process = await asyncio.create_subprocess_exec(
            *program.command,
            env={**ONE_THREAD, **os.environ, **QUIET},
            start_new_session=True,  # Ctrl-C reaches us alone; we stop them in order
            preexec_fn=_die_with_parent,
        )
        ended = asyncio.create_task(process.wait())
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait([ended, stopped], return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if not ended.done():
            await _end(process)
            return
        if time.monotonic() - started > STEADY_SECONDS:
            pause = FIRST_PAUSE
        print(f"{program.name} ended with status {process.returncode}; starting it again", file=sys.stderr, flush=True)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)
        pause = min(2 * pause, LONGEST_PAUSE)


async def _end(process: asyncio.subprocess.Process) -> None:
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()


async def _all_ready(programs: Sequence[Program]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    waiting = list(programs)
    while waiting:
        if time.monotonic() > deadline:
            names = " and ".join(program.name for program in waiting)
            print(f"{names} did not get ready within {READY_SECONDS:.0f} s; still trying", file=sys.stderr, flush=True)
            deadline = float("inf")
        waiting = [program for program in waiting if not await asyncio.to_thread(_answers, program.health_url)]
        await asyncio.sleep(POLL_SECONDS)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as response:  # noqa: S310 - http addresses from the settings
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _die_with_parent() -> None:
    """Children end with us, even when we are killed; Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
