import subprocess
import sys

import pytest

from bot.__main__ import GROUPS, main


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["import"], ["search"], ["ask"]])
def test_wrong_usage_ends_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    printed = capsys.readouterr().out
    assert [command for command in GROUPS if command not in printed] == []


@pytest.mark.parametrize("command", GROUPS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0


def test_a_wrong_setting_is_named_and_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STADTLOTSE_PORT", "http")
    assert main(["search", "x"]) == 1
    assert "STADTLOTSE_PORT=http" in capsys.readouterr().err


def test_asking_without_a_server_says_how_to_start_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STADTLOTSE_PORT", "1")
    assert main(["ask", "Hallo"]) == 1
    assert "make run" in capsys.readouterr().err


def test_the_supervisor_stays_small() -> None:
    """`up` runs all the time; it must not load what only its children need."""
    check = "import sys, bot.commands.serve; print([m for m in ('numpy', 'sqlalchemy', 'aiohttp') if m in sys.modules])"
    printed = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "[]"
