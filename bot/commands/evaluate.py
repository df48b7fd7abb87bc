"""`evaluate search`; `evaluate answers` and `evaluate dialogues` are modules of their own."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bot.catalogue.evaluation import (
    Ranked,
    measure,
    rank_all,
    read_questions,
    reliability,
    threshold_effects,
)
from bot.commands import evaluate_answers, evaluate_dialogues
from bot.commands.arguments import Subparsers, add_json
from bot.commands.reading import read_index
from bot.language import DEFAULT_LANGUAGE, LANGUAGES, Language
from bot.settings import Settings
from bot.text.identify import identify

SHOWN_HITS = 3
SHOWN_THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7)


def add_parsers(subparsers: Subparsers) -> None:
    """Adds the subcommands of this module."""
    evaluating = subparsers.add_parser("evaluate", help="measure search, answers or dialogues on labelled files")
    kinds = evaluating.add_subparsers(title="what to measure", metavar="WHAT", required=True)
    parser = kinds.add_parser("search", help="the search of the catalogue in the database")
    parser.add_argument("file", type=Path, metavar="FILE.jsonl")
    parser.add_argument("--language", choices=LANGUAGES, help="of the questions (default: recognised one by one)")
    add_json(parser)
    parser.set_defaults(run=_evaluate_search)
    evaluate_answers.add_parser(kinds)
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
