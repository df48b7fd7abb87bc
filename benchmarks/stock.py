"""Stock Rasa as `rasa init` sets it up, over the same data: `rasa run`, REST channel, SQLite tracker store."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks import load
from benchmarks.processes import Command, Program, free_ports, memory, running, tree, wait_until_ready
from benchmarks.scratch import HOST, actions_command, database_env
from benchmarks.sentences import Sentences
from benchmarks.stock_project import MODEL
from bot.errors import UnavailableError
from bot.language import Language
from bot.training.fingerprint import ROOT
from bot.training.model import QUIET, rasa_python

READY_TIMEOUT = 600.0  # seconds
TIMEOUT = aiohttp.ClientTimeout(total=60)
ENDPOINTS = """\
action_endpoint:
  url: http://{host}:{actions}/webhook
tracker_store:
  type: SQL
  dialect: sqlite
  db: {tracker_store}
"""


def measure_round(
    folder: Path, project: Path, sentences: Sentences, counts: load.Counts, *, round_number: int
) -> load.Round:
    """One start, and what follows; `project` holds the trained model.

    Raises:
        UnavailableError: something did not start, failed or did not answer.
    """
    with _running(folder, project) as (programs, connect, seconds):
        rasa, actions = (tree(program.pid) for program in programs)
        pids = [*rasa, *actions]
        replies = load.measure_replies(connect, sentences, counts, round_number=round_number, pids=pids)
        return load.Round(start=seconds, replies=replies, memory_all=memory(pids), memory_worker=memory(rasa))


class WebhookCitizen:
    """A citizen at Rasa's REST channel."""

    def __init__(self, session: aiohttp.ClientSession, origin: str) -> None:
        self._session = session
        self._url = f"{origin}/webhooks/rest/webhook"
        self._sender = ""

    async def begin(self, language: Language) -> None:  # noqa: ARG002
        """See `Citizen.begin`; the first message begins the conversation."""
        self._sender = os.urandom(8).hex()

    async def say(self, text: str) -> bool:
        """See `Citizen.say`."""
        try:
            async with self._session.post(self._url, json={"sender": self._sender, "message": text}) as response:
                replies: list[dict[str, Any]] = await response.json()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise UnavailableError(f"no answer from {self._url}") from error
        return response.status == 200 and any(reply.get("text") for reply in replies)


@contextmanager
def _running(folder: Path, project: Path) -> Iterator[tuple[tuple[Program, Program], load.Connect, float]]:
    """`rasa run` and the action server, and the seconds from their start to the first reply."""
    rasa_port, actions_port = free_ports(2)
    origin = f"http://{HOST}:{rasa_port}"
    tracker_store = folder / "stock.db"
    tracker_store.unlink(missing_ok=True)
    endpoints, credentials = folder / "stock-endpoints.yml", folder / "stock-credentials.yml"
    endpoints.write_text(ENDPOINTS.format(host=HOST, actions=actions_port, tracker_store=tracker_store))
    credentials.write_text("rest:\n")
    command: Command = [
        *(rasa_python(), "-m", "rasa", "run", "--model", project / MODEL),
        *("--endpoints", endpoints, "--credentials", credentials, "-i", HOST, "--port", str(rasa_port)),
    ]

    @asynccontextmanager
    async def connect() -> AsyncIterator[WebhookCitizen]:
        async with aiohttp.ClientSession(timeout=TIMEOUT) as session:
            yield WebhookCitizen(session, origin)

    started = time.monotonic()
    with (
        running(
            actions_command(actions_port), env=database_env(folder), cwd=ROOT, log=folder / "stock-actions.log"
        ) as actions,
        running(command, env=QUIET, cwd=project, log=folder / "stock-rasa.log") as rasa,
    ):
        wait_until_ready(f"http://{HOST}:{actions_port}/health", actions, timeout=READY_TIMEOUT)
        wait_until_ready(origin, rasa, timeout=READY_TIMEOUT)
        asyncio.run(load.first_reply(connect))
        yield (rasa, actions), connect, time.monotonic() - started
