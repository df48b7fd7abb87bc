import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "scripts" / "setup.sh"
TOOLS = ("sh", "dirname", "cmp", "cp")


def interpreter(folder: Path, version: str) -> None:
    """A stand-in that only says its version, as the script asks for it."""
    path = folder / f"python{version}"
    path.write_text(f'#!/bin/sh\ncase "$2" in *executable*) echo "$0" ;; *) echo {version} ;; esac\n', "utf-8")
    path.chmod(0o755)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the script in an empty project, with nothing else on the path than what it needs."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / "bin").mkdir()
    shutil.copy(SCRIPT, tmp_path / "scripts")
    for tool in TOOLS:
        (tmp_path / "bin" / tool).symlink_to(str(shutil.which(tool)))
    return tmp_path


def run_setup(project: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {"PATH": str(project / "bin"), "HOME": str(project), "PYENV_ROOT": str(project / "none")}
    command = [project / "bin" / "sh", project / "scripts" / "setup.sh", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=30)


def test_a_missing_python_for_rasa_is_said_in_one_sentence_with_the_remedy(project: Path) -> None:
    interpreter(project / "bin", "3.12")
    result = run_setup(project, "run")
    assert result.returncode == 1
    (line,) = result.stderr.splitlines()
    assert "3.10" in line
    assert "pyenv install 3.10" in line


def test_a_missing_python_for_stadtlotse_is_said_too(project: Path) -> None:
    interpreter(project / "bin", "3.10")
    result = run_setup(project, "run")
    assert result.returncode == 1
    (line,) = result.stderr.splitlines()
    assert "pyenv install 3.12" in line


def test_wrong_usage_ends_with_2(project: Path) -> None:
    assert run_setup(project).returncode == 2


def test_what_is_installed_is_not_installed_again() -> None:
    result = subprocess.run(
        [SCRIPT, "test"], env=os.environ | {"PIP_NO_INDEX": "1"}, capture_output=True, text=True, check=True, timeout=60
    )
    assert result.stdout == ""
