"""Stock Rasa's project and its model, trained once and kept under a hash of everything that goes into it."""

import json
import re
import shutil
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from benchmarks.figures import extrapolate
from benchmarks.processes import Command, run
from bot.training.fingerprint import ROOT
from bot.training.model import QUIET, rasa_python

DEFAULT_EPOCHS = 100  # of `rasa init`
MODEL, TRAINING, LOG = "model.tar.gz", "training.json", "training.log"
EXPORT_TIMEOUT = 600.0  # seconds
TRAINING_TIMEOUT = 6 * 3_600.0
# A full progress bar: "Epochs: 100%|███| 3/3 [01:02:07<00:00, …]".
_FULL_BAR = re.compile(r"Epochs: 100%[^\r\n]*\[(?:(\d+):)?(\d+):(\d+)<")


@dataclass(frozen=True, kw_only=True)
class Training:
    """How long training took: all of it, and its loops over epochs (they end in a progress bar each)."""

    epochs: int
    seconds: float
    loop_seconds: float

    @property
    def full_seconds(self) -> float:
        """Seconds with the epochs of `rasa init`, extrapolated where fewer were trained."""
        if self.epochs == DEFAULT_EPOCHS:
            return self.seconds
        return extrapolate(self.seconds, loop_seconds=self.loop_seconds, epochs=self.epochs, to_epochs=DEFAULT_EPOCHS)


def trained_project(folder: Path, *, epochs: int) -> tuple[Path, Training]:
    """A project with a trained model in `folder`, trained now unless one of the same content is kept there.

    Raises:
        UnavailableError: the project could not be written or trained.
    """
    project = _exported(folder, epochs)
    if not (project / TRAINING).exists():
        (project / TRAINING).write_text(json.dumps({"seconds": _train(project)}))
    seconds = json.loads((project / TRAINING).read_text())["seconds"]
    loops = loop_seconds((project / LOG).read_bytes())
    return project, Training(epochs=epochs, seconds=seconds, loop_seconds=loops)


def loop_seconds(log: bytes) -> float:
    """The seconds of all progress bars over epochs in the output of `rasa train`.

    A bar is one line that is written over, by carriage returns; it may say several times that it is full.
    """
    total = 0
    for line in log.decode(errors="replace").split("\n"):
        full = _FULL_BAR.findall(line)
        if full:
            hours, minutes, seconds = full[-1]
            total += 3600 * int(hours or 0) + 60 * int(minutes) + int(seconds)
    return float(total)


def content_hash(project: Path) -> str:
    """16 hexadecimal digits of all files in `project`."""
    digest = sha256()
    for file in sorted(project.rglob("*")):
        if file.is_file():
            digest.update(file.relative_to(project).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _exported(folder: Path, epochs: int) -> Path:
    """The project under the name of its content; one that is there already stays as it is, with its model."""
    new = folder / "stock-new"
    shutil.rmtree(new, ignore_errors=True)
    command: Command = [rasa_python(), "-m", "benchmarks.stock_export", new, str(epochs)]
    run(command, env=QUIET, cwd=ROOT, log=folder / "stock-export.log", timeout=EXPORT_TIMEOUT)
    project = folder / f"stock-{content_hash(new)}"
    if project.exists():
        shutil.rmtree(new)
    else:
        new.rename(project)
    return project


def _train(project: Path) -> float:
    """The seconds it took."""
    (project / LOG).unlink(missing_ok=True)
    command: Command = [
        *(rasa_python(), "-m", "rasa", "train", "--force", "--config", "config.yml", "--domain", "domain.yml"),
        *("--data", "data", "--out", ".", "--fixed-model-name", MODEL.removesuffix(".tar.gz")),
    ]
    return run(command, env=QUIET, cwd=project, log=project / LOG, timeout=TRAINING_TIMEOUT)
