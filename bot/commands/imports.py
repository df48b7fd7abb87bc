"""`prepare`, `import`."""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from sqlalchemy.orm import Session

from bot.catalogue.concepts.store import concept_model, concept_model_path
from bot.catalogue.importers import dldb, sync, table, town, xzufi
from bot.catalogue.importers.leika import check_keys, read_list
from bot.catalogue.importers.record import Reading, Rejection, Source, Town
from bot.catalogue.queries import find_town, list_sources
from bot.commands.arguments import Subparsers
from bot.commands.reading import open_session
from bot.errors import InputError
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

    parser = formats.add_parser("table", help="a CSV or XLSX file, one service a row; `export table` writes one")
    parser.add_argument("file", type=Path, metavar="FILE")
    _add_town(parser)
    _add_import_options(parser)
    parser.set_defaults(run=_import_table)


def _add_town(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--town", metavar="NAME", help="the town the file is of (default: where its offices are, else the known one)"
    )


def _add_import_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="say what would change, change nothing")
    parser.add_argument(
        "--leika",
        type=Path,
        metavar="FILE",
        help="a list of LeiKa keys (CSV or XLSX: leika_key, name, legal_basis): keys are checked against it, "
        "and services without a legal basis get theirs from it",
    )
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
    with open_session(settings) as session:
        others = [source for source in list_sources(session) if source != DEMO_SOURCE]
        if not others:
            options = sync.Options(undo_runs=settings.undo_runs)
            print(_summary(DEMO_SOURCE, sync.apply(session, town.read(DEMO_TOWN), DEMO_SOURCE, options)))
    _learn_concepts(Path(settings.models_dir))
    return 0


def _learn_concepts(models: Path) -> None:
    """The thesaurus is learned once, so that no process has to do it at its start."""
    if not concept_model_path(models).exists():
        print("Learning what citizens call the services, some seconds …", flush=True)
        concept_model(models)


def _import_dldb(arguments: argparse.Namespace) -> int:
    return _apply(dldb.read(arguments.services, arguments.locations), "dldb", arguments)


def _import_xzufi(arguments: argparse.Namespace) -> int:
    return _apply(_of_town(xzufi.read(arguments.file), arguments.town), "xzufi", arguments)


def _import_table(arguments: argparse.Namespace) -> int:
    return _apply(_of_town(table.read(arguments.file), arguments.town), "table", arguments)


def _import_town(arguments: argparse.Namespace) -> int:
    return _apply(town.read(arguments.folder), "town", arguments)


def _apply(reading: Reading, kind: str, arguments: argparse.Namespace) -> int:
    settings = Settings.from_env(os.environ)
    reading = check_keys(reading, read_list(arguments.leika) if arguments.leika else None)
    with open_session(settings) as session:
        if kind != "town":  # which says all there is to say
            reading = _with_known_town(session, reading, told=kind != "table" or arguments.town is not None)
        source = Source(kind=kind, name=reading.town.name if reading.town else "")
        sources = list_sources(session)
        options = sync.Options(
            dry_run=arguments.dry_run,
            allow_mass_withdrawal=arguments.allow_mass_withdrawal,
            take_over=[other for other in sources if arguments.take_over or other == DEMO_SOURCE],
            replace=[other for other in sources if other == DEMO_SOURCE],  # it makes room for the real town
            undo_runs=settings.undo_runs,
        )
        report = sync.apply(session, reading, source, options)
    _print_rows("rejected", report.rejected)
    _print_rows("note on", report.notes)
    for change in report.changes:
        print(f"{change.kind} {change.name} ({change.id}){': ' if change.fields else ''}{', '.join(change.fields)}")
    print(_summary(source, report))
    if report.replaced:
        print(f"{DEMO_SOURCE.name}: {'would make' if report.dry_run else 'makes'} room, {report.replaced} withdrawn")
    return 0


def _of_town(reading: Reading, name: str | None) -> Reading:
    """The reading of the town that was named on the command line."""
    if not name or (reading.town and reading.town.name == name):
        return reading
    return replace(reading, town=Town(name=name))


def _with_known_town(session: Session, reading: Reading, *, told: bool) -> Reading:
    """The reading with a town, and with what is known of that town: most formats tell no more than its name.

    A format that does not really tell the town (not `told`) is of the known one, unless that is the demo town.

    Raises:
        InputError: neither the file nor the catalogue has a town.
    """
    known = find_town(session)
    if reading.town is None and known is None:
        raise InputError("the file does not say which town it is of, and the catalogue is empty; add --town NAME")
    if known is None:
        return reading
    is_demo = list_sources(session) == (DEMO_SOURCE,)
    if reading.town is None or not (told or is_demo):
        return replace(reading, town=known)
    if known.name != reading.town.name:
        return reading
    news = {name: value for name, value in asdict(reading.town).items() if value and value != getattr(NOTHING, name)}
    return replace(reading, town=replace(known, **news))


def _print_rows(what: str, rows: Sequence[Rejection]) -> None:
    for row in rows[:NAMED_ROWS]:
        print(f"{what} {row.where}{', id ' if row.row_id else ''}{row.row_id}: {row.reason}", file=sys.stderr)
    if len(rows) > NAMED_ROWS:
        print(f"… and {len(rows) - NAMED_ROWS} more", file=sys.stderr)


def _summary(source: Source, report: sync.ImportReport) -> str:
    return (
        f"{source.name}: {'would be ' if report.dry_run else ''}"
        f"{report.added} added, {report.changed} changed, {report.unchanged} unchanged, "
        f"{report.withdrawn} withdrawn, {report.restored} restored, {len(report.rejected)} rejected; "
        f"{report.offices_changed} offices changed"
    )
