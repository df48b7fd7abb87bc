"""Emergencies and what only sounds like one, as the trained model understands them."""

import json
from typing import cast

import pytest

from bot.language import Language
from bot.training.fingerprint import ROOT
from bot.training.model import train
from bot.training.understanding import understand

pytestmark = pytest.mark.figures

FOUND = 0.96
FALSE_ALARMS = 0.1  # the set has nothing but look-alikes


def test_emergencies_are_found_with_errors_beside_questions_and_in_other_languages() -> None:
    rows = [
        (cast("Language", language), row["q"], row["kind"] != "no_crisis")
        for language in ("de", "en")
        for row in map(
            json.loads,
            (ROOT / "tests" / "questions" / f"crisis_{language}.jsonl").read_text(encoding="utf-8").splitlines(),
        )
    ]
    train(ROOT / "models")
    intents = understand([(language, text) for language, text, _is_crisis in rows], ROOT / "models")
    found = [intents[language, text] == "crisis" for language, text, is_crisis in rows if is_crisis]
    alarms = [text for language, text, is_crisis in rows if not is_crisis and intents[language, text] == "crisis"]
    assert sum(found) / len(found) >= FOUND
    assert len(alarms) / (len(rows) - len(found)) <= FALSE_ALARMS, alarms
