"""A PostgreSQL server for the tests, from the binaries of Debian's package, in a directory of its own."""

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

# A test database need not survive a power cut, so it may be fast.
FAST = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]


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


@contextmanager
def running_server() -> Iterator[str]:
    """Start a server and yield its URL without a database name; stop and remove it afterwards."""
    binaries = find_binaries()
    # initdb refuses root; Debian's package brings the user postgres.
    user = "postgres" if os.geteuid() == 0 else None
    directory = Path(tempfile.mkdtemp(prefix="stadtlotse-pg-"))
    if user:
        shutil.chown(directory, user)
    data = directory / "data"
    try:
        options = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--username=stadtlotse", "--no-sync"]
        _run([binaries / "initdb", "-D", data, *options], user)
        port = _free_port()
        server_options = " ".join([*FAST, f"-p {port}", "-h 127.0.0.1", f"-k {directory}"])
        _run([binaries / "pg_ctl", "-D", data, "-l", directory / "log", "-w", "-o", server_options, "start"], user)
        try:
            yield f"postgresql://stadtlotse@127.0.0.1:{port}"
        finally:
            _run([binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop"], user)
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
