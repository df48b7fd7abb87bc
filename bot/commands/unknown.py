"""`unknown`: what citizens asked and the bot did not know."""

import argparse
import os
from datetime import UTC, datetime, timedelta

import msgspec

from bot.catalogue.validity import TOWN_TIME
from bot.commands.arguments import Subparsers, add_json
from bot.conversations.unknown import list_unknown
from bot.database import opened_engine
from bot.settings import Settings


def add_parsers(subparsers: Subparsers) -> None:
    """Adds `unknown`."""
    parser = subparsers.add_parser("unknown", help="questions that were not understood, the most frequent first")
    parser.add_argument("--days", type=_positive, default=30, metavar="N", help="of the last N days (default: 30)")
    parser.add_argument("--limit", type=_positive, default=50, metavar="N", help="at most N questions (default: 50)")
    add_json(parser)
    parser.set_defaults(run=_unknown)


def _positive(text: str) -> int:
    refusal = argparse.ArgumentTypeError(f"expected a number from 1 to 10000, not {text!r}")
    try:
        number = int(text)
    except ValueError as error:
        raise refusal from error
    if not 1 <= number <= 10_000:
        raise refusal
    return number


def _unknown(arguments: argparse.Namespace) -> int:
    since = datetime.now(UTC) - timedelta(days=arguments.days)
    with opened_engine(Settings.from_env(os.environ).database_url) as engine, engine.connect() as connection:
        questions = list_unknown(connection, since=since, limit=arguments.limit)
    if arguments.json:
        print(msgspec.json.encode(questions).decode())
        return 0
    print(f"questions that were not understood in the last {arguments.days} days: {len(questions)}")
    for question in questions:
        last_on = question.last_at.astimezone(TOWN_TIME).date()
        print(f"  {question.count} × {' '.join(question.text.split())} ({question.language}, last on {last_on})")
    return 0
