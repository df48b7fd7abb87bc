"""Stadtlotse against stock Rasa: `python -m benchmarks`. Prints the table, writes var/bench/latest.json."""

import argparse
import signal
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

from benchmarks import ours, stock
from benchmarks.load import FULL, QUICK, Round, combine
from benchmarks.processes import busy_share
from benchmarks.report import Run, load, render, save
from benchmarks.scratch import FOLDER, compile_bytecode, prepare_database
from benchmarks.sentences import read_sentences
from benchmarks.stock_project import DEFAULT_EPOCHS, trained_project
from bot.errors import StadtlotseError
from bot.training.fingerprint import ROOT

LATEST = "latest.json"
REST_SECONDS = 5.0  # in which we do nothing, to see whether somebody else does


class MeasureRound(Protocol):
    """Starts one system and measures it, see `ours.measure_round`."""

    def __call__(self, *, round_number: int) -> Round:
        """The round of that number; the number decides what the citizens say."""
        ...


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
    measuring: dict[str, MeasureRound] = {}
    known: dict[str, dict[str, float]] = {}
    if options.only != "stock":
        _say("Stadtlotse: training and search …")
        known["ours"] = ours.measure_alone(FOLDER)
        measuring["ours"] = partial(ours.measure_round, FOLDER, sentences, run.counts)
    if options.only != "ours":
        _say(f"Stock Rasa: its model, {options.stock_epochs} epochs; trained now unless it is kept …")
        project, training = trained_project(FOLDER, epochs=options.stock_epochs)
        known["stock"] = {"training": training.full_seconds}
        measuring["stock"] = partial(stock.measure_round, FOLDER, project, sentences, run.counts)
        run = replace(run, training=training)
    _say("The database with the demo town …")
    prepare_database(FOLDER)
    figures, busy = _take_turns(measuring, rounds=run.counts.rounds)
    both = {system: figures[system] | known[system] for system in measuring}
    if "stock" in both:
        del both["stock"]["opening_p50"]  # a conversation begins with its first message
    return replace(run, busy=busy, ours=both.get("ours"), stock=both.get("stock"))


def _take_turns(
    measuring: Mapping[str, MeasureRound], *, rounds: int
) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    """The figures of each system, and the largest share of the processors that others used before one of its rounds.

    A machine is not equally fast at all times; in turns, all systems have the same of it.
    """
    measured: dict[str, list[Round]] = {system: [] for system in measuring}
    busy = dict.fromkeys(measuring, 0.0)
    for number in range(rounds):
        for system, measure_round in measuring.items():
            busy[system] = max(busy[system], busy_share(REST_SECONDS))
            _say(f"Round {number + 1} of {rounds}, {system}: start, replies …")
            measured[system].append(measure_round(round_number=number))
    return {system: combine(found) for system, found in measured.items()}, busy


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
