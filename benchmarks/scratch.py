"""Where measurements keep their files, and what both systems share: demo town and action server."""

import sys
from pathlib import Path

from benchmarks.processes import run
from bot.training.fingerprint import ROOT
from bot.training.model import QUIET

FOLDER = ROOT / "var" / "bench"
HOST = "127.0.0.1"
PREPARING_TIMEOUT = 300.0  # seconds


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
