"""`staff …`: accounts of staff."""

import argparse
import getpass
import json
import os
import sys
from datetime import UTC, datetime

from sqlalchemy import Connection

from bot.commands.arguments import Subparsers, add_dry_run, add_json
from bot.commands.writing import open_transaction
from bot.errors import InputError, NotFoundError
from bot.language import LANGUAGES
from bot.settings import PREFIX, Settings
from bot.staff import administration, people
from bot.staff.audit import COMMAND_LINE
from bot.staff.passwords import check_password, make_passwords
from bot.staff.people import Account, NewStaff, find_account_by_name
from bot.staff.roles import ROLES
from bot.staff.teams import find_team_by_key, list_teams


def add_parsers(subparsers: Subparsers) -> None:
    """Adds the subcommands of this module."""
    staff = subparsers.add_parser("staff", help="who may use the pages for staff")
    commands = staff.add_subparsers(title="commands", metavar="COMMAND", required=True)

    parser = commands.add_parser("add", help="make an account")
    parser.add_argument("name", metavar="NAME", help="to sign in with")
    parser.add_argument("--role", action="append", choices=ROLES, required=True, help="may be given several times")
    parser.add_argument("--team", action="append", default=[], metavar="KEY", help="may be given several times")
    parser.add_argument("--language", action="append", default=[], choices=LANGUAGES, help="spoken with citizens")
    parser.add_argument("--display-name", default="", metavar="TEXT", help="what others see (default: the name)")
    _add_link(parser)
    add_dry_run(parser)
    parser.set_defaults(run=_add)

    parser = commands.add_parser("list", help="all accounts")
    add_json(parser)
    parser.set_defaults(run=_list)

    parser = commands.add_parser("password", help="set somebody's password, and sign them out everywhere")
    parser.add_argument("name", metavar="NAME")
    _add_link(parser)
    add_dry_run(parser)
    parser.set_defaults(run=_password)

    for command, help_text, run in (
        ("deactivate", "close an account, and sign its owner out everywhere", _deactivate),
        ("activate", "open a closed account again", _activate),
        ("reset-second-factor", "forget a second factor, so that its owner sets up another", _reset_second_factor),
    ):
        parser = commands.add_parser(command, help=help_text)
        parser.add_argument("name", metavar="NAME")
        add_dry_run(parser)
        parser.set_defaults(run=run)


def _add_link(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--link", action="store_true", help="print a link with which they set a password once, instead of asking for it"
    )


def _add(arguments: argparse.Namespace) -> int:
    settings, now = Settings.from_env(os.environ), datetime.now(UTC)
    names = (arguments.name, arguments.display_name)
    hashed = None if arguments.link or arguments.dry_run else _ask_password(settings, names)
    new = NewStaff(
        name=arguments.name,
        display_name=arguments.display_name,
        roles=arguments.role,
        languages=arguments.language,
        password_hash=hashed,
    )
    with open_transaction(settings, dry_run=arguments.dry_run) as connection:
        team_ids = [_team_id(connection, key) for key in arguments.team]
        staff_id = administration.add(connection, COMMAND_LINE, new, team_ids=team_ids, at=now)
        link = _link(connection, settings, staff_id) if arguments.link else None
        account = people.need_account(connection, staff_id)
    print(f"{'would add' if arguments.dry_run else 'added'} {_described(account)}")
    if link and not arguments.dry_run:
        print(f"to set a password, within three days: {link}")
    return 0


def _list(arguments: argparse.Namespace) -> int:
    with open_transaction(Settings.from_env(os.environ)) as connection:
        accounts = people.list_accounts(connection)
        keys = {team.id: team.key for team in list_teams(connection)}
    if arguments.json:
        print(json.dumps([_plain(account, keys) for account in accounts], ensure_ascii=False, indent=2))
        return 0
    for account in accounts:
        second = "" if account.second_factor else ", no second factor"
        print(f"{_described(account)}{second}{'' if account.is_active else ', closed'}")
    if not accounts:
        print("there are no accounts; make one with: staff add NAME --role admin")
    return 0


def _password(arguments: argparse.Namespace) -> int:
    settings = Settings.from_env(os.environ)
    with open_transaction(settings) as connection:
        account = _account(connection, arguments.name)
    hashed = None
    if not (arguments.link or arguments.dry_run):
        hashed = _ask_password(settings, (account.staff.name, account.staff.display_name))
    link = None
    with open_transaction(settings, dry_run=arguments.dry_run) as connection:
        if hashed is not None:
            administration.set_password_hash(connection, COMMAND_LINE, account.staff.id, hashed)
        elif arguments.link:
            link = _link(connection, settings, account.staff.id)
    if arguments.dry_run:
        print(f"would set the password of {account.staff.name}")
    else:
        print(f"to set a password, within three days: {link}" if link else f"set the password of {account.staff.name}")
    return 0


def _deactivate(arguments: argparse.Namespace) -> int:
    with open_transaction(Settings.from_env(os.environ), dry_run=arguments.dry_run) as connection:
        account = _account(connection, arguments.name)
        changed = administration.deactivate(connection, COMMAND_LINE, account.staff.id, at=datetime.now(UTC))
    return _say(changed, "closed", "is closed already", arguments, account)


def _activate(arguments: argparse.Namespace) -> int:
    with open_transaction(Settings.from_env(os.environ), dry_run=arguments.dry_run) as connection:
        account = _account(connection, arguments.name)
        changed = administration.activate(connection, COMMAND_LINE, account.staff.id)
    return _say(changed, "opened", "is open already", arguments, account)


def _reset_second_factor(arguments: argparse.Namespace) -> int:
    with open_transaction(Settings.from_env(os.environ), dry_run=arguments.dry_run) as connection:
        account = _account(connection, arguments.name)
        changed = administration.reset_second_factor(connection, COMMAND_LINE, account.staff.id)
    return _say(changed, "reset the second factor of", "has no second factor", arguments, account)


def _say(changed: bool, did: str, was: str, arguments: argparse.Namespace, account: Account) -> int:
    name = account.staff.name
    print(f"{'would have ' if arguments.dry_run else ''}{did} {name}" if changed else f"{name} {was}")
    return 0


def _account(connection: Connection, name: str) -> Account:
    account = find_account_by_name(connection, name)
    if account is None:
        raise NotFoundError(f"there is no account {name}")
    return account


def _team_id(connection: Connection, key: str) -> int:
    team = find_team_by_key(connection, key)
    if team is None:
        known = ", ".join(team.key for team in list_teams(connection)) or "none yet"
        raise InputError(f"there is no team {key}. Teams are: {known}")
    return team.id


def _link(connection: Connection, settings: Settings, staff_id: int) -> str:
    path = administration.make_link(connection, COMMAND_LINE, staff_id, at=datetime.now(UTC))
    return f"{settings.staff_origin.rstrip('/') or settings.origin}{path}"


def _ask_password(settings: Settings, names: tuple[str, ...]) -> str:
    """The hash of the password in the settings, or of one typed twice.

    Raises:
        InputError: it is too weak, was typed differently, or there is nobody to type it.
    """
    password = settings.staff_password
    if not password:
        if not sys.stdin.isatty():
            raise InputError(f"nobody can type a password here; set {PREFIX}STAFF_PASSWORD_FILE, or use --link")
        password = getpass.getpass("Password: ")
        if password != getpass.getpass("Password again: "):
            raise InputError("the two passwords differ")
    check_password(password, names=names)
    return make_passwords(settings).hash(password)


def _described(account: Account) -> str:
    staff = account.staff
    return f"{staff.name} ({', '.join(sorted(staff.roles))})"


def _plain(account: Account, keys: dict[int, str]) -> dict[str, object]:
    staff = account.staff
    return {
        "name": staff.name,
        "display_name": staff.display_name,
        "roles": sorted(staff.roles),
        "teams": sorted(keys[team] for team in staff.teams),
        "languages": list(staff.languages),
        "second_factor": account.second_factor is not None,
        "active": account.is_active,
        "signed_in_at": account.signed_in_at.isoformat() if account.signed_in_at else None,
    }
