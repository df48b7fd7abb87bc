"""`catalogue report`: what an editor should look at."""

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

import msgspec
from sqlalchemy.orm import Session

from bot.catalogue.missed import forget_missed, list_missed
from bot.catalogue.queries import Catalogue, load_catalogue
from bot.catalogue.report import NAMES, SECTIONS, make_report
from bot.catalogue.report.facts import Facts, Finding, Limits, LinkCheck
from bot.catalogue.report.links import list_addresses, load_checks, store_checks
from bot.catalogue.validity import town_today
from bot.commands.arguments import Subparsers, add_json
from bot.commands.reading import make_index, open_session
from bot.settings import Settings
from bot.web.links import Manners, check_links

SHOWN = 10  # findings of a section, without --all


def add_parser(commands: Subparsers) -> None:
    """Adds `report`."""
    parser = commands.add_parser("report", help="what to look at: old, missing, double, broken, not found")
    parser.add_argument("--section", action="append", choices=NAMES, metavar="NAME", help=f"only {', '.join(NAMES)}")
    parser.add_argument("--stale-months", type=_count, default=12, metavar="N", help="old is older (default: 12)")
    parser.add_argument("--expiring-days", type=_count, default=60, metavar="N", help="soon is sooner (default: 60)")
    parser.add_argument("--check-links", action="store_true", help="ask for every page first; takes a while")
    parser.add_argument("--allow-private", action="store_true", help="also ask servers in internal networks")
    parser.add_argument("--all", action="store_true", help=f"list everything, not only {SHOWN} of each section")
    add_json(parser)
    parser.set_defaults(run=_report)


def _count(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 10_000:
        raise argparse.ArgumentTypeError(f"expected a number from 0 to 10000, not {number}")
    return number


def _report(arguments: argparse.Namespace) -> int:
    settings = Settings.from_env(os.environ)
    today = town_today()
    with open_session(settings) as session:
        catalogue = load_catalogue(session)
        if arguments.check_links:
            _check_links(session, catalogue, Manners(allow_private=arguments.allow_private))
        words_since = today - timedelta(days=settings.missed_word_days)
        forget_missed(session, before=words_since)
        session.commit()
        links = load_checks(session)
        missed = list_missed(session, since=words_since)

    facts = Facts(
        catalogue=catalogue,
        today=today,
        index=cache(lambda: make_index(catalogue, settings)),
        limits=Limits(
            stale_months=arguments.stale_months,
            expiring_days=arguments.expiring_days,
            least_score=settings.choice_threshold,
        ),
        missed=missed,
        links=links,
        progress=_show_progress,
    )
    report = make_report(facts, arguments.section or NAMES)
    if arguments.json:
        checked = _checked_on(links)
        print(msgspec.json.encode({"on": today, "links_checked_on": checked, "sections": report}).decode())
        return 0
    _print(report, links, shown=None if arguments.all else SHOWN)
    return 0


def _check_links(session: Session, catalogue: Catalogue, manners: Manners) -> None:
    session.rollback()  # no transaction stays open while pages are asked for
    problems = asyncio.run(check_links(list_addresses(catalogue), manners, progress=_show_progress))
    store_checks(session, problems, at=datetime.now(UTC))


def _print(report: Mapping[str, Sequence[Finding]], links: Mapping[str, LinkCheck], *, shown: int | None) -> None:
    for section in SECTIONS:
        findings = report.get(section.name)
        if findings is None:
            continue
        print(f"{section.name}: {len(findings)} ({section.about})")
        if section.name == "broken_links":
            print(f"  {f'checked on {_checked_on(links)}' if links else 'never checked; --check-links does it'}")
        for finding in findings[:shown]:
            named = f"{finding.name} ({finding.id})" if finding.id else finding.name
            print(f"  {named}{': ' if finding.values else ''}{', '.join(finding.values)}")
        if shown is not None and len(findings) > shown:
            print(f"  … and {len(findings) - shown} more")


def _checked_on(links: Mapping[str, LinkCheck]) -> str | None:
    return max(check.at for check in links.values()).date().isoformat() if links else None


def _show_progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} of {of}", end="\n" if done == of else "", file=sys.stderr, flush=True)
