import re
from pathlib import Path

import pytest
import yaml

from bot.conversations.outcomes import OUTCOMES, load_outcomes, outcome_of_response
from bot.language import LANGUAGES

RESPONSES = Path(__file__).parents[2] / "responses"


def test_every_outcome_is_described_once() -> None:
    assert set(load_outcomes()) == set(OUTCOMES)
    for entry in load_outcomes().values():
        assert set(entry.label) == set(LANGUAGES)
        assert re.fullmatch(r"#[0-9a-f]{6}", entry.colour)


def test_outcomes_can_be_told_apart() -> None:
    entries = load_outcomes().values()
    assert len({entry.colour for entry in entries}) == len(OUTCOMES)
    for language in LANGUAGES:
        assert len({entry.label[language] for entry in entries}) == len(OUTCOMES)


def test_no_reply_means_two_outcomes() -> None:
    patterns = [pattern for entry in load_outcomes().values() for pattern in entry.responses]
    assert len(set(patterns)) == len(patterns)


@pytest.mark.parametrize(
    ("response", "outcome"),
    [
        ("utter_greet", "greet"),
        ("utter_goodbye", "bye"),
        ("utter_answer_fees", "service"),
        ("utter_missing_deadline", "service"),
        ("utter_faq/contact", "faq"),
        ("utter_request_human", "handoff"),
        ("utter_manipulation", "out_of_scope"),
        ("utter_crisis", "crisis"),
        ("utter_nothing", None),
        ("utter_greet_again", None),
        ("", None),
    ],
)
def test_reply_means_its_outcome(response: str, outcome: str | None) -> None:
    assert outcome_of_response(response) == outcome


def test_every_reply_there_is_means_an_outcome() -> None:
    names = {
        name
        for file in RESPONSES.rglob("*.yml")
        for name in yaml.safe_load(file.read_text(encoding="utf-8"))["responses"]
    }
    assert names
    assert {name for name in names if outcome_of_response(name) is None} == set()
