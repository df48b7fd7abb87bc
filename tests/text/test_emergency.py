"""Signs of an emergency in the labelled messages of tests/questions/crisis_*.jsonl and in everything we train on.

The signs alone; what the trained model makes of the same messages is measured in tests/processes.
"""

import json
from pathlib import Path

import pytest

from bot.text.emergency import is_emergency, sound_of
from tests.text.test_short_messages import _questions

QUESTIONS = Path(__file__).parents[1] / "questions"
# Share of the messages of each kind with a sign; the classifier finds most of the others.
FOUND = {"plain": 0.65, "typo": 0.8, "beside": 0.95, "other_language": 0.95}
FALSE_ALARMS = 0.01


def labelled(language: str) -> list[tuple[str, str]]:
    lines = (QUESTIONS / f"crisis_{language}.jsonl").read_text(encoding="utf-8").splitlines()
    return [(row["kind"], row["q"]) for row in map(json.loads, lines)]


@pytest.mark.parametrize("language", ["de", "en"])
def test_signs_are_found_also_with_typing_errors_and_beside_a_question(language: str) -> None:
    rows = labelled(language)
    for kind, share in FOUND.items():
        found = [is_emergency(text) for own, text in rows if own == kind]
        assert not found or sum(found) / len(found) >= share, kind


@pytest.mark.parametrize("language", ["de", "en"])
def test_what_only_sounds_like_an_emergency_is_none(language: str) -> None:
    alarms = [text for kind, text in labelled(language) if kind == "no_crisis" and is_emergency(text)]
    assert alarms == []


def test_questions_of_citizens_are_no_emergencies() -> None:
    emergencies = {text for language in ("de", "en") for kind, text in labelled(language) if kind != "no_crisis"}
    questions = [text for text in _questions() if text not in emergencies]
    assert len(questions) > 1_000
    alarms = [text for text in questions if is_emergency(text)]
    assert len(alarms) / len(questions) <= 0.03, alarms  # some of them are labelled as emergencies there


def test_the_set_is_large_enough_and_nobody_trains_on_it() -> None:
    rows = [*labelled("de"), *labelled("en")]
    assert sum(kind != "no_crisis" for kind, _text in rows) >= 120
    assert sum(kind == "no_crisis" for kind, _text in rows) >= 200
    assert len({text for _kind, text in rows}) == len(rows)


@pytest.mark.parametrize(
    ("one", "other"),
    [("brennt", "brent"), ("schlagt", "schlegt"), ("leben", "lebn"), ("wurgt", "wurkt"), ("myself", "myslef")],
)
def test_words_that_sound_alike_are_the_same(one: str, other: str) -> None:
    assert sound_of(one) == sound_of(other) != ""


def test_words_apart_are_no_sign() -> None:
    near, far = (
        "mein Mann schlägt leider wieder mich",
        "mein Mann schlägt mir für morgen abend etwas vor, das freut mich",
    )
    assert (is_emergency(near), is_emergency(far)) == (True, False)
