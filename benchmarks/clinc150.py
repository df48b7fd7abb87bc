"""This project's pipeline on CLINC150: `.venv-rasa/bin/python -m benchmarks.clinc150 data_full.json --stock 20`.

Trains by Rasa's `train_nlu` without out-of-scope examples, chooses the threshold on the validation part and prints
accuracy, out-of-scope recall, time, memory and size; with `--stock` beside it those of Rasa's default pipeline (DIET).
The data are not part of the project: https://github.com/clinc/oos-eval
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RECALL = 0.7  # of messages out of scope to catch, on the validation part; of its 100, so that 0.65 of others is likely
TRAINING, UNDERSTOOD = "training.json", "understood.json"  # what benchmarks.clinc150_model writes
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONWARNINGS": "ignore",
}

Column = Mapping[str, float | None]


@dataclass(frozen=True)
class Understood:
    """What the model made of one example."""

    expected: str
    intent: str
    confidence: float


def main(arguments: Sequence[str]) -> int:
    """Print the table; 0."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.clinc150", description=__doc__)
    parser.add_argument("data", type=Path, help="data_full.json of CLINC150")
    parser.add_argument("--stock", type=int, metavar="EPOCHS", help="Rasa's default pipeline too, trained so long")
    options = parser.parse_args(arguments)
    columns = {"Stadtlotse": _measure(options.data, epochs=None)}
    if options.stock is not None:
        print(table(columns), flush=True)  # what is measured already; stock Rasa takes an hour
        columns["stock Rasa"] = _measure(options.data, epochs=options.stock)
    print(table(columns))
    return 0


def table(columns: Mapping[str, Column]) -> str:
    """Titles below each other, a column for each pipeline; "–" where a figure does not apply."""
    first = next(iter(columns.values()))
    lines = [("", *columns)]
    lines += [(title, *(_number(column[title]) for column in columns.values())) for title in first]
    return "\n".join(f"{line[0]:<32}" + "".join(f"{cell:>12}" for cell in line[1:]) for line in lines)


def figures(training: Mapping[str, Any], understood: Mapping[str, Any], *, epochs: int | None) -> Column:
    """One column of the table, from what the two processes wrote."""
    parts = {name: [Understood(*example) for example in part] for name, part in understood["parts"].items()}
    threshold = choose_threshold([example.confidence for example in parts["oos_val"]], recall=RECALL)
    return {
        "in scope, accuracy": accuracy(parts["test"]),
        "  with threshold": accuracy(parts["test"], threshold=threshold),
        "out of scope, recall": share_below(parts["oos_test"], threshold),
        "threshold": threshold,
        "epochs": epochs,
        "training, seconds": training["seconds"],
        "training, CPU seconds": training["cpu_seconds"],
        "training, megabytes at most": training["memory"],
        "message, milliseconds": understood["milliseconds"],
        "message, CPU milliseconds": understood["cpu_milliseconds"],
        "loaded, megabytes at most": understood["memory"],
        "model, megabytes": training["size"],
    }


def choose_threshold(confidences: Sequence[float], *, recall: float) -> float:
    """The lowest confidence at which a `recall` share of `confidences` lies below."""
    ordered = sorted(confidences)
    return ordered[min(len(ordered) - 1, int(recall * len(ordered)))]


def accuracy(examples: Sequence[Understood], *, threshold: float = 0.0) -> float:
    """The share understood rightly, and at least as confident as `threshold`."""
    right = sum(example.intent == example.expected and example.confidence >= threshold for example in examples)
    return right / len(examples)


def share_below(examples: Sequence[Understood], threshold: float) -> float:
    """The share that is less confident than `threshold`."""
    return sum(example.confidence < threshold for example in examples) / len(examples)


def _measure(data: Path, *, epochs: int | None) -> Column:
    """Train and ask the project's pipeline, or with `epochs` the default one of Rasa."""
    pipeline = [] if epochs is None else ["--stock", str(epochs)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for step in ("train", "understand"):
            command = [sys.executable, "-m", "benchmarks.clinc150_model", step, str(data.resolve()), name, *pipeline]
            subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, **QUIET})
        training = json.loads((folder / TRAINING).read_text(encoding="utf-8"))
        understood = json.loads((folder / UNDERSTOOD).read_text(encoding="utf-8"))
    return figures(training, understood, epochs=epochs)


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.3f}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
