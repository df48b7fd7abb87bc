"""The command line: `python -m bot …`, also installed as `stadtlotse`."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from bot import __version__
from bot.errors import InputError, StadtlotseError

FAILED = 1
USAGE = 2
INTERRUPTED = 130

# Which module of bot.commands has which subcommand. Only that one is imported: `up` stays small, `ask` starts fast.
GROUPS = {
    "up": "serve",
    "train": "serve",
    "check": "check",
    "prepare": "imports",
    "import": "imports",
    "export": "exports",
    "catalogue": "control",
    "search": "catalogue",
    "ask": "conversations",
    "erase": "conversations",
    "unknown": "unknown",
    "feedback": "feedback",
    "evaluate": "evaluate",
    "staff": "staff",
    "team": "teams",
    "audit": "audit",
    "keys": "keys",
    "retention": "retention",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand. Exit status: 0 done, 1 failed, 2 wrong usage or unusable input."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(prog="stadtlotse", description="Citizen-service assistant for municipalities")
    parser.add_argument("--version", action="version", version=__version__)
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    groups = [GROUPS[given[0]]] if given and given[0] in GROUPS else list(dict.fromkeys(GROUPS.values()))
    for group in groups:
        import_module(f"bot.commands.{group}").add_parsers(subparsers)
    parsed = parser.parse_args(given)
    try:
        status: int = parsed.run(parsed)
    except InputError as error:
        return _fail(error, USAGE)
    except StadtlotseError as error:
        return _fail(error, FAILED)
    except KeyboardInterrupt:
        return INTERRUPTED
    return status


def _fail(error: StadtlotseError, status: int) -> int:
    print(f"stadtlotse: {error}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
