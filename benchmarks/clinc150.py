"""This project's pipeline on CLINC150: `.venv-rasa/bin/python -m benchmarks.clinc150 data_full.json`.

Trains by `rasa train nlu` without out-of-scope examples, chooses the threshold on the validation part and prints
accuracy, out-of-scope recall, time and size. The data are not part of the project: https://github.com/clinc/oos-eval
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")

ROOT = Path(__file__).parents[1]
RECALL = 0.65  # of messages out of scope that the threshold is to catch, on the validation part


@dataclass(frozen=True)
class Understood:
    """What the model made of one example."""

    expected: str
    intent: str
    confidence: float


def main(arguments: Sequence[str]) -> int:
    """Print the figures; 0."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.clinc150", description=__doc__)
    parser.add_argument("data", type=Path, help="data_full.json of CLINC150")
    data = json.loads(parser.parse_args(arguments).data.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        model, training = _train(data["train"], Path(folder))
        processor = _load(model)
        started = time.perf_counter()
        parts = {name: _understand(processor, data[name]) for name in ("test", "oos_val", "oos_test")}
        milliseconds = 1_000 * (time.perf_counter() - started) / sum(map(len, parts.values()))
        size = model.stat().st_size / 1e6
    threshold = choose_threshold([example.confidence for example in parts["oos_val"]], recall=RECALL)
    accepted = [example for example in parts["test"] if example.confidence >= threshold]
    rows = {
        "in scope, accuracy": accuracy(parts["test"]),
        "  with threshold": sum(example.intent == example.expected for example in accepted) / len(parts["test"]),
        "out of scope, recall": share_below(parts["oos_test"], threshold),
        "threshold": threshold,
        "training, seconds": training,
        "message, milliseconds": milliseconds,
        "model, megabytes": size,
    }
    for name, figure in rows.items():
        print(f"{name:<24}{figure:8.3f}")
    return 0


def choose_threshold(confidences: Sequence[float], *, recall: float) -> float:
    """The lowest confidence at which a `recall` share of `confidences` lies below."""
    ordered = sorted(confidences)
    return ordered[min(len(ordered) - 1, int(recall * len(ordered)))]


def accuracy(examples: Sequence[Understood]) -> float:
    """The share understood rightly."""
    return sum(example.intent == example.expected for example in examples) / len(examples)


def share_below(examples: Sequence[Understood], threshold: float) -> float:
    """The share that is less confident than `threshold`."""
    return sum(example.confidence < threshold for example in examples) / len(examples)


def _train(examples: Sequence[tuple[str, str]], folder: Path) -> tuple[Path, float]:
    import yaml  # noqa: PLC0415
    from rasa.model_training import train_nlu  # noqa: PLC0415 - imported late: it takes seconds

    config: dict[str, Any] = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    config["language"] = "en"
    del config["importers"]
    (folder / "config.yml").write_text(yaml.safe_dump(config))
    by_intent: dict[str, list[str]] = {}
    for text, intent in examples:
        by_intent.setdefault(intent, []).append(text)
    nlu = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)} for intent, texts in by_intent.items()
    ]
    (folder / "nlu.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True, width=10_000))
    started = time.perf_counter()
    path = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder / "models"))
    return Path(path), time.perf_counter() - started


def _load(model: Path) -> Any:
    from bot.nlu.deviations.actions import ActionEndpoint  # noqa: PLC0415
    from bot.nlu.deviations.processor import TurnProcessor  # noqa: PLC0415

    # The address is never asked: language understanding only.
    return TurnProcessor(model, action_endpoint=ActionEndpoint("http://127.0.0.1:9", timeout=1))


def _understand(processor: Any, examples: Sequence[tuple[str, str]]) -> list[Understood]:
    from rasa.core.channels.channel import UserMessage  # noqa: PLC0415

    understood = []
    for text, expected in examples:
        parsed = processor._parse_message_with_graph(UserMessage(text, metadata={"language": "en"}), None)
        best = parsed["intent_ranking"][0]
        understood.append(Understood(expected, best["name"], best["confidence"]))
    return understood


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
