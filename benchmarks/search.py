"""Search in one process, over a made-up catalogue: `python -m benchmarks.search COUNT MODELS` prints its figures.

A process of its own, so that its memory can be told.
"""

import json
import os
import sys
import time
from pathlib import Path

from benchmarks.figures import percentile
from benchmarks.made_up import made_up_services
from benchmarks.processes import Command, memory, run
from benchmarks.sentences import read_sentences
from bot.catalogue.concepts.store import concept_model
from bot.catalogue.search import SearchIndex
from bot.supervisor import ONE_THREAD
from bot.training.fingerprint import ROOT

SIZES = (300, 10_000)
QUESTIONS = 2_000
TIMEOUT = 600.0  # seconds


def measure(folder: Path, models: Path) -> dict[str, float]:
    """Latencies in ms, seconds to build the index and MB of the process, for each of `SIZES`.

    Raises:
        UnavailableError: a measurement failed or took too long.
    """
    figures = {}
    for size in SIZES:
        log = folder / f"search-{size}.log"
        command: Command = [sys.executable, "-m", "benchmarks.search", str(size), models]
        run(command, env=ONE_THREAD, cwd=ROOT, log=log, timeout=TIMEOUT)
        found = json.loads(log.read_text(encoding="utf-8").splitlines()[-1])
        figures |= {f"search_{size}_{name}": value for name, value in found.items()}
    return figures


def main() -> None:
    size, models = int(sys.argv[1]), Path(sys.argv[2])
    services = list(made_up_services(size))
    concepts = concept_model(models)
    started = time.perf_counter()
    index = SearchIndex(services, concepts)
    build = time.perf_counter() - started
    times = []
    sentences = read_sentences(ROOT / "tests" / "nlu")
    for number in range(QUESTIONS):
        question = sentences.conversation(f"search {number}", turns=1)
        started = time.perf_counter()
        index.search(question.texts[0], question.language)
        times.append(1000 * (time.perf_counter() - started))
    figures = {"p50": percentile(times, 0.5), "p95": percentile(times, 0.95), "build": build}
    print(json.dumps(figures | {"memory": memory([os.getpid()])}))


if __name__ == "__main__":
    main()
