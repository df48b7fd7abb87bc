"""`check`."""

import argparse
import os
import sys
from pathlib import Path

import msgspec

from bot.catalogue.thesaurus import read_thesaurus
from bot.commands.arguments import Subparsers, add_json
from bot.errors import InputError
from bot.settings import Settings
from bot.training.checks import Problem, find_old_answers, find_problems, find_problems_of_model
from bot.training.checks.sources import MOST_DAYS
from bot.training.checks.understood import messages
from bot.training.fingerprint import ROOT
from bot.training.project import read_project
from bot.training.understanding import understand


def add_parsers(subparsers: Subparsers) -> None:
    """Adds the subcommand of this module."""
    parser = subparsers.add_parser("check", help="check sentences, replies, rules and thesaurus; 1 if one is wrong")
    parser.add_argument("--model", action="store_true", help="check what the trained model understands instead")
    parser.add_argument("--root", type=Path, default=ROOT, metavar="FOLDER", help="the project (default: this one)")
    parser.add_argument(
        "--oldest",
        type=int,
        default=MOST_DAYS,
        metavar="DAYS",
        help="remind of frequent questions last checked longer ago (default: %(default)s); this fails nothing",
    )
    add_json(parser)
    parser.set_defaults(run=_check)


def _check(arguments: argparse.Namespace) -> int:
    project = read_project(arguments.root)
    if arguments.model:
        models = Path(Settings.from_env(os.environ).models_dir)
        understood = understand(messages(project), models, root=arguments.root)
        problems = find_problems_of_model(project, understood)
    else:
        problems = find_problems(project) + _problems_of_thesaurus(arguments.root)
        # A day that passes must not fail a build, so this is no problem.
        for old in find_old_answers(project, most_days=arguments.oldest):
            print(f"to be read again: {old}", file=sys.stderr)
    if arguments.json:
        print(msgspec.json.encode(problems).decode())
    else:
        for problem in problems:
            print(problem)
        print(f"problems: {len(problems)}")
    return 1 if problems else 0


def _problems_of_thesaurus(root: Path) -> list[Problem]:
    folder = root / "data" / "thesaurus"
    try:
        read_thesaurus(folder)
    except InputError as error:
        # The first line counts; each other one is a mistake with its file and concept.
        place = folder.relative_to(root).as_posix()
        return [Problem("thesaurus", place, mistake) for mistake in str(error).splitlines()[1:]]
    return []
