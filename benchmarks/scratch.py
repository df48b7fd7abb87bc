"""Where measurements keep their files, and what both systems share: demo town and action server."""

import sys
from pathlib import Path

from benchmarks.processes import Command, run
from bot.training.fingerprint import ROOT
from bot.training.model import QUIET, rasa_python

FOLDER = ROOT / "var" / "bench"
HOST = "127.0.0.1"
PREPARING_TIMEOUT = 300.0  # seconds


def compile_bytecode(folder: Path) -> None:
    """Compile all Python files of both environments, as a package manager or the first start may or may not have done.

    Without, every start compiles tens of thousands of files anew where `PYTHONDONTWRITEBYTECODE` is set: for stock
    Rasa half a minute, and for both more than all the rest of a start.
    """
    for python in (Path(sys.executable), rasa_python()):
        packages = next(python.parents[1].glob("lib/python3.*/site-packages"))
        # Templates for other versions of Python in some packages do not compile; nobody imports them.
        command: Command = [python, "-m", "compileall", "-q", packages, "bot", "actions"]
        run(command, env={}, cwd=ROOT, log=folder / "compile.log", timeout=PREPARING_TIMEOUT, may_fail=True)


def database_env(folder: Path) -> dict[str, str]:
    """The setting that points at the measurement's own database."""
    return {**QUIET, "STADTLOTSE_DATABASE_URL": f"sqlite:///{folder / 'bench.db'}"}


def prepare_database(folder: Path) -> None:
    """Make the database with the demo town, or bring it up to date; without the conversations of earlier runs."""
    for file in folder.glob("bench.db*"):
        file.unlink()
    command = [sys.executable, "-m", "bot", "prepare"]
    run(command, env=database_env(folder), cwd=ROOT, log=folder / "prepare.log", timeout=PREPARING_TIMEOUT)


def actions_command(port: int) -> list[str]:
    """The action server, as `python -m bot up` starts it."""
    return [sys.executable, "-m", "actions", "--host", HOST, "--port", str(port)]
