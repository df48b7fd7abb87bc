"""`evaluate answers`: asks the running assistant every message of labelled files, each in a new conversation."""

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from bot.commands.arguments import add_json
from bot.conversations.evaluation import (
    RESULTS,
    Asked,
    Judged,
    JudgedOther,
    LabelledMessage,
    judge,
    judge_other,
    measure,
    measure_others,
    measure_parts,
    read_messages,
)
from bot.errors import InputError
from bot.language import LANGUAGES, Language
from bot.settings import Settings
from bot.web.client import Client

PARALLEL, MOST_PARALLEL = 4, 32
UNTOLD = "any"  # messages of files that do not tell their language

_EPILOG = """\
A question has "q", "ids" and optional "facet" and "style"; any other message has "q" and "kind". The language in which
a message is to be answered is --language, else "language" of the line, else the end of the file's name ("…_de.jsonl").
Each message opens a conversation and erases it: STADTLOTSE_CONVERSATIONS_PER_HOUR of the running assistant must allow
as many from one address, and STADTLOTSE_PORT (or STADTLOTSE_HOST) here must be that of the assistant.
"""

Message = tuple[LabelledMessage, Language | None]


def add_parser(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `answers` to the kinds of evaluation."""
    parser = kinds.add_parser(
        "answers",
        help="the answers of the running assistant",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE.jsonl")
    parser.add_argument("--language", choices=LANGUAGES, help="the language of all messages")
    parser.add_argument(
        "--parallel", type=int, default=PARALLEL, metavar="N", help="so many at the same time (default: %(default)s)"
    )
    add_json(parser)
    parser.set_defaults(run=_evaluate_answers)


def _evaluate_answers(arguments: argparse.Namespace) -> int:
    if not 1 <= arguments.parallel <= MOST_PARALLEL:
        raise InputError(f"--parallel {arguments.parallel}: expected a number from 1 to {MOST_PARALLEL}")
    messages = [
        (message, arguments.language or message.language or _language_of(path))
        for path in arguments.files
        for message in read_messages(path)
    ]
    origin = Settings.from_env(os.environ).origin
    asked = asyncio.run(ask_all(origin, messages, parallel=arguments.parallel))
    questions = [judge(one) for one in asked if one.message.ids]
    others = [judge_other(one) for one in asked if one.message.kind]
    if arguments.json:
        print(msgspec.json.encode(_report(questions, others)).decode())
    else:
        _print_report(questions, others)
    return 0


async def ask_all(origin: str, messages: Sequence[Message], *, parallel: int) -> list[Asked]:
    """The answers in the order of `messages`, so many asked at the same time.

    Raises:
        UnavailableError: no assistant runs there, or it refuses.
    """
    answered: dict[int, Asked] = {}
    waiting = iter(enumerate(messages))

    async def ask() -> None:
        async with Client(origin) as client:
            for number, (message, language) in waiting:
                answered[number] = await _ask(client, message, language)
                _show_progress(len(answered), len(messages))

    # Every task takes the next message from the same iterator.
    tasks = [asyncio.create_task(ask()) for _ in range(parallel)]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
    return [answered[number] for number in range(len(messages))]


async def _ask(client: Client, message: LabelledMessage, language: Language | None) -> Asked:
    await client.start(language)
    try:
        answer = (await client.say(message.q))[-1]
        stored = next(one["text"] for one in await client.history() if one["role"] == "citizen")
    finally:
        await client.erase()
    return Asked(message=message, language=language, answer=answer, stored=stored)


def _show_progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done}/{of}", end="\n" if done == of else "", file=sys.stderr, flush=True)


def _language_of(path: Path) -> Language | None:
    return next((language for language in LANGUAGES if path.stem.endswith(f"_{language}")), None)


def _languages(ones: Sequence[Judged] | Sequence[JudgedOther]) -> list[Language | None]:
    return [language for language in (*LANGUAGES, None) if any(one.language == language for one in ones)]


def _report(questions: Sequence[Judged], others: Sequence[JudgedOther]) -> dict[str, Any]:
    """The shares of all questions, as ever, and below them everything else."""
    return measure(questions) | {
        "languages": {
            language or UNTOLD: measure_parts([one for one in questions if one.language == language])
            for language in _languages(questions)
        },
        "other": measure_others(others)
        | {
            "languages": {
                language or UNTOLD: measure_others([one for one in others if one.language == language])
                for language in _languages(others)
            }
        },
        "answers": questions,
        "other_answers": others,
    }


def _print_report(questions: Sequence[Judged], others: Sequence[JudgedOther]) -> None:
    for language in _languages(questions):
        figures = measure_parts([one for one in questions if one.language == language])
        _print_questions(f"questions {language or UNTOLD}", figures)
    for one in questions:
        if one.result not in {"right", "offered"}:
            title = ", ".join(filter(None, (one.result.replace("_", " "), one.cause)))
            answered = ", ".join(filter(None, (one.outcome, one.service, "+".join(one.facets))))
            print(f"{title}: {one.q}\n    {answered}")
    for language in _languages(others):
        figures = measure_others([one for one in others if one.language == language])
        _print_others(f"other messages {language or UNTOLD}", figures)
    for other in others:
        if not other.right:
            print(f"{other.kind}: {other.q}\n    {', '.join(filter(None, (other.outcome, other.service)))}")


def _print_questions(title: str, figures: Mapping[str, Any]) -> None:
    print(f"{title:<28}{'n':>5}" + "".join(f"{result.replace('_', ' '):>16}" for result in RESULTS))
    rows = {"all": figures["all"]}
    rows |= {f"style {name}": part for name, part in figures["styles"].items()}
    rows |= {f"facet {name}": part for name, part in figures["facets"].items()}
    for name, part in rows.items():
        print(f"  {name:<26}{part['n']:>5}" + "".join(f"{part[result]:>16.3f}" for result in RESULTS))
    causes = ", ".join(f"{cause} {count}" for cause, count in figures["causes"].items() if count)
    print(f"  wrong: {causes or 'none'}\n")


def _print_others(title: str, figures: Mapping[str, Any]) -> None:
    print(f"{title:<28}{'n':>5}{'right':>8}   outcomes")
    print(f"  {'all':<26}{figures['n']:>5}{figures['right']:>8.3f}")
    for kind, part in figures["kinds"].items():
        outcomes = ", ".join(f"{outcome} {count}" for outcome, count in part["outcomes"].items())
        print(f"  {kind:<26}{part['n']:>5}{part['right']:>8.3f}   {outcomes}")
    print(f"  out of scope, answered with a service {figures['out_of_scope_answered_with_service']:.3f}")
    print(f"  crisis signposted {figures['crisis_signposted']:.3f}")
    print(f"  wrong language {figures['wrong_language']:.3f}\n")
