"""`evaluate dialogues`: walks through labelled dialogues with the running assistant (one JSON object a line).

A dialogue has a `language` and `turns`, each with what the citizen writes (`user`) and what is right (`expect`):
`ids` of acceptable services with an acceptable `facet` or several, or an `outcome`, or a `kind` of message, the name
other files have for an outcome. Where `ids` stand without an outcome, the service and a choice with it are both right.
"""

import argparse
import asyncio
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec

from bot.commands.arguments import add_json
from bot.json_lines import read_json_lines
from bot.language import LANGUAGES, Language
from bot.settings import Settings
from bot.web.client import Client

# Why a turn is wrong: another service · its other facet · a choice in place of an answer · a choice without the right
# one · no service at all · a service that was not asked for · another reply that was not asked for.
Cause = Literal["service", "facet", "offered", "choices", "missed", "answered", "outcome"]
CAUSES: tuple[Cause, ...] = get_args(Cause)
OUTCOME_OF_KIND = {"oos": "out_of_scope"}  # other kinds are called as their outcomes


class Expected(msgspec.Struct, frozen=True):
    """What is right for one turn."""

    ids: tuple[str, ...] = ()
    facet: str | tuple[str, ...] = ()
    outcome: str = ""
    kind: str = ""


class LabelledTurn(msgspec.Struct, frozen=True):
    """What the citizen writes, and what is right."""

    user: str
    expect: Expected


class LabelledDialogue(msgspec.Struct, frozen=True):
    """One line of the file."""

    language: Language
    turns: tuple[LabelledTurn, ...]


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Shares of turns and of whole dialogues that are right, and how many turns are wrong for which cause."""

    dialogues: int
    turns: int
    turns_right: float
    dialogues_right: float
    causes: Mapping[Cause, int]


Judged = Sequence[Cause | None]  # of one dialogue, turn by turn; None is right


def add_parser(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `dialogues` to the kinds of evaluation."""
    parser = kinds.add_parser("dialogues", help="the answers of the running assistant, turn by turn")
    parser.add_argument("file", type=Path, metavar="FILE.jsonl")
    add_json(parser)
    parser.set_defaults(run=_evaluate_dialogues)


def read_dialogues(path: Path) -> list[LabelledDialogue]:
    """The dialogues of a file.

    Raises:
        InputError: the file or a line of it cannot be read; the text names the line.
    """
    return [dialogue for _, dialogue in read_json_lines(path, LabelledDialogue, what="dialogues")]


async def walk_through(origin: str, dialogues: Sequence[LabelledDialogue]) -> list[Judged]:
    """Has every dialogue with the assistant at `origin`, each in a new conversation that is erased afterwards.

    Raises:
        UnavailableError: no assistant runs there, or it refuses.
    """
    judged: list[Judged] = []
    async with Client(origin) as client:
        for dialogue in dialogues:
            await client.start(dialogue.language)
            judged.append([judge(turn.expect, (await client.say(turn.user))[-1]) for turn in dialogue.turns])
            await client.erase()
    return judged


def judge(expected: Expected, message: Mapping[str, Any]) -> Cause | None:
    """Why `message` (contract: Message) is not what was expected; None where it is."""
    card: Mapping[str, Any] = message.get("card") or {"kind": "none"}
    if not expected.ids:
        outcome = expected.outcome or OUTCOME_OF_KIND.get(expected.kind, expected.kind)
        if message["outcome"] == outcome:
            return None
        return "answered" if card["kind"] in {"service", "choices"} else "outcome"
    if card["kind"] == "choices":
        return _judge_choices(expected, card)
    return _judge_service(expected, card) if card["kind"] == "service" else "missed"


def _judge_choices(expected: Expected, card: Mapping[str, Any]) -> Cause | None:
    if not any(service["id"] in expected.ids for service in card["services"]):
        return "choices"
    return None if expected.outcome in {"", "choices"} else "offered"


def _judge_service(expected: Expected, card: Mapping[str, Any]) -> Cause | None:
    if expected.outcome == "choices":
        return "answered"
    if card["service"]["id"] not in expected.ids:
        return "service"
    facets = {expected.facet} if isinstance(expected.facet, str) else set(expected.facet)
    answered = {facet["facet"] for facet in card["facets"]}
    return "facet" if facets and not facets & answered else None


def measure(judged: Sequence[Judged]) -> Figures:
    """The figures over `judged`."""
    turns = [cause for dialogue in judged for cause in dialogue]
    counts = Counter(turns)
    return Figures(
        dialogues=len(judged),
        turns=len(turns),
        turns_right=round(counts[None] / max(1, len(turns)), 4),
        dialogues_right=round(sum(not any(dialogue) for dialogue in judged) / max(1, len(judged)), 4),
        causes={cause: counts[cause] for cause in CAUSES},
    )


def _evaluate_dialogues(arguments: argparse.Namespace) -> int:
    dialogues = read_dialogues(arguments.file)
    judged = asyncio.run(walk_through(Settings.from_env(os.environ).origin, dialogues))
    both = list(zip(dialogues, judged, strict=True))
    figures = {"all": measure(judged)} | {
        language: measure([causes for dialogue, causes in both if dialogue.language == language])
        for language in LANGUAGES
        if any(dialogue.language == language for dialogue in dialogues)
    }
    if arguments.json:
        print(msgspec.json.encode(figures).decode())
        return 0
    for name, of_part in figures.items():
        wrong = ", ".join(f"{cause} {count}" for cause, count in of_part.causes.items() if count)
        print(
            f"{name:<4} turns {of_part.turns:>4}  right {of_part.turns_right:.3f}  dialogues {of_part.dialogues:>4}"
            f"  wholly right {of_part.dialogues_right:.3f}  wrong: {wrong or 'none'}"
        )
    for number, (dialogue, causes) in enumerate(both, start=1):
        for turn, cause in zip(dialogue.turns, causes, strict=True):
            if cause:
                print(f"dialogue {number}, {cause}: {turn.user}")
    return 0
