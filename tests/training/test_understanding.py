"""What is asked of the Rasa environment, with a program in its place."""

from pathlib import Path

import pytest

from bot.errors import NotFoundError, TrainingDataError
from bot.training.model import RASA_PYTHON, model_path
from bot.training.understanding import understand
from tests.training.test_fingerprint import project

MESSAGES = (("de", "hallo"), ("en", "your number"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = project(tmp_path)
    model = model_path(made / "models", root=made)
    model.parent.mkdir()
    model.write_bytes(b"")
    return made


def install(root: Path, script: str) -> None:
    python = root / RASA_PYTHON
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    python.chmod(0o755)


def test_messages_and_their_intents_go_together(root: Path) -> None:
    install(root, """cat > asked.json; echo "something else"; echo '["greet", "faq/contact"]'""")
    understood = understand(MESSAGES, root / "models", root=root)
    assert understood == {("de", "hallo"): "greet", ("en", "your number"): "faq/contact"}
    assert (root / "asked.json").read_text(encoding="utf-8") == '[["de","hallo"],["en","your number"]]'


def test_a_model_that_cannot_be_asked_is_named_with_the_reason(root: Path) -> None:
    install(root, "cat > /dev/null; echo 'it is broken' >&2; exit 1")
    with pytest.raises(TrainingDataError, match="it is broken"):
        understand(MESSAGES, root / "models", root=root)


def test_a_model_that_has_not_been_made_is_not_asked(root: Path) -> None:
    with pytest.raises(NotFoundError, match="python -m bot train"):
        understand(MESSAGES, root / "elsewhere", root=root)
