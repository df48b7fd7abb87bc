import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from bot.conversations.store import Store
from bot.database import open_engine
from bot.errors import DatabaseUnavailableError
from bot.web.town import NO_TOWN, TownSource
from tests.web.test_limits import Clock
from tests.web.test_pages import put_town


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    store = Store(database_url)
    yield store
    await store.close()


async def test_town_is_the_one_of_the_catalogue(database_url: str, store: Store) -> None:
    put_town(database_url)
    source = TownSource(store)
    await source.refresh()
    assert (source.current().name, source.current().phone) == ("Auenfurt", "05999 400-0")


async def test_before_the_first_import_the_public_number_is_given(store: Store) -> None:
    source = TownSource(store)
    await source.refresh()
    assert source.current() == NO_TOWN
    assert source.current().phone == "115"


async def test_change_in_the_catalogue_is_seen_within_a_minute(database_url: str, store: Store) -> None:
    put_town(database_url)
    clock = Clock()
    source = TownSource(store, clock=clock)
    await source.refresh()
    engine = open_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE town SET phone = '115'"))
    engine.dispose()
    assert source.current().phone == "05999 400-0"
    clock.now += 61
    source.current()  # nobody waits: this one still gets the old copy
    await source.close()
    assert source.current().phone == "115"


async def test_old_town_serves_on_while_the_database_is_down(
    database_url: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_store: Store, *_: object) -> None:
        raise DatabaseUnavailableError("down")

    put_town(database_url)
    clock = Clock()
    source = TownSource(store, clock=clock)
    await source.refresh()
    monkeypatch.setattr(Store, "read", fail)
    clock.now += 61
    source.current()
    await asyncio.sleep(0)
    await source.close()
    assert source.current().name == "Auenfurt"
