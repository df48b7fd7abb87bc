from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.commands.evaluate_dialogues import Cause, Expected, judge, measure, read_dialogues
from bot.errors import InputError

PASSPORT = Expected(ids=("reisepass",), facet="fees", outcome="service")


def service(id_: str, *facets: str) -> dict[str, Any]:
    card = {"kind": "service", "service": {"id": id_}, "facets": [{"facet": facet} for facet in facets]}
    return {"outcome": "service", "card": card}


def choices(*ids: str) -> dict[str, Any]:
    return {"outcome": "choices", "card": {"kind": "choices", "services": [{"id": id_} for id_ in ids]}}


@pytest.mark.parametrize(
    ("expected", "message", "cause"),
    [
        (PASSPORT, service("reisepass", "fees"), None),
        (PASSPORT, service("reisepass", "documents", "fees"), None),
        (PASSPORT, service("reisepass", "documents"), "facet"),
        (PASSPORT, service("wohngeld", "fees"), "service"),
        (PASSPORT, choices("reisepass", "wohngeld"), "offered"),
        (PASSPORT, choices("wohngeld", "parken"), "choices"),
        (PASSPORT, {"outcome": "unknown"}, "missed"),
        (PASSPORT, {"outcome": "faq", "card": {"kind": "faq"}}, "missed"),
        (Expected(ids=("reisepass",), facet="find"), choices("reisepass", "wohngeld"), None),
        (Expected(ids=("reisepass",), facet=("find", "fees")), service("reisepass", "fees"), None),
        (Expected(ids=("a", "b"), facet="find", outcome="choices"), choices("b", "c"), None),
        (Expected(ids=("a", "b"), facet="find", outcome="choices"), service("a", "find"), "answered"),
        (Expected(outcome="thanks"), {"outcome": "thanks"}, None),
        (Expected(kind="oos"), {"outcome": "out_of_scope"}, None),
        (Expected(kind="handoff"), {"outcome": "thanks"}, "outcome"),
        (Expected(outcome="thanks"), service("reisepass", "find"), "answered"),
    ],
)
def test_a_turn_is_judged_by_service_facet_and_outcome(
    expected: Expected, message: dict[str, Any], cause: Cause | None
) -> None:
    assert judge(expected, message) == cause


def test_turns_and_whole_dialogues_are_counted() -> None:
    figures = measure([[None, "service", None], [None]])
    assert (figures.turns, figures.turns_right) == (4, 0.75)
    assert (figures.dialogues, figures.dialogues_right) == (2, 0.5)
    assert figures.causes["service"] == 1


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ("", "holds no dialogues"),
        ('{"language": "de"}\n', "line 1"),
        ('{"language": "fr", "turns": []}\n', "line 1"),
        ("nothing\n", "line 1"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_line(tmp_path: Path, content: str, wrong: str) -> None:
    file = tmp_path / "dialogues.jsonl"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=wrong):
        read_dialogues(file)


def test_a_missing_file_and_a_stopped_assistant_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", "dialogues", str(tmp_path / "none.jsonl")]) == 2
    monkeypatch.setenv("STADTLOTSE_PORT", "1")
    file = tmp_path / "dialogues.jsonl"
    file.write_text('{"language": "de", "turns": [{"user": "hi", "expect": {"outcome": "greet"}}]}\n', encoding="utf-8")
    assert main(["evaluate", "dialogues", str(file)]) == 1
    assert "no answer" in capsys.readouterr().err
