"""The trained model that belongs to the training data, made by `rasa train` in its own environment."""

import os
import subprocess
from pathlib import Path

from bot.errors import NotFoundError, TrainingDataError
from bot.training.fingerprint import ROOT, training_fingerprint

RASA_PYTHON = Path(".venv-rasa/bin/python")
KEPT_MODELS = 3
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONWARNINGS": "ignore",
}


def model_path(models: Path, *, root: Path = ROOT) -> Path:
    """Where the model for the training data as it is now lies, or will lie."""
    return models / f"{training_fingerprint(root)}.tar.gz"


def rasa_python(root: Path = ROOT) -> Path:
    """The interpreter of the Rasa environment.

    Raises:
        NotFoundError: the environment has not been made.
    """
    python = root / RASA_PYTHON
    if not python.exists():
        raise NotFoundError(f"{RASA_PYTHON} does not exist; make it with: scripts/setup.sh run")
    return python


def train(models: Path, *, root: Path = ROOT) -> Path:
    """Train the model, unless it is there already; returns its path.

    Raises:
        TrainingDataError: `rasa train` refuses the data; its last lines are in the text.
    """
    path = model_path(models, root=root)
    if path.exists():
        return path
    models.mkdir(parents=True, exist_ok=True)
    # Rasa writes the archive in place; a name of its own keeps a half-written one from ever being used.
    unfinished = models / f"unfinished-{os.getpid()}.tar.gz"
    name = unfinished.name.removesuffix(".tar.gz")
    try:
        result = subprocess.run(  # noqa: S603 - our own interpreter and arguments
            [rasa_python(root), "-m", "rasa", "train", "--quiet", "--out", models, "--fixed-model-name", name],
            cwd=root,
            env={**os.environ, **QUIET},
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode != 0 or not unfinished.exists():
            last_lines = "\n".join((result.stdout + result.stderr).strip().splitlines()[-20:])
            raise TrainingDataError(f"rasa train failed:\n{last_lines}")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    _forget_old(models, newest=path)
    return path


def _forget_old(models: Path, *, newest: Path) -> None:
    trained = sorted(models.glob("????????????????.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in trained[KEPT_MODELS:]:
        if path != newest:
            path.unlink()
