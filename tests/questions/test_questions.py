"""The labelled questions are only worth something while their labels are right and nobody has trained on them."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.facets import FACETS
from bot.text.normalise import fold

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
QUESTION_FILES = [f"{part}_{language}" for part in ("development", "held_out") for language in ("de", "en")]
OTHER_FILES = ["other_de", "other_en"]
DIALOGUE_FILES = ["dialogues", "dialogues_held_out"]
SHORT = 4  # words: "danke", "und was kostet das?" are written the same way by everybody
STYLES = {
    "de": {"keyword", "colloquial", "formal", "situation", "typo", "long", "dialect_light"},
    "en": {"keyword", "colloquial", "formal", "situation", "typo", "long", "mixed"},
}
KINDS = {
    "oos",
    "handoff",
    "greet",
    "thanks",
    "bye",
    "bot_challenge",
    "abuse",
    "crisis",
    "complaint",
    "injection",
    "language_switch",
    "pii",
}
ANNOTATION = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{1,4})(?: ?[A-Z0-9]{4})+(?: ?\d{1,3})?\b")


def read(name: str) -> list[dict[str, Any]]:
    lines = (HERE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def folded(text: str) -> str:
    """ "Was kostet das?" and "was kostet  DAS" are the same question."""
    return " ".join(re.findall(r"[^\W_]+", fold(text)))


def messages(name: str) -> list[str]:
    """What must stand nowhere else. A short turn of a dialogue may: it measures what went before, not its words."""
    if name in DIALOGUE_FILES:
        turns = [turn["user"] for dialogue in read(name) for turn in dialogue["turns"]]
        return [turn for turn in turns if len(folded(turn).split()) > SHORT]
    return [row["q"] for row in read(name)]


@pytest.fixture(scope="module")
def service_ids() -> set[str]:
    files = sorted((ROOT / "data" / "catalogue" / "auenfurt" / "services").glob("*.yml"))
    return {service["id"] for file in files for service in yaml.safe_load(file.read_text(encoding="utf-8"))}


@pytest.fixture(scope="module")
def outcomes() -> set[str]:
    return set(yaml.safe_load((ROOT / "bot" / "conversations" / "outcomes.yml").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def training_sentences() -> set[str]:
    found: set[str] = set()
    for file in sorted((ROOT / "data" / "nlu").glob("*/*.yml")):
        for block in yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["nlu"]:
            lines = block.get("examples", "").splitlines()
            found.update(folded(ANNOTATION.sub(r"\1", line.strip().removeprefix("- "))) for line in lines)
    return found


@pytest.mark.parametrize("name", QUESTION_FILES)
def test_question_has_known_services_facet_and_style(name: str, service_ids: set[str]) -> None:
    for row in read(name):
        assert set(row) == {"q", "ids", "facet", "style"}, row
        assert row["q"].strip() == row["q"] != "", row
        assert row["ids"], row
        assert set(row["ids"]) <= service_ids, row
        assert row["facet"] in FACETS, row
        assert row["style"] in STYLES[name[-2:]], row


@pytest.mark.parametrize("name", QUESTION_FILES)
def test_question_file_covers_services_facets_and_styles(name: str) -> None:
    rows = read(name)
    styles = Counter(row["style"] for row in rows)
    facets = Counter(row["facet"] for row in rows)
    assert len(rows) >= 110
    assert len({identifier for row in rows for identifier in row["ids"]}) >= 70
    assert set(styles) == STYLES[name[-2:]]
    assert max(styles.values()) - min(styles.values()) <= 3
    assert set(facets) == set(FACETS)
    assert facets.most_common(1)[0][0] == "find"


def test_development_and_held_out_questions_together_touch_every_service(service_ids: set[str]) -> None:
    asked = {identifier for name in QUESTION_FILES for row in read(name) for identifier in row["ids"]}
    assert asked == service_ids


@pytest.mark.parametrize("name", OTHER_FILES)
def test_other_message_has_known_kind_and_no_kind_is_missing(name: str) -> None:
    rows = read(name)
    assert len(rows) >= 60
    assert all(set(row) == {"q", "kind"} for row in rows)
    assert {row["kind"] for row in rows} == KINDS


def test_ibans_in_made_up_personal_data_have_valid_check_digits() -> None:
    found = [match for name in OTHER_FILES for row in read(name) for match in IBAN.findall(row["q"])]
    assert len(found) >= 3
    for iban in found:
        plain = iban.replace(" ", "")
        digits = "".join(str(int(character, 36)) for character in plain[4:] + plain[:4])
        assert int(digits) % 97 == 1, iban


@pytest.mark.parametrize("name", DIALOGUE_FILES)
def test_dialogue_turns_expect_known_things(name: str, service_ids: set[str], outcomes: set[str]) -> None:
    for dialogue in read(name):
        assert set(dialogue) == {"language", "turns"}, dialogue
        assert dialogue["language"] in {"de", "en"}, dialogue
        assert 3 <= len(dialogue["turns"]) <= 6, dialogue
        for turn in dialogue["turns"]:
            assert set(turn) == {"user", "expect"}, turn
            assert turn["user"].strip() == turn["user"] != "", turn
            expect = turn["expect"]
            facets = expect.get("facet", [])
            assert set(expect) <= {"ids", "facet", "outcome"}, turn
            assert set(expect.get("ids", [])) <= service_ids, turn
            assert set([facets] if isinstance(facets, str) else facets) <= set(FACETS), turn
            assert "ids" in expect or "outcome" in expect, turn
            assert expect.get("outcome", "service") in outcomes, turn
            assert ("facet" in expect) == ("ids" in expect), turn
            assert ("ids" in expect) == (expect.get("outcome", "service") in {"service", "choices"}), turn


def test_dialogues_are_enough_in_both_languages() -> None:
    languages = {name: Counter(dialogue["language"] for dialogue in read(name)) for name in DIALOGUE_FILES}
    assert min(languages["dialogues_held_out"][language] for language in ("de", "en")) >= 20
    assert min(sum(counts[language] for counts in languages.values()) for language in ("de", "en")) >= 65


def test_dialogues_reach_every_outcome(outcomes: set[str]) -> None:
    for language in ("de", "en"):
        expected = {
            turn["expect"].get("outcome", "service")
            for name in DIALOGUE_FILES
            for dialogue in read(name)
            if dialogue["language"] == language
            for turn in dialogue["turns"]
        }
        assert expected == outcomes, language


def test_no_dialogue_is_written_twice() -> None:
    courses = Counter(
        tuple(folded(turn["user"]) for turn in dialogue["turns"]) for name in DIALOGUE_FILES for dialogue in read(name)
    )
    assert [course for course, times in courses.items() if times > 1] == []


def test_no_message_is_written_twice() -> None:
    places: dict[str, list[str]] = {}
    for name in (*QUESTION_FILES, *OTHER_FILES, *DIALOGUE_FILES):
        for message in messages(name):
            places.setdefault(folded(message), []).append(name)
    assert {message: names for message, names in places.items() if len(names) > 1} == {}


@pytest.mark.parametrize("name", [*QUESTION_FILES, *OTHER_FILES, *DIALOGUE_FILES])
def test_no_message_is_a_training_sentence(name: str, training_sentences: set[str]) -> None:
    assert len(training_sentences) > 1000  # else the files were not read and the test would pass for nothing
    assert [message for message in messages(name) if folded(message) in training_sentences] == []
