from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.web.client import Client
from tests import postgresql
from tests.processes.running import Running, running_stadtlotse


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("processes")


@pytest.fixture(scope="session")
def new_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Makes an empty database and returns its URL; on PostgreSQL where the tests are to run on it."""

    def make(name: str) -> str:
        if request.config.getoption("--database") == "sqlite":
            return f"sqlite:///{tmp_path_factory.mktemp(name)}/stadtlotse.db"
        server: str = request.getfixturevalue("_postgresql")
        postgresql.create_database(server, name)
        return f"{server}/{name}"

    return make


@pytest.fixture(scope="session")
def auenfurt(new_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The demo town, set up and started as `make run` does it."""
    with running_stadtlotse(tmp_path_factory.mktemp("auenfurt"), new_database("auenfurt")) as running:
        yield running


@pytest_asyncio.fixture
async def citizen(auenfurt: Running) -> AsyncIterator[Client]:
    """A citizen with a new German conversation."""
    async with Client(auenfurt.origin) as client:
        await client.start("de")
        yield client
