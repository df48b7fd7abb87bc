"""The figures of the running assistant on held-out messages stay above the floors of tests/questions/floors.yml."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from bot.language import LANGUAGES
from tests.processes.running import ROOT, Running

pytestmark = pytest.mark.figures

QUESTIONS = ROOT / "tests" / "questions"
FILES = [QUESTIONS / f"{name}_{language}.jsonl" for language in LANGUAGES for name in ("held_out", "other")]
FLOORS = yaml.safe_load((QUESTIONS / "floors.yml").read_text(encoding="utf-8"))
LIMITS = [
    (language, part, bound, name)
    for language, parts in FLOORS.items()
    for part, bounds in parts.items()
    for bound, names in bounds.items()
    for name in names
]


@pytest.fixture(scope="module")
def report(auenfurt: Running) -> Any:
    """What `evaluate answers` prints as JSON."""
    evaluated = subprocess.run(
        [sys.executable, "-m", "bot", "evaluate", "answers", *map(str, FILES), "--json"],
        cwd=ROOT,
        env={**os.environ, **auenfurt.environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(evaluated.stdout)


@pytest.mark.parametrize(("language", "part", "bound", "name"), LIMITS)
def test_a_figure_keeps_its_floor(report: Any, language: str, part: str, bound: str, name: str) -> None:
    limit, reached = FLOORS[language][part][bound][name], figures_of(report, language, part)[name]
    assert reached >= limit if bound == "at_least" else reached <= limit


def test_every_message_was_asked(report: Any) -> None:
    lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in FILES)
    assert report["n"] + report["other"]["n"] == len(report["answers"]) + len(report["other_answers"]) == lines


def figures_of(report: Any, language: str, part: str) -> Mapping[str, float]:
    if part == "other":
        figures: Mapping[str, float] = report["other"]["languages"][language]
        return figures
    shares = report["languages"][language]["all"]
    return shares | {"right_or_offered": shares["right"] + shares["offered"]}
