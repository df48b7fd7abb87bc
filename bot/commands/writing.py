"""The database, as the subcommands write to it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from bot.database import opened_engine
from bot.migrations import upgrade
from bot.settings import Settings


@contextmanager
def open_transaction(settings: Settings, *, dry_run: bool = False) -> Iterator[Connection]:
    """A connection to the database, brought up to date; what was done is kept at the end unless it is a dry run."""
    upgrade(settings.database_url)
    with opened_engine(settings.database_url) as engine, engine.connect() as connection:
        yield connection
        if not dry_run:
            connection.commit()
