"""The history of the desk, filled: `python -m benchmarks.history` prints how long its pages and the export take.

A million messages are made up, in an SQLite file and, where PostgreSQL is installed, on a
server of its own. A view is what a page reads in its transaction: the list, the names in it, and the form's choices.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from sqlalchemy import Engine, text

from benchmarks.figures import percentile
from benchmarks.history_cases import View, make_cases
from benchmarks.made_up_history import SEED, Past, make_past
from benchmarks.processes import busy_share
from benchmarks.scratch import FOLDER
from bot.conversations.history import HistoryFilter
from bot.database import open_engine, opened_engine
from bot.migrations import upgrade
from bot.staff.roles import Staff
from bot.training.fingerprint import ROOT
from bot.web.desk.export import Wording, read_piece
from bot.web.desk.export_formats import FORMATS
from bot.web.desk.history_view import read_choices, read_page
from tests import postgresql

WANTED_MS = 150.0  # p95
REST_SECONDS = 3.0
Figures = dict[str, list[float]]  # milliseconds by view


def measure(url: str, past: Past, handoffs: int, *, repeats: int, best_of: int = 1) -> Figures:
    """How long each view took, with `repeats` different filters; of `best_of` times the fastest counts."""
    figures: Figures = {}
    staff = _somebody(past)
    with opened_engine(url) as engine:
        for name, draw in make_cases(past, handoffs).items():
            chance = random.Random(SEED)
            views = [draw(chance) for _ in range(repeats + 1)]
            times = [min(_open(engine, view, staff) for _ in range(best_of)) for view in views]
            figures[name] = times[1:]  # the first one finds cold caches
    return figures


def _open(engine: Engine, view: View, staff: Staff) -> float:
    started = time.perf_counter()
    with engine.connect() as connection:
        read_choices(connection, staff, language="de")
        read_page(connection, view.wanted, **view.sides)
    return (time.perf_counter() - started) * 1000


def _somebody(past: Past) -> Staff:
    teams = frozenset(past.teams)
    return Staff(id=1, name="lead", display_name="Lead", roles=frozenset({"lead"}), teams=teams, languages=("de",))


def export(url: str, past: Past, suffix: str) -> dict[str, float]:
    """Take everything out, and throw it away: rows, seconds, megabytes of memory before and at most."""
    wanted, file_format = HistoryFilter(teams=frozenset(past.teams)), FORMATS[suffix]
    rows = size = 0
    last: int | None = None
    with opened_engine(url) as engine:
        with engine.connect() as connection:
            wording = Wording(language="de", names=read_choices(connection, _somebody(past), language="de"))
        before, started = _peak(), time.perf_counter()
        while True:
            with engine.connect() as connection:
                piece = read_piece(connection, wanted, wording, file_format, before=last)
            rows, size = rows + piece.rows, size + len(piece.text.encode())
            if (last := piece.last) is None:
                break
    seconds = time.perf_counter() - started
    return {"rows": rows, "seconds": seconds, "megabytes": size / 1e6, "before": before, "peak": _peak()}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


@contextmanager
def scratch_databases(folder: Path) -> Iterator[dict[str, str]]:
    """Empty databases by name, as URLs; they are removed afterwards."""
    file = folder / "history.db"
    for old in folder.glob("history.db*"):
        old.unlink()
    urls = {"SQLite": f"sqlite:///{file}"}
    try:
        try:
            with postgresql.running_server() as server:
                postgresql.create_database(server, "history")
                yield urls | {"PostgreSQL": f"{server}/history"}
        except postgresql.MissingServerError as missing:
            _say(str(missing))
            yield urls
    finally:
        for old in folder.glob("history.db*"):
            old.unlink()


def fill(url: str, handoffs: int) -> Past:
    """Migrate the database and make up its past; PostgreSQL then knows its tables as it does in service."""
    upgrade(url)
    with opened_engine(url) as engine:
        past = make_past(engine, handoffs)
    engine = open_engine(url)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()
    return past


def page_table(measured: dict[str, Figures]) -> str:
    """Views and their times in ms, as Markdown."""
    heads = [f"{name} {figure}" for name in measured for figure in ("p50", "p95", "max")]
    lines = [f"| ms | {' | '.join(heads)} |", f"| --- |{' ---: |' * len(heads)}"]
    for view in next(iter(measured.values())):
        times = [figures[view] for figures in measured.values()]
        cells = [f"{value:.1f}" for one in times for value in (percentile(one, 0.5), percentile(one, 0.95), max(one))]
        lines.append(f"| {view} | {' | '.join(cells)} |")
    worst = {name: max(percentile(times, 0.95) for times in figures.values()) for name, figures in measured.items()}
    lines += ["", *(f"{name}: worst p95 {ms:.0f} ms (aim: at most {WANTED_MS:.0f})" for name, ms in worst.items())]
    return "\n".join(lines)


def export_line(name: str, suffix: str, url: str, past: Path) -> str:
    """One line on an export in a process of its own, so that its memory can be told."""
    command = [sys.executable, "-m", "benchmarks.history", "--export", url, suffix, str(past)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    return (
        f"{name}, {suffix}: {found['rows']:,} rows, {found['megabytes']:.0f} MB in {found['seconds']:.0f} s, "
        f"{found['rows'] / found['seconds']:,.0f} rows/s; memory {found['before']:.0f} MB before, "
        f"at most {found['peak']:.0f} MB"
    )


def main(arguments: list[str] | None = None) -> int:
    """Prints the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.history", description=__doc__)
    parser.add_argument("--handoffs", type=int, default=100_000, help="of ten messages each (default: %(default)s)")
    parser.add_argument("--repeats", type=int, default=40, help="how often each view is opened (default: %(default)s)")
    parser.add_argument(
        "--best-of", type=int, default=1, help="where others use the machine too: of so many times the fastest counts"
    )
    parser.add_argument("--made", nargs="+", metavar="NAME=URL", help="databases that were made before, and kept")
    parser.add_argument("--export", nargs=3, metavar=("URL", "FORMAT", "PAST"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.export:
        url, suffix, file = options.export
        print(json.dumps(export(url, _read(Path(file)), suffix)))
        return 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    if options.made:
        _report(dict(made.split("=", 1) for made in options.made), options)
        return 0
    with scratch_databases(FOLDER) as urls:
        for name, url in urls.items():
            _say(f"{name}: {options.handoffs:,} handoffs are made …")
            _write(fill(url, options.handoffs), FOLDER / "history.json")
        _report(urls, options)
    return 0


def _report(urls: dict[str, str], options: argparse.Namespace) -> None:
    file = FOLDER / "history.json"
    past, busy = _read(file), busy_share(REST_SECONDS)
    measured = {
        name: measure(url, past, options.handoffs, repeats=options.repeats, best_of=options.best_of)
        for name, url in urls.items()
    }
    print(page_table(measured), end="\n\n")
    for name, url in urls.items():
        for suffix in FORMATS:
            print(export_line(name, suffix, url, file))
    print(f"\n{options.handoffs:,} handoffs; {busy:.0%} of the processors was used by others at the start")


def _write(past: Past, file: Path) -> None:
    file.write_text(json.dumps(asdict(past)), encoding="utf-8")


def _read(file: Path) -> Past:
    return Past(**{name: tuple(values) for name, values in json.loads(file.read_text(encoding="utf-8")).items()})


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
