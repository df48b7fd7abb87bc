"""Looks for words wherever the program could have put them: every column of every table, every byte of every file."""

from collections.abc import Collection
from pathlib import Path

from sqlalchemy import Connection, Engine, text

_SQLITE = "SELECT name FROM sqlite_master WHERE type = 'table'"  # the shadow tables of FTS5 too
_POSTGRESQL = "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema()"


def words_in_tables(engine: Engine, words: Collection[str]) -> dict[str, set[str]]:
    """Which of the words stand in which table, whatever their case: {"message": {"Quarzzwieback"}}."""
    found = {}
    with engine.connect() as connection:
        is_sqlite = engine.dialect.name == "sqlite"
        for table in connection.scalars(text(_SQLITE if is_sqlite else _POSTGRESQL)).all():
            content = _content(connection, table)
            known = {word for word in words if word.lower() in content}
            if known:
                found[table] = known
    return found


def _content(connection: Connection, table: str) -> str:
    """Everything that stands in a table; the values of JSON, arrays and search vectors as their text."""
    if connection.dialect.name == "postgresql":
        rows = connection.scalars(text(f"SELECT CAST({table} AS text) FROM {table}"))
        return "\n".join(rows).lower()
    values = (value for row in connection.execute(text(f'SELECT * FROM "{table}"')) for value in row)
    return "\n".join(
        value.decode(errors="replace") if isinstance(value, bytes) else str(value) for value in values
    ).lower()


def words_in_files(folder: Path, words: Collection[str]) -> dict[str, set[str]]:
    """Which of the words stand in which file below the folder, byte for byte, whatever their case."""
    found = {}
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = file.read_bytes().lower()
        known = {word for word in words if word.lower().encode() in content}
        if known:
            found[file.name] = known
    return found
