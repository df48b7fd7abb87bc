"""`catalogue undo`: control of a catalogue that is in use."""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from bot.catalogue.importers.undo import Undone, undo_last
from bot.commands.arguments import Subparsers
from bot.database import open_engine
from bot.migrations import upgrade
from bot.settings import Settings


def add_parsers(subparsers: Subparsers) -> None:
    """Adds the subcommands of this module."""
    catalogue = subparsers.add_parser("catalogue", help="look after the catalogue")
    commands = catalogue.add_subparsers(title="commands", metavar="COMMAND", required=True)

    parser = commands.add_parser("undo", help="take the last import back; called again, the one before")
    _add_dry_run(parser)
    parser.set_defaults(run=_undo)


def _add_dry_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="say what would change, change nothing")


@contextmanager
def _open_session(settings: Settings) -> Iterator[Session]:
    upgrade(settings.database_url)
    engine = open_engine(settings.database_url)
    try:
        with Session(engine) as session:
            yield session
    finally:
        engine.dispose()


def _undo(arguments: argparse.Namespace) -> int:
    with _open_session(Settings.from_env(os.environ)) as session:
        undone = undo_last(session, now=datetime.now(UTC), dry_run=arguments.dry_run)
    print(_summary(undone))
    return 0


def _summary(undone: Undone) -> str:
    return (
        f"import of {undone.source.kind} {undone.source.name!r}, {undone.at:%Y-%m-%d %H:%M} UTC, "
        f"{'would be ' if undone.dry_run else ''}taken back: "
        f"{undone.removed} services removed, {undone.brought_back} brought back, "
        f"{undone.withdrawn} withdrawn again, {undone.reworded} as worded before; "
        f"{undone.offices} offices{', the town' if undone.town else ''}"
    )
