"""`search`."""

import argparse
import os

import msgspec

from bot.commands.arguments import Subparsers, add_json, add_language, language_or_recognised
from bot.commands.reading import read_index
from bot.settings import Settings


def add_parsers(subparsers: Subparsers) -> None:
    """Adds the subcommands of this module."""
    parser = subparsers.add_parser("search", help="search the catalogue: services with their scores")
    parser.add_argument("text", metavar="TEXT")
    parser.add_argument("--limit", type=int, default=10, help="how many services at most (default: 10)")
    add_language(parser)
    add_json(parser)
    parser.set_defaults(run=_search)


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
