"""One model on CLINC150, in a process of its own: `.venv-rasa/bin/python -m benchmarks.clinc150_model --help`.

Training and understanding are two processes, so that the memory of one is not counted as the other's. Each writes its
figures as JSON into the folder it is given. `benchmarks.clinc150` starts them.
"""

import argparse
import json
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
MODEL, TRAINING, UNDERSTOOD = "model.tar.gz", "training.json", "understood.json"
PARTS = ("test", "oos_val", "oos_test")
# It answers "I did not understand" below a confidence; the threshold is chosen afterwards, on the validation part.
LEFT_OUT = {"FallbackClassifier"}


def main(arguments: Sequence[str]) -> int:
    """Train a model in the folder, or let the one there understand; 0."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.clinc150_model", description=__doc__)
    parser.add_argument("step", choices=["train", "understand"])
    parser.add_argument("data", type=Path, help="data_full.json of CLINC150")
    parser.add_argument("folder", type=Path, help="of the model; exists")
    parser.add_argument("--stock", type=int, metavar="EPOCHS", help="Rasa's default pipeline instead of ours")
    options = parser.parse_args(arguments)
    data = json.loads(options.data.read_text(encoding="utf-8"))
    if options.step == "train":
        configuration = _ours() if options.stock is None else stock_configuration(options.stock)
        figures = _train(data["train"], options.folder, configuration)
    else:
        figures = _understand(data, options.folder / MODEL, is_stock=options.stock is not None)
    figures["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    target = options.folder / (TRAINING if options.step == "train" else UNDERSTOOD)
    target.write_text(json.dumps(figures), encoding="utf-8")
    return 0


def stock_configuration(epochs: int) -> dict[str, Any]:
    """The pipeline that Rasa fills in for `rasa init`, without its fallback."""
    from rasa.engine.recipes.default_recipe import DefaultV1Recipe  # noqa: PLC0415 - it brings all components

    basis = {"recipe": "default.v1", "assistant_id": "stock", "language": "en"}
    pipeline = DefaultV1Recipe.complete_config(basis, {"pipeline"})["pipeline"]
    parts = [dict(part) for part in pipeline if part["name"] not in LEFT_OUT]
    return {**basis, "pipeline": [{**part, "epochs": epochs} if "epochs" in part else part for part in parts]}


def _ours() -> dict[str, Any]:
    configuration: dict[str, Any] = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    del configuration["importers"]
    return {**configuration, "language": "en"}


def _train(examples: Sequence[tuple[str, str]], folder: Path, configuration: dict[str, Any]) -> dict[str, Any]:
    from rasa.model_training import train_nlu  # noqa: PLC0415 - needed to train only, and large

    by_intent: dict[str, list[str]] = {}
    for text, intent in examples:
        by_intent.setdefault(intent, []).append(text)
    nlu = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)} for intent, texts in by_intent.items()
    ]
    (folder / "config.yml").write_text(yaml.safe_dump(configuration, sort_keys=False))
    (folder / "nlu.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True, width=10_000))
    started, used = time.perf_counter(), time.process_time()
    path = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder), MODEL.removesuffix(".tar.gz"))
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - used
    return {"seconds": seconds, "cpu_seconds": cpu_seconds, "size": Path(path).stat().st_size / 1e6}


def _understand(data: dict[str, Any], model: Path, *, is_stock: bool) -> dict[str, Any]:
    """Of each example of `PARTS` what was expected, the best intent and its confidence; and how long it took."""
    processor = _load_stock(model) if is_stock else _load_ours(model)
    _best(processor, "hello")  # the first message builds what later ones use
    started, used = time.perf_counter(), time.process_time()
    parts = {name: [(expected, *_best(processor, text)) for text, expected in data[name]] for name in PARTS}
    count = sum(map(len, parts.values()))
    return {
        "parts": parts,
        "milliseconds": 1_000 * (time.perf_counter() - started) / count,
        "cpu_milliseconds": 1_000 * (time.process_time() - used) / count,
    }


def _load_stock(model: Path) -> Any:
    from rasa.core.agent import Agent  # noqa: PLC0415

    return Agent.load(str(model)).processor


def _load_ours(model: Path) -> Any:
    """As the worker does it: what it never uses is left out before anything of Rasa is imported."""
    from bot.nlu.deviations.unused import leave_out  # noqa: PLC0415

    leave_out()
    from bot.nlu.deviations.actions import ActionEndpoint  # noqa: PLC0415
    from bot.nlu.deviations.processor import TurnProcessor  # noqa: PLC0415

    # The address is never asked: language understanding only.
    return TurnProcessor(model, action_endpoint=ActionEndpoint("http://127.0.0.1:9", timeout=1))


def _best(processor: Any, text: str) -> tuple[str, float]:
    from rasa.core.channels.channel import UserMessage  # noqa: PLC0415

    parsed = processor._parse_message_with_graph(UserMessage(text, metadata={"language": "en"}), None)
    best = parsed["intent_ranking"][0]
    return best["name"], float(best["confidence"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
