from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.web.client import Client
from tests.processes.running import Running, running_stadtlotse


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("processes")


@pytest.fixture(scope="session")
def auenfurt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The demo town, set up and started as `make run` does it."""
    folder = tmp_path_factory.mktemp("auenfurt")
    with running_stadtlotse(folder, f"sqlite:///{folder}/stadtlotse.db") as running:
        yield running


@pytest_asyncio.fixture
async def citizen(auenfurt: Running) -> AsyncIterator[Client]:
    """A citizen with a new German conversation."""
    async with Client(auenfurt.origin) as client:
        await client.start("de")
        yield client
