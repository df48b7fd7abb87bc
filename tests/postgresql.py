"""A PostgreSQL server for the tests, from the binaries of Debian's package, in a directory of its own."""

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

# A test database need not survive a power cut, so it may be fast; in memory, databases are made five times as fast.
MEMORY = Path("/dev/shm")
ROOM = 2 * 1024**3  # bytes; a server takes up to 0.5 GB
FAST = ["-c", "max_wal_size=256MB", "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]


class MissingServerError(Exception):
    """There is no PostgreSQL on this machine; the text says what to install."""


def find_binaries() -> Path:
    """The directory with initdb and postgres, the newest version first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    raise MissingServerError("PostgreSQL is not installed here (Debian: apt-get install postgresql)")


@dataclass(frozen=True)
class Server:
    """A server that can be stopped and started again. `url` has no database name."""

    url: str
    data: Path
    options: str
    user: str | None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._control("-l", str(self.data.parent / "log"), "-o", self.options, "start")

    def stop(self) -> None:
        """Stop it as a crash would; what was committed is recovered at the next start."""
        self._control("-m", "immediate", "stop")

    def _control(self, *arguments: str) -> None:
        _run([find_binaries() / "pg_ctl", "-D", self.data, "-w", *arguments], self.user)


@contextmanager
def running_server() -> Iterator[str]:
    """Start a server and yield its URL without a database name; stop and remove it afterwards."""
    with controlled_server(FAST, below=_memory()) as server:
        yield server.url


def _memory() -> Path | None:
    """A directory in memory, if this machine has one with room enough."""
    has_room = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM
    return MEMORY if has_room else None


@contextmanager
def controlled_server(settings: Sequence[str] = (), *, below: Path | None = None) -> Iterator[Server]:
    """A server to be stopped and started by the test; by default it forgets nothing that was committed.

    Its files are in a directory of their own in `below`, by default that of temporary files.
    """
    binaries = find_binaries()
    # initdb refuses root; Debian's package brings the user postgres.
    user = "postgres" if os.geteuid() == 0 else None
    directory = Path(tempfile.mkdtemp(prefix="stadtlotse-pg-", dir=below))
    if user:
        shutil.chown(directory, user)
    data = directory / "data"
    try:
        options = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--username=stadtlotse", "--no-sync"]
        _run([binaries / "initdb", "-D", data, *options], user)
        port = _free_port()
        server = Server(
            url=f"postgresql://stadtlotse@127.0.0.1:{port}",
            data=data,
            options=" ".join([*settings, f"-p {port}", "-h 127.0.0.1", f"-k {directory}"]),
            user=user,
        )
        server.start()
        try:
            yield server
        finally:
            if (data / "postmaster.pid").exists():
                server.stop()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def create_database(server: str, name: str, *, template: str = "template1") -> None:
    """Make a database, as a copy of `template`, which nobody may be connected to."""
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def drop_database(server: str, name: str) -> None:
    """Remove a database, even when a test left a connection open."""
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _run(command: list[str | Path], user: str | None) -> None:
    as_other = {} if user in {None, getpass.getuser()} else {"user": user}
    # pg_ctl leaves the server running with its output, so a pipe would never end: the output goes to a file.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            command, stdout=output, stderr=subprocess.STDOUT, cwd="/", check=False, timeout=120, **as_other
        )
        output.seek(0)
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed: {output.read().decode(errors='replace')}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
