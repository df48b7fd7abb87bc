"""`export`."""

import argparse
import os
from pathlib import Path

from bot.catalogue.exporters.table import write_table
from bot.commands import open_data
from bot.commands.arguments import Subparsers
from bot.commands.reading import read_catalogue
from bot.errors import InputError
from bot.settings import Settings


def add_parsers(subparsers: Subparsers) -> None:
    """Adds the subcommands of this module."""
    exporting = subparsers.add_parser("export", help="write the service catalogue to a file")
    formats = exporting.add_subparsers(title="formats", metavar="FORMAT", required=True)

    parser = formats.add_parser("table", help="a table to edit and to import again")
    parser.add_argument("file", type=Path, metavar="FILE.csv|FILE.xlsx")
    parser.add_argument("--template", action="store_true", help="only the headings, to start from")
    parser.add_argument("--overwrite", action="store_true", help="replace the file if it is there")
    parser.set_defaults(run=_export_table)

    open_data.add_formats(formats)


def _export_table(arguments: argparse.Namespace) -> int:
    if arguments.file.exists() and not arguments.overwrite:
        raise InputError(f"{arguments.file}: is already there; name another file or add --overwrite")
    if arguments.template:
        write_table(arguments.file, (), ())
        print(f"{arguments.file}: headings only")
        return 0
    catalogue = read_catalogue(Settings.from_env(os.environ))
    write_table(arguments.file, catalogue.services.values(), catalogue.offices.values())
    print(f"{arguments.file}: {len(catalogue.services)} services, {len(catalogue.offices)} offices")
    return 0
