"""`keys new`, `keys rotate`, `keys discard`: the keys of what is stored encrypted."""

import argparse
import os

from bot.commands.arguments import Subparsers, add_dry_run
from bot.commands.writing import open_transaction
from bot.conversations.originals import delete_all_originals, renew_originals
from bot.encryption import KEYS_SETTING, add_key, make_key
from bot.errors import InputError, SettingsError
from bot.settings import Settings
from bot.staff.audit import COMMAND_LINE, record
from bot.staff.keyring import Keyring, forget_check, renew_check
from bot.staff.second_factor import forget_secrets, renew_secrets


def add_parsers(subparsers: Subparsers) -> None:
    """Adds the subcommands of this module."""
    commands = subparsers.add_parser("keys", help="keys of what is stored encrypted").add_subparsers(
        title="commands", metavar="COMMAND", required=True
    )
    parser = commands.add_parser("new", help="make a key that encrypts from now on; the others go on decrypting")
    parser.set_defaults(run=_new)

    parser = commands.add_parser("rotate", help="encrypt everything with the newest key")
    add_dry_run(parser)
    parser.set_defaults(run=_rotate)

    parser = commands.add_parser("discard", help="delete what was encrypted with keys that are lost for good")
    add_dry_run(parser)
    parser.set_defaults(run=_discard)


def _new(_arguments: argparse.Namespace) -> int:
    settings = Settings.from_env(os.environ)
    if settings.encryption_keys:
        print(make_key())
        print(f"put this key before the others in {KEYS_SETTING}, restart web, then: python -m bot keys rotate")
        return 0
    with open_transaction(settings) as connection:
        Keyring(settings).open(connection)
    add_key(settings.key_file)
    print(f"put a new key into {settings.key_file}; restart web, then: python -m bot keys rotate")
    return 0


def _rotate(arguments: argparse.Namespace) -> int:
    settings = Settings.from_env(os.environ)
    with open_transaction(settings, dry_run=arguments.dry_run) as connection:
        cipher = Keyring(settings).open(connection)
        secrets, originals = renew_secrets(connection, cipher), renew_originals(connection, cipher)
        renew_check(connection, cipher)
        record(connection, COMMAND_LINE, "changed", "keys", {"second_factors": secrets, "messages": originals})
    what = f"{secrets} second factors and {originals} messages with the newest key"
    print(f"would encrypt {what}" if arguments.dry_run else f"encrypted {what}; older keys can be removed")
    return 0


def _discard(arguments: argparse.Namespace) -> int:
    settings = Settings.from_env(os.environ)
    if _fits(settings):
        raise InputError("the keys there are fit this database, nothing is lost")
    with open_transaction(settings, dry_run=arguments.dry_run) as connection:
        secrets, originals = forget_secrets(connection), delete_all_originals(connection)
        forget_check(connection)
        record(connection, COMMAND_LINE, "removed", "keys", {"second_factors": secrets, "messages": originals})
    verb = "would delete" if arguments.dry_run else "deleted"
    print(f"{verb} {secrets} second factors and {originals} messages; web begins anew with the keys there are")
    return 0


def _fits(settings: Settings) -> bool:
    with open_transaction(settings, dry_run=True) as connection:
        try:
            Keyring(settings).open(connection)
        except SettingsError:
            return False
    return True
