"""`prepare`, `import`, `search`."""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import msgspec
from sqlalchemy.orm import Session

from bot.catalogue.importers import dldb, sync, town, xzufi
from bot.catalogue.importers.record import Reading, Rejection, Source, Town
from bot.catalogue.queries import find_town, list_sources
from bot.commands.arguments import Subparsers, add_json, add_language, language_or_recognised
from bot.commands.reading import read_index
from bot.database import open_engine
from bot.errors import InputError
from bot.migrations import upgrade
from bot.settings import Settings

DEMO_TOWN = Path(__file__).parents[2] / "data" / "catalogue" / "auenfurt"
DEMO_SOURCE = Source(kind="town", name="Auenfurt")
NOTHING = Town(name="")
NAMED_ROWS = 20  # how many rejected rows are printed; all are kept with the import run in the database


def add_parsers(subparsers: Subparsers) -> None:
    """Adds the subcommands of this module."""
    parser = subparsers.add_parser("prepare", help="bring the database up to date; an empty one gets the demo town")
    parser.set_defaults(run=_prepare)

    importing = subparsers.add_parser("import", help="load a service catalogue into the database")
    formats = importing.add_subparsers(title="formats", metavar="FORMAT", required=True)

    parser = formats.add_parser("dldb", help="the DLDB exchange format, as Berlin and Munich use it")
    parser.add_argument("services", type=Path, metavar="SERVICES.json")
    parser.add_argument("locations", type=Path, metavar="LOCATIONS.json")
    _add_import_options(parser)
    parser.set_defaults(run=_import_dldb)

    parser = formats.add_parser("xzufi", help="XZuFi 2.1 or 2.2, as the portals of federation and states use it")
    parser.add_argument("file", type=Path, metavar="FILE.xml")
    _add_town(parser)
    _add_import_options(parser)
    parser.set_defaults(run=_import_xzufi)

    parser = formats.add_parser("town", help="a folder of YAML files like data/catalogue/auenfurt")
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    _add_import_options(parser)
    parser.set_defaults(run=_import_town)

    parser = subparsers.add_parser("search", help="search the catalogue: services with their scores")
    parser.add_argument("text", metavar="TEXT")
    parser.add_argument("--limit", type=int, default=10, help="how many services at most (default: 10)")
    add_language(parser)
    add_json(parser)
    parser.set_defaults(run=_search)


def _add_town(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--town", metavar="NAME", help="the town the file is of (default: where its offices are, else the known one)"
    )


def _add_import_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="say what would change, change nothing")
    parser.add_argument(
        "--take-over",
        action="store_true",
        help="services that came from other sources become this one's where their ids are in the file",
    )
    parser.add_argument(
        "--allow-mass-withdrawal",
        action="store_true",
        help="accept that more than half of the services known from this source are missing in the file",
    )


def _prepare(_arguments: argparse.Namespace) -> int:
    settings = Settings.from_env(os.environ)
    upgrade(settings.database_url)
    engine = open_engine(settings.database_url)
    with Session(engine) as session:
        others = [source for source in list_sources(session) if source != DEMO_SOURCE]
        if not others:
            print(_summary(DEMO_SOURCE, sync.apply(session, town.read(DEMO_TOWN), DEMO_SOURCE)))
    engine.dispose()
    return 0


def _import_dldb(arguments: argparse.Namespace) -> int:
    return _apply(dldb.read(arguments.services, arguments.locations), "dldb", arguments)


def _import_xzufi(arguments: argparse.Namespace) -> int:
    return _apply(_of_town(xzufi.read(arguments.file), arguments.town), "xzufi", arguments)


def _import_town(arguments: argparse.Namespace) -> int:
    return _apply(town.read(arguments.folder), "town", arguments)


def _apply(reading: Reading, kind: str, arguments: argparse.Namespace) -> int:
    settings = Settings.from_env(os.environ)
    upgrade(settings.database_url)
    engine = open_engine(settings.database_url)
    with Session(engine) as session:
        if kind != "town":  # which says all there is to say
            reading = _with_known_town(session, reading)
        source = Source(kind=kind, name=reading.town.name if reading.town else "")
        sources = list_sources(session)
        report = sync.apply(
            session,
            reading,
            source,
            sync.Options(
                dry_run=arguments.dry_run,
                allow_mass_withdrawal=arguments.allow_mass_withdrawal,
                take_over=[other for other in sources if arguments.take_over or other == DEMO_SOURCE],
            ),
        )
        if not arguments.dry_run and source != DEMO_SOURCE and DEMO_SOURCE in sources:
            _withdraw_demo(session)
    engine.dispose()
    _print_rows("rejected", report.rejected)
    _print_rows("note on", report.notes)
    for change in report.changes:
        print(f"{change.kind} {change.name} ({change.id}){': ' if change.fields else ''}{', '.join(change.fields)}")
    print(_summary(source, report))
    return 0


def _of_town(reading: Reading, name: str | None) -> Reading:
    """The reading of the town that was named on the command line."""
    if not name or (reading.town and reading.town.name == name):
        return reading
    return replace(reading, town=Town(name=name))


def _with_known_town(session: Session, reading: Reading) -> Reading:
    """What a file does not say about its town stays as it is known: most formats know no more than the name.

    Raises:
        InputError: neither the file nor the catalogue has a town.
    """
    known = find_town(session)
    if reading.town is None:
        if known is None:
            raise InputError("the file does not say which town it is of, and the catalogue is empty; add --town NAME")
        return replace(reading, town=known)
    if known is None or known.name != reading.town.name:
        return reading
    told = {name: value for name, value in asdict(reading.town).items() if value and value != getattr(NOTHING, name)}
    return replace(reading, town=replace(known, **told))


def _print_rows(what: str, rows: Sequence[Rejection]) -> None:
    for row in rows[:NAMED_ROWS]:
        print(f"{what} {row.where}, id {row.row_id or '?'}: {row.reason}", file=sys.stderr)
    if len(rows) > NAMED_ROWS:
        print(f"… and {len(rows) - NAMED_ROWS} more", file=sys.stderr)


def _withdraw_demo(session: Session) -> None:
    """The demo town makes room for the real one."""
    nothing = Reading(town=None, services=(), offices=(), rejected=(), notes=())
    report = sync.apply(session, nothing, DEMO_SOURCE, sync.Options(allow_mass_withdrawal=True))
    if report.withdrawn:
        print(_summary(DEMO_SOURCE, report))


def _summary(source: Source, report: sync.ImportReport) -> str:
    return (
        f"{source.name}: {'would be ' if report.dry_run else ''}"
        f"{report.added} added, {report.changed} changed, {report.unchanged} unchanged, "
        f"{report.withdrawn} withdrawn, {report.restored} restored, {len(report.rejected)} rejected; "
        f"{report.offices_changed} offices changed"
    )


def _search(arguments: argparse.Namespace) -> int:
    index = read_index(Settings.from_env(os.environ))
    hits = index.search(arguments.text, language_or_recognised(arguments), limit=arguments.limit)
    if arguments.json:
        print(msgspec.json.encode(hits).decode())
        return 0
    for hit in hits:
        print(f"{hit.score:.2f}  {hit.id}  {hit.name}")
    if not hits:
        print("nothing found")
    return 0
