from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from bot.database import Base, open_engine
from bot.errors import DatabaseUnavailableError
from bot.migrations import upgrade


def is_mapped(name: str | None, kind: str, _parents: object) -> bool:
    """All but the index of words, for which the two databases have nothing in common."""
    return not (kind == "table" and name is not None and name.startswith("handoff_search"))


def test_migrated_schema_is_the_one_of_the_mapped_classes(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": is_mapped})
        assert compare_metadata(context, Base.metadata) == []


def test_upgrade_of_a_current_database_keeps_its_content(database_url: str, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE catalogue SET revision = 7"))
    upgrade(database_url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT revision FROM catalogue")) == 7


def test_processes_that_start_at_once_migrate_an_empty_database_once(empty_database_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(upgrade, [empty_database_url] * 4))
    engine = open_engine(empty_database_url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1
        assert connection.scalar(text("SELECT count(*) FROM catalogue")) == 1
    assert "service" in inspect(engine).get_table_names()
    engine.dispose()


def test_failed_migration_leaves_the_schema_as_it_was(empty_database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic.operations import Operations  # noqa: PLC0415

    real = Operations.create_table

    def fail_at_service(self: Operations, name: str, *args: object, **options: object) -> object:
        if name == "service":
            raise RuntimeError("power cut")
        return real(self, name, *args, **options)

    monkeypatch.setattr(Operations, "create_table", fail_at_service)
    with pytest.raises(RuntimeError, match="power cut"):
        upgrade(empty_database_url)
    monkeypatch.undo()
    engine = open_engine(empty_database_url)
    assert "town" not in inspect(engine).get_table_names()
    engine.dispose()
    upgrade(empty_database_url)


def test_unreachable_server_is_named_as_such() -> None:
    with pytest.raises(DatabaseUnavailableError, match="cannot be migrated"):
        upgrade("postgresql://nobody@127.0.0.1:1/none")


def test_directory_that_is_not_there_yet_is_made(tmp_path: Path) -> None:
    upgrade(f"sqlite:///{tmp_path}/a/b/stadtlotse.db")
    assert (tmp_path / "a" / "b" / "stadtlotse.db").exists()
