"""`team …`: teams of staff, the offices they answer for, and the hours of their desk."""

import argparse
import json
import os

from bot.commands import desk_hours
from bot.commands.arguments import Subparsers, add_dry_run, add_json
from bot.commands.writing import open_transaction
from bot.settings import Settings
from bot.staff import administration
from bot.staff.administration import TeamProfile
from bot.staff.audit import COMMAND_LINE
from bot.staff.teams import list_teams


def add_parsers(subparsers: Subparsers) -> None:
    """Adds the subcommands of this module."""
    team = subparsers.add_parser("team", help="teams of staff, the offices they answer for, the hours of their desk")
    commands = team.add_subparsers(title="commands", metavar="COMMAND", required=True)

    parser = commands.add_parser("add", help="make a team")
    parser.add_argument("key", metavar="KEY", help="its short name: small letters, digits and -")
    parser.add_argument("--name-de", default="", metavar="TEXT")
    parser.add_argument("--name-en", default="", metavar="TEXT")
    parser.add_argument("--office", action="append", default=[], metavar="ID", help="of the catalogue; several times")
    parser.add_argument("--fallback", action="store_true", help="gets what no other team is responsible for")
    add_dry_run(parser)
    parser.set_defaults(run=_add)

    parser = commands.add_parser("list", help="all teams")
    add_json(parser)
    parser.set_defaults(run=_list)

    desk_hours.add_parser(commands)


def _add(arguments: argparse.Namespace) -> int:
    profile = TeamProfile(
        names={"de": arguments.name_de, "en": arguments.name_en},
        offices=frozenset(arguments.office),
        fallback=arguments.fallback,
    )
    with open_transaction(Settings.from_env(os.environ), dry_run=arguments.dry_run) as connection:
        administration.add_team(connection, COMMAND_LINE, arguments.key, profile)
    print(f"{'would add' if arguments.dry_run else 'added'} team {arguments.key}")
    return 0


def _list(arguments: argparse.Namespace) -> int:
    with open_transaction(Settings.from_env(os.environ)) as connection:
        teams = list_teams(connection)
    if arguments.json:
        rows = [
            {"key": team.key, "names": team.names, "offices": sorted(team.offices), "fallback": team.fallback}
            for team in teams
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for team in teams:
        fallback = ", for everything else" if team.fallback else ""
        print(f"{team.key}: {team.name('de')}, members: {len(team.members)}, offices: {len(team.offices)}{fallback}")
    if not teams:
        print("there are no teams; make one with: team add KEY --name-de TEXT")
    return 0
