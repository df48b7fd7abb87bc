"""`team hours …`: when a team's desk is open."""

import argparse
import json
import os
import re

from bot.catalogue.importers.hours import read_hours, write_hours
from bot.catalogue.importers.record import OpeningHours
from bot.catalogue.importers.table_words import Words, load_words
from bot.commands.arguments import Subparsers, add_dry_run, add_json
from bot.commands.writing import open_transaction
from bot.conversations.desk_hours import change_hours, list_hours, write_week
from bot.conversations.working_time import Hours
from bot.errors import InputError
from bot.settings import Settings
from bot.staff.audit import COMMAND_LINE
from bot.staff.teams import find_team_by_key, list_teams

NEVER = "-"  # no hours at all
EXAMPLE = "Mo-Fr 8-12, Do 14-18"


def add_parser(commands: Subparsers) -> None:
    """Adds `team hours`."""
    parser = commands.add_parser("hours", help="when a team's desk is open: show, or set")
    parser.add_argument("key", metavar="KEY", help="of the team")
    parser.add_argument(
        "hours", nargs="?", metavar="HOURS", help=f"such as {EXAMPLE!r}; {NEVER!r} takes them all away; none shows them"
    )
    add_dry_run(parser)
    add_json(parser)
    parser.set_defaults(run=_run)


def read_week(text: str, words: Words) -> tuple[Hours, ...]:
    """The hours as people type them: lines, semicolons, or a comma before the next day.

    Raises:
        InputError: a part is anything else.
    """
    days = "|".join(re.escape(name) for names in words.weekdays for name in names)
    clock = "|".join(re.escape(name) for name in words.clock)
    # "Mo, Mi 8-12, Do 14-18": after a time, a comma and a day begin the next line.
    lines = re.sub(rf"(\d|\b(?:{clock}))\s*,\s*(?=(?:{days})\b)", r"\1; ", text, flags=re.IGNORECASE)
    found = read_hours(lines, words)
    if not found:
        raise InputError(f"{text!r} cannot be read as hours; write them like {EXAMPLE!r}, or {NEVER!r} for none")
    week = {Hours(weekday=one.weekday, opens=one.opens, closes=one.closes) for one in found}
    return tuple(sorted(week, key=lambda hours: (hours.weekday, hours.opens)))


def _run(arguments: argparse.Namespace) -> int:
    words = load_words()
    week = None
    if arguments.hours is not None:
        week = () if arguments.hours.strip() == NEVER else read_week(arguments.hours, words)
    with open_transaction(Settings.from_env(os.environ), dry_run=arguments.dry_run) as connection:
        team = find_team_by_key(connection, arguments.key)
        if team is None:
            known = ", ".join(team.key for team in list_teams(connection)) or "none yet"
            raise InputError(f"there is no team {arguments.key}. Teams are: {known}")
        changed = week is not None and change_hours(connection, COMMAND_LINE, team.id, week)
        now = list_hours(connection, team.id)
    if arguments.json:
        print(json.dumps({"key": team.key, "hours": write_week(now), "changed": changed}, ensure_ascii=False))
        return 0
    if changed:
        print(f"{'would set' if arguments.dry_run else 'set'} the hours of {team.key}:")
    elif week is not None:
        print(f"{team.key} has these hours already:")
    shown = write_hours([OpeningHours(weekday=one.weekday, opens=one.opens, closes=one.closes) for one in now], words)
    print(shown or "no hours: open whenever somebody is there")
    return 0
