"""The labelled dialogues, replayed with the demo town: context that breaks shows here."""

import pytest

from bot.commands.evaluate_dialogues import measure, read_dialogues, walk_through
from tests.processes.running import ROOT, Running

pytestmark = pytest.mark.figures

QUESTIONS = ROOT / "tests" / "questions"


@pytest.mark.parametrize(("name", "floor"), [("dialogues", 0.83), ("dialogues_held_out", 0.72)])
async def test_turns_of_dialogues_are_right(auenfurt: Running, name: str, floor: float) -> None:
    dialogues = read_dialogues(QUESTIONS / f"{name}.jsonl")
    figures = measure(await walk_through(auenfurt.origin, dialogues))
    assert figures.turns > 250
    assert figures.turns_right >= floor, figures
