"""`retention …`: delete what is old now, and see what was deleted."""

import argparse
import asyncio
import json
import os
from datetime import UTC, datetime

from bot.catalogue.validity import TOWN_TIME
from bot.commands.arguments import Subparsers, add_dry_run, add_json
from bot.conversations.store import Store
from bot.database import opened_engine
from bot.jobs.runs import StoredRun, list_runs
from bot.migrations import upgrade
from bot.settings import PREFIX, Settings
from bot.staff.audit import COMMAND_LINE
from bot.web.jobs.kinds import make_kinds
from bot.web.jobs.retention import JOB, Retention, count_old

RUNS = 10


def add_parsers(subparsers: Subparsers) -> None:
    """Adds the subcommands of this module."""
    retention = subparsers.add_parser("retention", help="delete what has been kept long enough")
    commands = retention.add_subparsers(title="commands", metavar="COMMAND", required=True)

    parser = commands.add_parser("run", help="delete it now, beside the run of every day")
    add_dry_run(parser)
    parser.set_defaults(run=_run)

    parser = commands.add_parser("show", help="what is kept how long, and the last runs")
    add_json(parser)
    parser.set_defaults(run=_show)


def _run(arguments: argparse.Namespace) -> int:
    settings, now = Settings.from_env(os.environ), datetime.now(UTC)
    upgrade(settings.database_url)
    if arguments.dry_run:
        with opened_engine(settings.database_url) as engine, engine.connect() as connection:
            print(f"would delete {_listed(count_old(connection, settings, at=now))}")
        return 0
    print(f"deleted {_listed(asyncio.run(_run_now(settings, now)))}")
    return 0


async def _run_now(settings: Settings, now: datetime) -> dict[str, int]:
    store = Store(settings.database_url)
    try:
        # A slot of its own, which nobody else can have begun.
        return await Retention(store=store, settings=settings, who=COMMAND_LINE).run(now.isoformat()) or {}
    finally:
        await store.close()


def _show(arguments: argparse.Namespace) -> int:
    settings, now = Settings.from_env(os.environ), datetime.now(UTC)
    upgrade(settings.database_url)
    with opened_engine(settings.database_url) as engine, engine.connect() as connection:
        due = count_old(connection, settings, at=now)
        runs = list_runs(connection, JOB, limit=RUNS)
    days = {kind.name: kind.days for kind in make_kinds(settings, at=now) if kind.days is not None}
    if arguments.json:
        print(json.dumps({"days": days, "due": due, "runs": [_plain(run) for run in runs]}, indent=2))
        return 0
    for name, kept in days.items():
        print(f"{name}: {kept} days{f', {due[name]} to delete' if name in due else ''}")
    print(f"every day from {settings.retention_hour}:00 on ({PREFIX}RETENTION_HOUR)")
    for run in runs:
        print(_line(run))
    if not runs:
        print("no run yet")
    return 0


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def _line(run: StoredRun) -> str:
    begun = f"{_clock(run.started_at)} {run.who}"
    if run.ended_at is None:
        return f"{begun}: not ended, last seen {_clock(run.seen_at)}; {_listed(run.counts)}"
    failed = f" failed ({run.error})" if run.error else ""
    return f"{begun}: ended {_clock(run.ended_at)}{failed}; {_listed(run.counts)}"


def _clock(at: datetime) -> str:
    return at.astimezone(TOWN_TIME).strftime("%Y-%m-%d %H:%M:%S")


def _plain(run: StoredRun) -> dict[str, object]:
    moments = {name: value.isoformat() for name, value in vars(run).items() if isinstance(value, datetime)}
    return {**vars(run), **moments}
