"""`audit verify`, `audit export`: the log of what staff did."""

import argparse
import os
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from bot.catalogue.validity import TOWN_TIME
from bot.commands.arguments import Subparsers, parse_day
from bot.database import opened_engine
from bot.errors import InputError
from bot.migrations import upgrade
from bot.settings import Settings
from bot.staff import audit
from bot.staff.audit import Selection
from bot.staff.exports import FORMATS


def add_parsers(subparsers: Subparsers) -> None:
    """Adds the subcommands of this module."""
    commands = subparsers.add_parser("audit", help="the log of what staff did").add_subparsers(
        title="commands", metavar="COMMAND", required=True
    )
    parser = commands.add_parser("verify", help="is every entry as it was written, and is none missing?")
    parser.add_argument(
        "--noted", type=_noted, metavar="NUMBER:HASH", help="what an earlier check printed and was kept elsewhere"
    )
    parser.set_defaults(run=_verify)

    parser = commands.add_parser("export", help="write the entries to a file, or print them")
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE")
    parser.add_argument("--format", choices=sorted(FORMATS), default="csv", help="default: csv")
    parser.add_argument("--since", type=parse_day, metavar="DAY", help="the first day: 2026-11-01")
    parser.add_argument("--until", type=parse_day, metavar="DAY", help="the last day")
    parser.set_defaults(run=_export)


def _noted(text: str) -> tuple[int, str]:
    number, _, noted_hash = text.partition(":")
    if not number.isdigit() or len(noted_hash) != len(audit.BEGINNING):
        raise argparse.ArgumentTypeError("expected what an earlier check printed, NUMBER:HASH")
    return int(number), noted_hash


def _verify(arguments: argparse.Namespace) -> int:
    settings = Settings.from_env(os.environ)
    upgrade(settings.database_url)
    with opened_engine(settings.database_url) as engine, engine.connect() as connection:
        verdict = audit.verify(connection, noted=arguments.noted)
    if verdict.broken_at is None:
        print(f"{verdict.entries} entries, none changed, none missing; last {verdict.last_number}:{verdict.last_hash}")
        return 0
    explained = {
        "changed": "is not what was written",
        "missing": "is missing",
        "cut": "is missing, and so are all after it",
        "other": "is not the one that was noted: the log was written anew",
    }
    print(f"entry {verdict.broken_at} {explained[verdict.problem]}; {verdict.entries} before it are sound")
    return 1


def _export(arguments: argparse.Namespace) -> int:
    settings = Settings.from_env(os.environ)
    upgrade(settings.database_url)
    selection = Selection(
        since=_midnight(arguments.since) if arguments.since else None,
        until=_midnight(arguments.until + timedelta(days=1)) if arguments.until else None,
    )
    with opened_engine(settings.database_url) as engine, engine.connect() as connection:
        pieces = FORMATS[arguments.format].pieces(audit.read_entries(connection, selection))
        if arguments.file is None:
            sys.stdout.writelines(pieces)
            return 0
        try:
            with arguments.file.open("w", encoding="utf-8", newline="") as file:
                file.writelines(pieces)
        except OSError as error:
            raise InputError(f"{arguments.file}: cannot be written ({error.strerror})") from error
    print(f"wrote {arguments.file}")
    return 0


def _midnight(day: date) -> datetime:
    """When the day begins where the town is."""
    return datetime.combine(day, time(), tzinfo=TOWN_TIME).astimezone(UTC)
