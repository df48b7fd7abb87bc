"""Stadtlotse as it is operated: `python -m bot up`, asked through its REST interface."""

import asyncio
import shutil
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from benchmarks import load, search
from benchmarks.processes import Command, Program, find, free_ports, memory, run, running, tree, wait_until_ready
from benchmarks.scratch import HOST, database_env
from benchmarks.sentences import Sentences
from bot.catalogue.concepts.store import concept_model
from bot.language import Language
from bot.training.fingerprint import ROOT
from bot.training.model import QUIET, model_path, rasa_python
from bot.web.client import Client

READY_TIMEOUT = 120.0  # seconds
TRAINING_TIMEOUT = 1_800.0
MODELS = "models"
WORKER = "bot.nlu.worker"  # in the command line of the worker
# One measuring machine is one address and far quicker than a citizen.
RAISED_LIMITS = {
    "STADTLOTSE_MESSAGES_PER_MINUTE": "1000000",
    "STADTLOTSE_CONVERSATIONS_PER_HOUR": "1000000",
}


def measure_alone(folder: Path) -> dict[str, float]:
    """What needs no running system: training, and search in one process. The trained model stays for the rounds.

    Raises:
        UnavailableError: something failed.
    """
    figures = {"training": _train(folder / MODELS)}
    return figures | search.measure(folder, folder / MODELS)


def measure_round(folder: Path, sentences: Sentences, counts: load.Counts, *, round_number: int) -> load.Round:
    """One start, and what follows; database and model have been prepared.

    Raises:
        UnavailableError: something did not start, failed or did not answer.
    """
    with _running(folder) as (program, connect, seconds):
        pids = tree(program.pid)
        replies = load.measure_replies(connect, sentences, counts, round_number=round_number, pids=pids)
        return load.Round(
            start=seconds,
            replies=replies,
            memory_all=memory(pids),
            memory_worker=memory([find(program.pid, WORKER)]),
        )


class RestCitizen:
    """A citizen at our REST interface."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def begin(self, language: Language) -> None:
        """See `Citizen.begin`."""
        await self._client.start(language)

    async def say(self, text: str) -> bool:
        """See `Citizen.say`; an apology of the system is no reply of the bot."""
        return any(is_reply(message) for message in await self._client.say(text))


def is_reply(message: dict[str, Any]) -> bool:
    """True for what the bot says, not for "I cannot answer at the moment"."""
    return bool(message["role"] == "bot" and message["text"])


@contextmanager
def _running(folder: Path) -> Iterator[tuple[Program, load.Connect, float]]:
    """Everything started; the seconds from the start to the first reply."""
    web, worker, actions = free_ports(3)
    origin = f"http://{HOST}:{web}"
    env = {
        **database_env(folder),
        **RAISED_LIMITS,
        "STADTLOTSE_MODELS_DIR": str(folder / MODELS),
        "STADTLOTSE_PORT": str(web),
        "STADTLOTSE_WORKER_URL": f"http://{HOST}:{worker}",
        "STADTLOTSE_ACTIONS_URL": f"http://{HOST}:{actions}",
    }

    @asynccontextmanager
    async def connect() -> AsyncIterator[RestCitizen]:
        async with Client(origin) as client:
            yield RestCitizen(client)

    started = time.monotonic()
    with running([sys.executable, "-m", "bot", "up"], env=env, cwd=ROOT, log=folder / "ours.log") as program:
        wait_until_ready(f"{origin}/readyz", program, timeout=READY_TIMEOUT)
        asyncio.run(load.first_reply(connect))
        yield program, connect, time.monotonic() - started


def _train(models: Path) -> float:
    """Seconds of a training from nothing, into the place where `python -m bot up` looks for the models.

    It is what `python -m bot train` runs, and `--force`: otherwise Rasa takes over parts of the last training. Then the
    concepts of the thesaurus are learned, which stock Rasa does not have.
    """
    shutil.rmtree(models, ignore_errors=True)
    models.mkdir()
    name = model_path(models).name.removesuffix(".tar.gz")
    command: Command = [
        *(rasa_python(), "-m", "rasa", "train", "--force", "--quiet", "--out", models, "--fixed-model-name", name)
    ]
    seconds = run(command, env=QUIET, cwd=ROOT, log=models.parent / "ours-training.log", timeout=TRAINING_TIMEOUT)
    started = time.monotonic()
    concept_model(models)
    return seconds + time.monotonic() - started
