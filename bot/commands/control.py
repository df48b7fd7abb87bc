"""`catalogue report`, `off`, `on`, `undo`: control of a catalogue that is in use."""

import argparse
import os
from datetime import UTC, datetime

from bot.catalogue.importers.undo import Undone, undo_last
from bot.catalogue.switches import SwitchedOff, list_switched_off, switch_off, switch_on
from bot.commands import report
from bot.commands.arguments import Subparsers
from bot.commands.reading import open_session
from bot.errors import InputError
from bot.facets import FACETS, Facet
from bot.language import Language
from bot.settings import Settings


def add_parsers(subparsers: Subparsers) -> None:
    """Adds the subcommands of this module."""
    catalogue = subparsers.add_parser("catalogue", help="look after the catalogue")
    commands = catalogue.add_subparsers(title="commands", metavar="COMMAND", required=True)

    report.add_parser(commands)

    parser = commands.add_parser("off", help="tell citizens a reason instead of what is recorded on a service")
    parser.add_argument("service", nargs="?", metavar="SERVICE", help="id of the service, as `search` prints it")
    _add_facet(parser)
    parser.add_argument("--reason-de", metavar="TEXT", help="one line that citizens read")
    parser.add_argument("--reason-en", metavar="TEXT", help="the same in English (default: the German one)")
    parser.add_argument("--list", action="store_true", help="what is switched off")
    _add_dry_run(parser)
    parser.set_defaults(run=_off)

    parser = commands.add_parser("on", help="answer again what was switched off")
    parser.add_argument("service", metavar="SERVICE")
    _add_facet(parser)
    _add_dry_run(parser)
    parser.set_defaults(run=_on)

    parser = commands.add_parser("undo", help="take the last import back; called again, the one before")
    _add_dry_run(parser)
    parser.set_defaults(run=_undo)


def _add_facet(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--facet", choices=FACETS, metavar="FACET", help="only this of the service, such as fees")


def _add_dry_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="say what would change, change nothing")


def _off(arguments: argparse.Namespace) -> int:
    settings = Settings.from_env(os.environ)
    if arguments.list:
        return _list_off(settings)
    if not arguments.service or not arguments.reason_de:
        raise InputError("name the SERVICE and give --reason-de, or ask for --list")
    given: dict[Language, str | None] = {"de": arguments.reason_de, "en": arguments.reason_en}
    off = SwitchedOff(
        service_id=arguments.service,
        facet=arguments.facet,
        reasons={language: reason for language, reason in given.items() if reason is not None},
        at=datetime.now(UTC),
    )
    with open_session(settings) as session:
        switch_off(session, off, dry_run=arguments.dry_run)
    print(f"{'would switch' if arguments.dry_run else 'switched'} off {_named(off.service_id, off.facet)}")
    return 0


def _list_off(settings: Settings) -> int:
    with open_session(settings) as session:
        switched_off = list_switched_off(session)
    for off in switched_off:
        print(f"{_named(off.service_id, off.facet)}, since {off.at:%Y-%m-%d}")
        for language, reason in off.reasons.items():
            print(f"  {language}: {reason}")
    if not switched_off:
        print("nothing is switched off")
    return 0


def _on(arguments: argparse.Namespace) -> int:
    with open_session(Settings.from_env(os.environ)) as session:
        switch_on(session, arguments.service, facet=arguments.facet, dry_run=arguments.dry_run)
    print(f"{'would switch' if arguments.dry_run else 'switched'} on {_named(arguments.service, arguments.facet)}")
    return 0


def _named(service_id: str, facet: Facet | None) -> str:
    return f"{facet} of {service_id}" if facet else service_id


def _undo(arguments: argparse.Namespace) -> int:
    with open_session(Settings.from_env(os.environ)) as session:
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
