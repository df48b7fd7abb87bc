import asyncio
from datetime import UTC, datetime

import pytest

from bot.__main__ import main
from bot.conversations import queries
from bot.conversations.records import StoredConversation
from bot.conversations.store import Store


@pytest.fixture
def store_url(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("STADTLOTSE_DATABASE_URL", database_url)
    asyncio.run(_begin(database_url))
    return database_url


async def _begin(url: str) -> None:
    store = Store(url)
    async with store.write() as connection:
        await queries.create_conversation(connection, "c1", token_hash="x", language="de", at=datetime.now(UTC))
    await store.close()


async def _find(url: str) -> StoredConversation | None:
    store = Store(url)
    async with store.read() as connection:
        found = await queries.find_conversation(connection, "c1")
    await store.close()
    return found


def test_erasing_removes_the_conversation(store_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["erase", "c1"]) == 0
    assert "erased 0 messages" in capsys.readouterr().out
    assert asyncio.run(_find(store_url)) is None


def test_a_dry_run_erases_nothing(store_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["erase", "c1", "--dry-run"]) == 0
    assert "would erase" in capsys.readouterr().out
    assert asyncio.run(_find(store_url)) is not None


def test_an_unknown_conversation_is_named(store_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["erase", "none"]) == 1
    assert "none" in capsys.readouterr().err
