"""Arguments that several subcommands share."""

import argparse
from datetime import date
from typing import TYPE_CHECKING

from bot.language import DEFAULT_LANGUAGE, LANGUAGES, Language
from bot.text.identify import identify

# argparse has no public name for it.
if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]
else:  # a class that only type checkers may index
    Subparsers = argparse._SubParsersAction


def add_language(parser: argparse.ArgumentParser) -> None:
    """`--language`, which may be left out where the text tells."""
    parser.add_argument("--language", choices=LANGUAGES, help="language of the question (default: recognised)")


def add_json(parser: argparse.ArgumentParser) -> None:
    """`--json` for programs."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def add_dry_run(parser: argparse.ArgumentParser) -> None:
    """`--dry-run` for what changes data."""
    parser.add_argument("--dry-run", action="store_true", help="say what would change, change nothing")


def parse_day(text: str) -> date:
    """A day as "2026-10-31"; for `type=`."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"expected a day such as 2026-10-31, not {text!r}") from error


def language_or_recognised(arguments: argparse.Namespace) -> Language:
    """`--language`, else the language of the text, else German."""
    chosen: Language | None = arguments.language
    return chosen or identify(arguments.text).language or DEFAULT_LANGUAGE
