"""Processes of a measurement: started, waited for, weighed and stopped by their id. Linux only (/proc)."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bot.errors import UnavailableError

STOP_SECONDS = 20.0
LEFT_OVER_SECONDS = 10.0  # for a child whose parent is gone
POLL_SECONDS = 0.1
LAST_LINES = 20

Command = Sequence[str | Path]

TICKS = os.sysconf("SC_CLK_TCK")  # of processor time in a second
# Places in /proc/<pid>/stat, from the state on.
STATE, PARENT, USER_TIME, SYSTEM_TIME, START_TIME = 0, 1, 11, 12, 19
IDLE, WAITING = 3, 4  # places in the first line of /proc/stat, after its name
ENDED = "Z"  # and nobody has asked for its status yet


@dataclass(frozen=True)
class Program:
    """A running process; what it prints goes to `log`."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid


@contextmanager
def running(command: Command, *, env: Mapping[str, str], cwd: Path, log: Path) -> Iterator[Program]:
    """Start `command`; at the end stop it and what it started, and wait until all of it is gone."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            env={**os.environ, **env},
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Program(process, log)
    finally:
        children = [(pid, _birth(pid)) for pid in tree(process.pid)[1:]]
        _stop(process)
        for pid, birth in children:
            _end_left_over(pid, birth)


def run(  # noqa: PLR0913 - a process has that many sides
    command: Command,
    *,
    env: Mapping[str, str],
    cwd: Path,
    log: Path,
    timeout: float,
    may_fail: bool = False,
) -> float:
    """Run `command` to its end; returns the seconds it took.

    Raises:
        UnavailableError: it took longer than `timeout` seconds, or failed though it may not.
    """
    started = time.monotonic()
    with running(command, env=env, cwd=cwd, log=log) as program:
        try:
            status = program.process.wait(timeout)
        except subprocess.TimeoutExpired as error:
            raise UnavailableError(f"{command[0]} did not end within {timeout:.0f} s, see {log}") from error
    if status != 0 and not may_fail:
        raise UnavailableError(f"{' '.join(map(str, command))} failed with status {status}:\n{last_lines(log)}")
    return time.monotonic() - started


def wait_until_ready(url: str, program: Program, *, timeout: float) -> None:
    """Wait until `url` answers 200.

    Raises:
        UnavailableError: the process ended, or `timeout` seconds are over.
    """
    deadline = time.monotonic() + timeout
    while not _answers(url):
        if program.process.poll() is not None:
            raise UnavailableError(f"it ended with status {program.process.returncode}:\n{last_lines(program.log)}")
        if time.monotonic() > deadline:
            raise UnavailableError(f"{url} did not answer within {timeout:.0f} s, see {program.log}")
        time.sleep(POLL_SECONDS)


def free_ports(count: int) -> list[int]:
    """Ports on loopback that nobody uses at the moment, all different."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def tree(pid: int) -> list[int]:
    """The process and all its descendants, itself first."""
    pids = [int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdigit()]
    parents = {candidate: _parent(candidate) for candidate in pids}
    found = [pid]
    for known in found:  # it grows on the way
        found += [child for child, parent in parents.items() if parent == known]
    return found


def find(pid: int, word: str) -> int:
    """The id of the process below `pid` that has `word` in its command line.

    Raises:
        UnavailableError: there is none.
    """
    for candidate in tree(pid):
        if word.encode() in Path(f"/proc/{candidate}/cmdline").read_bytes().split(b"\0"):
            return candidate
    raise UnavailableError(f"no process runs {word}")


def memory(pids: Sequence[int]) -> float:
    """Megabytes of the processes; what several processes share is divided among them (PSS)."""
    kibibytes = 0
    for pid in pids:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        kibibytes += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return kibibytes * 1024 / 1_000_000


def cpu_seconds(pids: Sequence[int]) -> float:
    """Seconds of processor time the processes have used so far, without those of ended children."""
    return sum(int(_fields(pid)[USER_TIME]) + int(_fields(pid)[SYSTEM_TIME]) for pid in pids) / TICKS


def busy_share(seconds: float) -> float:
    """The share of all processor time (0 to 1) that anybody uses within the next `seconds`."""
    idle_before, total_before = _processor_times()
    time.sleep(seconds)
    idle, total = _processor_times()
    return 1 - (idle - idle_before) / (total - total_before)


def last_lines(log: Path) -> str:
    """The end of a log file."""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_LINES:])


def _fields(pid: int) -> list[str]:
    """/proc/<pid>/stat from the state on; the command before it may hold spaces and brackets."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _processor_times() -> tuple[int, int]:
    """Ticks of all processors since the machine started: idle (also waiting for a disk), and all."""
    ticks = [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return ticks[IDLE] + ticks[WAITING], sum(ticks)


def _birth(pid: int) -> str:
    """When the process was started; "" where it has ended. Ids are given out again, births are not."""
    try:
        fields = _fields(pid)
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return "" if fields[STATE] == ENDED else fields[START_TIME]


def _parent(pid: int) -> int:
    try:
        return int(_fields(pid)[PARENT])
    except (FileNotFoundError, ProcessLookupError):  # it has just ended
        return 0


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _end_left_over(pid: int, birth: str) -> None:
    """Wait for a child of a stopped process; end it where it does not end by itself."""
    deadline = time.monotonic() + LEFT_OVER_SECONDS
    while birth and _birth(pid) == birth:
        if time.monotonic() > deadline:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(POLL_SECONDS)
