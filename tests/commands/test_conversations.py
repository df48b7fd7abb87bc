from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from bot.__main__ import main
from bot.conversations import queries
from bot.conversations.records import StoredConversation


@pytest.fixture
def store_url(database_url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("STADTLOTSE_DATABASE_URL", database_url)
    with engine.begin() as connection:
        queries.create_conversation(connection, "c1", token_hash="x", language="de", at=datetime.now(UTC))
    return database_url


def find(engine: Engine) -> StoredConversation | None:
    with engine.connect() as connection:
        return queries.find_conversation(connection, "c1")


def test_erasing_removes_the_conversation(engine: Engine, store_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["erase", "c1"]) == 0
    assert "erased 0 messages" in capsys.readouterr().out
    assert find(engine) is None


def test_a_dry_run_erases_nothing(engine: Engine, store_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["erase", "c1", "--dry-run"]) == 0
    assert "would erase" in capsys.readouterr().out
    assert find(engine) is not None


def test_an_unknown_conversation_is_named(engine: Engine, store_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["erase", "none"]) == 1
    assert "none" in capsys.readouterr().err
