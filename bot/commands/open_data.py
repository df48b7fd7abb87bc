"""`export schema-org` and `export cpsv-ap`."""

import argparse
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile

from bot.catalogue.exporters.documents import Format, encode_document
from bot.catalogue.exporters.linked import View
from bot.catalogue.exporters.selection import open_catalogue
from bot.catalogue.validity import town_today
from bot.commands.arguments import Subparsers
from bot.commands.reading import read_catalogue
from bot.errors import InputError
from bot.language import LANGUAGES
from bot.settings import Settings

STANDARD_OUTPUT = "-"
FORMATS: dict[str, tuple[Format, str]] = {
    "schema-org": ("schema.org", "JSON-LD in the vocabulary of schema.org, for search engines"),
    "cpsv-ap": ("cpsv-ap", "JSON-LD in CPSV-AP, the European Union's vocabulary of public services"),
}


def add_formats(formats: Subparsers) -> None:
    """Adds the formats of open data to those of `export`."""
    for name, (form, help_) in FORMATS.items():
        parser = formats.add_parser(name, help=help_)
        parser.add_argument("file", metavar="FILE", help=f"replaced if it is there; {STANDARD_OUTPUT} prints")
        parser.add_argument("--language", choices=LANGUAGES, help="only this language (default: all)")
        parser.add_argument(
            "--base", metavar="URL", help="what addresses in the file are relative to (default: the town's website)"
        )
        parser.set_defaults(run=partial(_export, form=form))


def _export(arguments: argparse.Namespace, *, form: Format) -> int:
    catalogue = read_catalogue(Settings.from_env(os.environ))
    opened = open_catalogue(catalogue, on=town_today())
    view = View(catalogue=opened, languages=(arguments.language,) if arguments.language else LANGUAGES)
    base = catalogue.town.url if arguments.base is None else arguments.base
    pieces = encode_document(opened.services.values(), view, form, base=base)
    if arguments.file == STANDARD_OUTPUT:
        sys.stdout.buffer.writelines(pieces)
        sys.stdout.buffer.flush()
        return 0
    _replace(Path(arguments.file), pieces)
    print(f"{arguments.file}: {len(opened.services)} services")
    return 0


def _replace(file: Path, pieces: Iterable[bytes]) -> None:
    """Write beside the file, then put it in its place: nobody ever reads half of it.

    Raises:
        InputError: the file cannot be written.
    """
    try:
        with NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", delete=False) as beside:
            try:
                beside.writelines(pieces)
                beside.flush()
                os.fsync(beside.fileno())
                Path(beside.name).chmod(_mode())
                Path(beside.name).replace(file)
            except BaseException:
                with suppress(OSError):
                    Path(beside.name).unlink()
                raise
    except OSError as error:
        raise InputError(f"{file}: cannot be written ({error.strerror})") from error


def _mode() -> int:
    """What a new file may be done with; a temporary one is for its owner alone."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
