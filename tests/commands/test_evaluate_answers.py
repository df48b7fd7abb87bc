"""`evaluate answers`: what it refuses. Its figures: tests/conversations/test_evaluation.py, tests/processes."""

from pathlib import Path

import pytest

from bot.__main__ import main


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "messages_de.jsonl"
    path.write_text('{"q": "Guten Tag", "kind": "greet"}\n', encoding="utf-8")
    return path


@pytest.mark.parametrize("parallel", ["0", "33"])
def test_a_number_of_conversations_that_no_assistant_stands_is_refused(
    file: Path, parallel: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", "answers", str(file), "--parallel", parallel]) == 2
    assert f"--parallel {parallel}: expected a number from 1 to 32" in capsys.readouterr().err


def test_a_wrong_line_of_any_file_is_named_before_anything_is_asked(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "wrong.jsonl"
    wrong.write_text('{"q": "Guten Tag", "kind": "weather"}\n', encoding="utf-8")
    assert main(["evaluate", "answers", str(file), str(wrong)]) == 2
    assert "wrong.jsonl, line 1: kind weather is none of" in capsys.readouterr().err


def test_without_an_assistant_it_says_how_to_start_one(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STADTLOTSE_PORT", "9")
    assert main(["evaluate", "answers", str(file)]) == 1
    printed = capsys.readouterr()
    assert "start it with: make run" in printed.err
    assert printed.out == ""
