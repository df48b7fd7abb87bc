"""Stadtlotse against stock Rasa: `python -m benchmarks`. Prints the table, writes var/bench/latest.json."""

import argparse
import signal
import sys
from dataclasses import replace
from datetime import UTC, datetime

from benchmarks import ours, stock
from benchmarks.load import FULL, QUICK
from benchmarks.processes import busy_share
from benchmarks.report import Run, load, render, save
from benchmarks.scratch import FOLDER, compile_bytecode, prepare_database
from benchmarks.sentences import read_sentences
from benchmarks.stock_project import DEFAULT_EPOCHS, trained_project
from bot.errors import StadtlotseError
from bot.training.fingerprint import ROOT

LATEST = "latest.json"
REST_SECONDS = 5.0  # in which we do nothing, to see whether somebody else does


def main(arguments: list[str] | None = None) -> int:
    """Exit status 0, or 1 where something could not be measured. Whether the expectations are met is in the table."""
    options = _parser().parse_args(arguments)
    # What was started is stopped in `finally` clauses, also when we are told to end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        run = load(FOLDER / LATEST) if options.last else _measure(options)
    except StadtlotseError as error:
        print(error, file=sys.stderr)
        return 1
    save(run, FOLDER / LATEST)
    print(render(run, markdown=options.markdown))
    return 0


def _measure(options: argparse.Namespace) -> Run:
    FOLDER.mkdir(parents=True, exist_ok=True)
    sentences = read_sentences(ROOT / "tests" / "nlu")
    run = Run(
        counts=QUICK if options.quick else FULL,
        sentences=len(sentences),
        busy={},
        at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    _say("Python files of both environments are compiled, where they are not …")
    compile_bytecode(FOLDER)
    project = training = None
    if options.only != "ours":
        _say(f"Stock Rasa: its model, {options.stock_epochs} epochs; trained now unless it is kept …")
        project, training = trained_project(FOLDER, epochs=options.stock_epochs)
    _say("The database with the demo town …")
    prepare_database(FOLDER)
    if options.only != "stock":
        run = _with_busy_share(run, "ours")
        _say("Stadtlotse: training, starts, replies …")
        run = replace(run, ours=ours.measure(FOLDER, sentences, run.counts))
    if project is not None and training is not None:
        run = _with_busy_share(run, "stock")
        _say("Stock Rasa: starts, replies …")
        figures = stock.measure(FOLDER, project, sentences, run.counts)
        run = replace(run, stock=figures | {"training": training.full_seconds}, training=training)
    return run


def _with_busy_share(run: Run, system: str) -> Run:
    return replace(run, busy={**run.busy, system: busy_share(REST_SECONDS)})


def _say(text: str) -> None:
    print(f"{datetime.now(UTC).astimezone():%H:%M:%S} {text}", file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", choices=["ours", "stock"], help="measure one system")
    parser.add_argument("--quick", action="store_true", help="few messages, one start: to see that it works")
    parser.add_argument("--last", action="store_true", help="measure nothing, print the last run again")
    parser.add_argument("--markdown", action="store_true", help="print the table for the README")
    parser.add_argument(
        "--stock-epochs",
        type=int,
        default=DEFAULT_EPOCHS,
        metavar="N",
        help="epochs stock Rasa is trained for (default: %(default)s, as `rasa init` has; some hours)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
