"""`feedback`: how often answers helped, and what citizens wrote about them."""

import argparse
import os
from datetime import UTC, date, datetime, time
from typing import NamedTuple

import msgspec

from bot.catalogue.validity import TOWN_TIME
from bot.commands.arguments import Subparsers, add_json, parse_day
from bot.commands.reading import open_session
from bot.conversations.feedback import (
    Comment,
    OutcomeCount,
    ServiceCount,
    count_by_outcome,
    count_by_service,
    list_comments,
)
from bot.settings import Settings

EVER = datetime(1970, 1, 1, tzinfo=UTC)


class Summary(NamedTuple):
    """What is printed."""

    outcomes: tuple[OutcomeCount, ...]
    services: tuple[ServiceCount, ...]
    comments: tuple[Comment, ...]


def add_parsers(subparsers: Subparsers) -> None:
    """Adds the subcommand of this module."""
    parser = subparsers.add_parser("feedback", help="how often answers helped, and what citizens wrote about them")
    parser.add_argument(
        "--since", type=parse_day, metavar="DATE", help="only of this day and later, such as 2026-10-31"
    )
    add_json(parser)
    parser.set_defaults(run=_feedback)


def _feedback(arguments: argparse.Namespace) -> int:
    day: date | None = arguments.since
    since = datetime.combine(day, time.min, TOWN_TIME) if day else EVER
    with open_session(Settings.from_env(os.environ)) as session:
        connection = session.connection()
        summary = Summary(
            outcomes=count_by_outcome(connection, since=since),
            services=count_by_service(connection, since=since),
            comments=list_comments(connection, since=since),
        )
    if arguments.json:
        print(msgspec.json.encode({"since": day, **summary._asdict()}).decode())
        return 0
    _print(summary, since=day)
    return 0


def _print(summary: Summary, *, since: date | None) -> None:
    helpful = sum(count.helpful for count in summary.outcomes)
    not_helpful = sum(count.not_helpful for count in summary.outcomes)
    print(f"feedback{f' since {since}' if since else ''}: {_counts(helpful, not_helpful)}")
    for outcome in summary.outcomes:
        print(f"  {outcome.outcome}: {_counts(outcome.helpful, outcome.not_helpful)}")
    print(f"services: {len(summary.services)}")
    for service in summary.services:
        print(f"  {service.name} ({service.id}): {_counts(service.helpful, service.not_helpful)}")
    print(f"comments: {len(summary.comments)}")
    for comment in summary.comments:
        said = "helpful" if comment.helpful else "not helpful"
        about = f"{comment.outcome} {comment.service}" if comment.service else comment.outcome
        print(f"  {comment.at.astimezone(TOWN_TIME):%Y-%m-%d} {said}, {about}: {' '.join(comment.comment.split())}")


def _counts(helpful: int, not_helpful: int) -> str:
    return f"{helpful} helpful, {not_helpful} not helpful"
