"""`ask`, `erase`."""

import argparse
import asyncio
import os
from typing import Any

import msgspec

from bot.commands.arguments import Subparsers, add_json, add_language
from bot.conversations.queries import find_conversation, list_messages
from bot.conversations.traces import empty_log
from bot.database import opened_engine
from bot.errors import NotFoundError
from bot.language import Language
from bot.settings import Settings
from bot.staff.audit import COMMAND_LINE, record
from bot.web.chat.erasing import erase
from bot.web.client import Client


def add_parsers(subparsers: Subparsers) -> None:
    """Adds the subcommands of this module."""
    parser = subparsers.add_parser("ask", help="ask the running assistant one question")
    parser.add_argument("text", metavar="TEXT")
    add_language(parser)
    add_json(parser)
    parser.set_defaults(run=_ask)

    parser = subparsers.add_parser("erase", help="erase a conversation from the database")
    parser.add_argument("conversation", metavar="CONVERSATION")
    parser.add_argument("--dry-run", action="store_true", help="say what would be erased, erase nothing")
    parser.set_defaults(run=_erase)


def _ask(arguments: argparse.Namespace) -> int:
    settings = Settings.from_env(os.environ)
    messages = asyncio.run(_one_turn(settings.origin, arguments.text, arguments.language))
    if arguments.json:
        print(msgspec.json.encode(messages).decode())
        return 0
    for message in messages:
        print(message["text"])
        for choice in message.get("choices", ()):
            print(f"  [{choice['title']}]")
    return 0


async def _one_turn(origin: str, text: str, language: Language | None) -> list[dict[str, Any]]:
    async with Client(origin) as client:
        await client.start(language)
        messages = await client.say(text)
        await client.erase()
    return messages


def _erase(arguments: argparse.Namespace) -> int:
    with opened_engine(Settings.from_env(os.environ).database_url) as engine:
        with engine.begin() as connection:
            if find_conversation(connection, arguments.conversation) is None:
                raise NotFoundError(f"there is no conversation {arguments.conversation}")
            erased = len(list_messages(connection, arguments.conversation))
            if not arguments.dry_run:
                erase(connection, arguments.conversation)
                record(connection, COMMAND_LINE, "erased", f"conversation {arguments.conversation}")
        if not arguments.dry_run:
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                empty_log(connection)
    verb = "would erase" if arguments.dry_run else "erased"
    print(f"{verb} {erased} messages of conversation {arguments.conversation}")
    return 0
