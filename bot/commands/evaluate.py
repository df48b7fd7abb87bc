"""`evaluate search`, `evaluate answers`; `evaluate dialogues` is in `evaluate_dialogues`."""

import argparse
import asyncio
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bot.catalogue.evaluation import (
    LabelledQuestion,
    Ranked,
    measure,
    rank_all,
    read_questions,
    reliability,
    threshold_effects,
)
from bot.commands import evaluate_dialogues
from bot.commands.arguments import Subparsers, add_json
from bot.commands.reading import read_index
from bot.language import DEFAULT_LANGUAGE, LANGUAGES, Language
from bot.settings import Settings
from bot.text.identify import identify
from bot.web.client import Client

SHOWN_HITS = 3
SHOWN_THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7)
RESULTS = ("right", "offered", "honest", "wrong", "wrong_language")


def add_parsers(subparsers: Subparsers) -> None:
    """Adds the subcommands of this module."""
    evaluating = subparsers.add_parser("evaluate", help="measure search or answers on a file of questions")
    kinds = evaluating.add_subparsers(title="what to measure", metavar="WHAT", required=True)
    for name, run, what in (
        ("search", _evaluate_search, "the search of the catalogue in the database"),
        ("answers", _evaluate_answers, "the answers of the running assistant"),
    ):
        parser = kinds.add_parser(name, help=what)
        parser.add_argument("file", type=Path, metavar="FILE.jsonl")
        parser.add_argument("--language", choices=LANGUAGES, help="of the questions (default: recognised one by one)")
        add_json(parser)
        parser.set_defaults(run=run)
    evaluate_dialogues.add_parser(kinds)


def _evaluate_search(arguments: argparse.Namespace) -> int:
    questions = read_questions(arguments.file)
    settings = Settings.from_env(os.environ)
    index = read_index(settings)

    def language_of(text: str) -> Language:
        chosen: Language | None = arguments.language
        return chosen or identify(text).language or DEFAULT_LANGUAGE

    ranked = rank_all(questions, lambda text: index.search(text, language_of(text), limit=10))
    if arguments.json:
        print(msgspec.json.encode(measure(ranked)).decode())
        return 0
    _print_figures("all", ranked)
    for part in ("style", "facet"):
        for value in sorted({getattr(one.question, part) for one in ranked} - {""}):
            _print_figures(f"{part} {value}", [one for one in ranked if getattr(one.question, part) == value])
    _print_trust(ranked, answer_threshold=settings.answer_threshold)
    for one in ranked:
        if one.rank != 1:
            found = "; ".join(f"{hit.name} ({hit.score:.2f})" for hit in one.hits[:SHOWN_HITS])
            print(f"rank {one.rank or '-'}: {one.question.q}\n    {found or 'nothing found'}")
    return 0


def _print_figures(name: str, ranked: Sequence[Ranked]) -> None:
    figures = measure(ranked)
    print(
        f"{name:<28} n {figures.n:>4}  MRR {figures.mrr:.3f}  recall@1 {figures.recall_at_1:.3f}"
        f"  @3 {figures.recall_at_3:.3f}  @10 {figures.recall_at_10:.3f}"
    )


def _print_trust(ranked: Sequence[Ranked], *, answer_threshold: float) -> None:
    scored = [(one.hits[0].score if one.hits else 0.0, one.rank == 1) for one in ranked]
    print("score of the first hit, and how often it is right")
    for row in reliability(scored):
        print(f"  {row.low:.1f}–{row.high:.1f}  n {row.n:>4}  mean score {row.score:.2f}  right {row.right:.2f}")
    print("answered from a score on, and how many of these answers are right (now set: the line with *)")
    for effect in threshold_effects(scored, sorted({*SHOWN_THRESHOLDS, answer_threshold})):
        mark = "*" if effect.threshold == answer_threshold else " "
        print(f" {mark}{effect.threshold:.2f}  answered {effect.answered:.2f}  right {effect.right:.2f}")


def _evaluate_answers(arguments: argparse.Namespace) -> int:
    questions = read_questions(arguments.file)
    settings = Settings.from_env(os.environ)
    results = asyncio.run(_ask_all(settings.origin, questions, arguments.language))
    counts = Counter(results)
    shares = {"n": len(results)} | {result: round(counts[result] / len(results), 4) for result in RESULTS}
    if arguments.json:
        print(msgspec.json.encode(shares).decode())
        return 0
    for result in RESULTS:
        print(f"{result:<15} {counts[result]:>4}  {shares[result]:.3f}")
    for question, result in zip(questions, results, strict=True):
        if result not in {"right", "offered"}:
            print(f"{result}: {question.q}")
    return 0


async def _ask_all(origin: str, questions: Sequence[LabelledQuestion], language: Language | None) -> list[str]:
    results = []
    async with Client(origin) as client:
        for question in questions:
            await client.start(language)
            message = (await client.say(question.q))[-1]
            await client.erase()
            results.append(_judge(question, message, language))
    return results


def _judge(question: LabelledQuestion, message: dict[str, object], language: Language | None) -> str:
    """right: card's service and facet are right · offered: the right service is among the choices."""
    if language is not None and message["language"] != language:
        return "wrong_language"
    card = message.get("card")
    if not isinstance(card, dict):
        return "honest" if message["outcome"] == "unknown" else "wrong"
    if card["kind"] == "choices":
        return "offered" if any(service["id"] in question.ids for service in card["services"]) else "wrong"
    facets = {facet["facet"] for facet in card["facets"]}
    right = card["service"]["id"] in question.ids and (not question.facet or question.facet in facets)
    return "right" if right else "wrong"
