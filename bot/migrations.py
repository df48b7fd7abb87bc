"""Brings a database to the newest schema. Safe to call at every start and from several processes at once."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from bot.database import open_engine
from bot.errors import DatabaseUnavailableError

ROOT = Path(__file__).resolve().parents[1]
LOCK_KEY = 7_381_902  # any number that no other program on this database takes


def upgrade(database_url: str) -> None:
    """Run all migrations that are missing; does nothing on a database that is up to date.

    Raises:
        DatabaseUnavailableError: the database does not answer, or stays locked by somebody else.
    """
    engine = open_engine(database_url)
    try:
        with engine.connect() as connection:
            _lock(connection)
            configuration = Config()
            configuration.set_main_option("script_location", str(ROOT / "migrations").replace("%", "%%"))
            configuration.attributes["connection"] = connection
            command.upgrade(configuration, "head")
            connection.commit()
    except OperationalError as error:
        raise DatabaseUnavailableError(f"the database cannot be migrated: {error.orig}") from error
    finally:
        engine.dispose()


def _lock(connection: Connection) -> None:
    """Make a second process wait until this one is done; the lock ends with the transaction."""
    if connection.dialect.name == "sqlite":
        # Begun by hand because the driver would begin only before the first INSERT, after the schema was read.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
