"""A small project of its own, trained once, and the worker around it."""

import importlib.util
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.rasa.action_server import FakeActionServer

ROOT = Path(__file__).parents[2]
SMALL_PROJECT = Path(__file__).parent / "project"

os.environ["RASA_TELEMETRY_ENABLED"] = "false"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["SQLALCHEMY_SILENCE_UBER_WARNING"] = "1"

# In .venv there is no Rasa; scripts/test.sh runs this folder in .venv-rasa.
HAS_RASA = importlib.util.find_spec("rasa") is not None
collect_ignore_glob = [] if HAS_RASA else ["test_*.py"]


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A writable copy of the small project, with the repository's config.yml."""
    folder = tmp_path_factory.mktemp("project") / "small"
    shutil.copytree(SMALL_PROJECT, folder)
    shutil.copy(ROOT / "config.yml", folder)
    return folder


@pytest.fixture(scope="session")
def model(project: Path) -> Path:
    """The trained model of the small project."""
    return train(project)


def train(project: Path, name: str = "model") -> Path:
    from rasa.model_training import train as rasa_train  # noqa: PLC0415

    result = rasa_train(
        domain=str(project / "domain.yml"),
        config=str(project / "config.yml"),
        training_files=[str(project / "data")],
        output=str(project / "models"),
        fixed_model_name=name,
        force_training=True,
    )
    assert result.model is not None
    return Path(result.model)


@pytest.fixture
async def actions() -> "AsyncIterator[FakeActionServer]":
    """An action server that answers what the test tells it to."""
    from tests.rasa.action_server import FakeActionServer  # noqa: PLC0415

    async with FakeActionServer() as server:
        yield server
