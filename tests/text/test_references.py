from pathlib import Path

import pytest
import yaml

from bot.language import Language
from bot.text.references import read_reference

TRAINING = Path(__file__).parents[2] / "data" / "nlu"
HELD_OUT = Path(__file__).parents[1] / "nlu"


@pytest.mark.parametrize(
    ("text", "language", "position"),
    [
        ("den zweiten", "de", 2),
        ("das 2.", "de", 2),
        ("Nr. 3 bitte", "de", 3),
        ("den ertsen", "de", 1),
        ("ich nehme das dritte, danke", "de", 3),
        ("den letzten", "de", -1),
        ("the first one", "en", 1),
        ("I'll take the second", "en", 2),
        ("#4", "en", 4),
        ("the latter", "en", -1),
        ("nein, nicht den ersten, den zweiten", "de", 2),
        ("den ersten, nicht den zweiten", "de", 1),
    ],
)
def test_a_place_is_picked(text: str, language: Language, position: int) -> None:
    read = read_reference(text, language)
    assert (read.picks, read.position) == (True, position)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Unterlagen?", "de"),
        ("Das ist jetzt das dritte Mal, dass ich frage", "de"),
        ("Was kostet der zweite Hund?", "de"),
        ("für 2 Jahre", "de"),
        ("ja", "de"),
        ("my first passport", "en"),
        ("no thanks", "en"),
        ("second hand car", "en"),
        ("", "en"),
    ],
)
def test_what_says_more_or_nothing_picks_nothing(text: str, language: Language) -> None:
    assert not read_reference(text, language).picks


@pytest.mark.parametrize(
    ("text", "language", "rest"),
    [
        ("nein, ich meinte das Auto", "de", "das auto"),
        ("Nein, nicht mich, ich meinte das Auto", "de", "das auto"),
        ("nicht der Pass, sondern der Ausweis", "de", "der ausweis"),
        ("No sorry, not the passport, I meant my driving licence", "en", "my driving licence"),
    ],
)
def test_a_correction_names_what_is_meant(text: str, language: Language, rest: str) -> None:
    read = read_reference(text, language)
    assert (read.corrects, read.rest) == (True, rest)


@pytest.mark.parametrize(
    ("text", "language", "rest"),
    [
        ("Es geht um meinen Umzug, nicht um das Auto", "de", "es geht um meinen umzug"),
        ("it is for my son, not for me", "en", "it is for my son"),
        ("Was kostet das, wenn ich nicht selbst komme?", "de", None),
    ],
)
def test_what_is_negated_is_left_out(text: str, language: Language, rest: str | None) -> None:
    read = read_reference(text, language)
    assert read.negates == (rest is not None)
    assert rest is None or read.rest == rest


@pytest.mark.parametrize(
    ("text", "language", "elliptic"),
    [
        ("und die für Studenten?", "de", True),
        ("den mit Chip", "de", True),
        ("and the one for my wife?", "en", True),
        ("Was kostet die für Kinder?", "de", False),
        ("the passport for my wife", "en", False),
    ],
)
def test_what_leaves_out_its_thing_is_recognised(text: str, language: Language, *, elliptic: bool) -> None:
    assert read_reference(text, language).elliptic == elliptic


def test_going_back_names_where_to() -> None:
    read = read_reference("okay, zurück zum Wagen", "de")
    assert (read.returns, read.rest) == (True, "wagen")


@pytest.mark.parametrize(
    ("text", "answer"), [("ja genau", "yes"), ("ach nein, das andere", "no"), ("keins davon", "no")]
)
def test_a_yes_or_no_at_the_beginning_is_read(text: str, answer: str) -> None:
    assert read_reference(text, "de").answer == answer


@pytest.mark.parametrize(
    ("text", "language"), [("und für Kinder?", "de"), ("Und beim Schlagloch?", "de"), ("what about my son", "en")]
)
def test_the_same_question_about_something_else_is_recognised(text: str, language: Language) -> None:
    assert read_reference(text, language).same_question


@pytest.mark.parametrize("language", ["de", "en"])
def test_no_cry_for_help_is_taken_for_a_choice(language: Language) -> None:
    files = [folder / language / "crisis.yml" for folder in (TRAINING, HELD_OUT)]
    blocks = [block for file in files for block in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]]
    sentences = [line.removeprefix("- ") for block in blocks for line in block["examples"].splitlines()]
    assert len(sentences) > 100
    assert [sentence for sentence in sentences if read_reference(sentence, language).picks] == []
