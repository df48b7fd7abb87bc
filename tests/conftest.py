"""Fixtures for all tests. Imports stand inside the fixtures because tests/nlu runs in the Rasa environment too."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

if TYPE_CHECKING:
    from sqlalchemy import Engine


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=["sqlite", "postgresql"],
        default="sqlite",
        help="run the tests that need a database on SQLite (default) or on a PostgreSQL server started for them",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, only what uses a database is run; the rest has run beside SQLite."""
    if config.getoption("--database") != "postgresql":
        return
    databases = {"database_url", "empty_database_url"}
    chosen = [item for item in items if databases & set(getattr(item, "fixturenames", ())) or _has_processes(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
    items[:] = chosen


def _has_processes(item: pytest.Item) -> bool:
    return item.get_closest_marker("processes") is not None


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from bot.migrations import upgrade  # noqa: PLC0415

    path = tmp_path_factory.mktemp("template") / "template.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def _postgresql() -> Iterator[str]:
    """The URL of a running server without the database name; its database "template" is migrated."""
    from bot.migrations import upgrade  # noqa: PLC0415
    from tests import postgresql  # noqa: PLC0415

    with ExitStack() as stack:
        try:
            server = stack.enter_context(postgresql.running_server())
        except postgresql.MissingServerError as missing:
            pytest.skip(str(missing))
        postgresql.create_database(server, "template")
        upgrade(f"{server}/template")
        yield server


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh, migrated database, as STADTLOTSE_DATABASE_URL takes it."""
    if request.config.getoption("--database") == "postgresql":
        with _postgresql_copy(request.getfixturevalue("_postgresql"), "template") as url:
            yield url
    else:
        shutil.copy(request.getfixturevalue("_sqlite_template"), tmp_path / "stadtlotse.db")
        yield f"sqlite:///{tmp_path / 'stadtlotse.db'}"


@pytest.fixture
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without any table."""
    if request.config.getoption("--database") == "postgresql":
        with _postgresql_copy(request.getfixturevalue("_postgresql"), "template1") as url:
            yield url
    else:
        yield f"sqlite:///{tmp_path / 'empty.db'}"


@pytest.fixture
def engine(database_url: str) -> "Iterator[Engine]":
    """A blocking engine on the fresh, migrated database, closed afterwards."""
    from bot.database import open_engine  # noqa: PLC0415

    opened = open_engine(database_url)
    yield opened
    opened.dispose()


@contextmanager
def _postgresql_copy(server: str, template: str) -> Iterator[str]:
    from tests import postgresql  # noqa: PLC0415

    name = f"test_{uuid4().hex[:12]}"
    postgresql.create_database(server, name, template=template)
    yield f"{server}/{name}"
    postgresql.drop_database(server, name)
