"""Alembic's entry: runs on the connection that `bot.migrations` hands over, or on its own for the alembic command."""

import importlib
import os
from pathlib import Path

from alembic import context
from sqlalchemy import Connection

import bot
from bot.database import Base, open_engine
from bot.settings import Settings

for path in sorted(Path(bot.__file__).parent.glob("*/*models.py")):
    # The packages of bot/ keep their tables in models.py and …_models.py; importing them fills Base.metadata.
    importlib.import_module(f"bot.{path.parent.name}.{path.stem}")


def migrate(connection: Connection) -> None:
    """Run what is missing on this connection."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",  # SQLite cannot alter a column in place
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("migrations need a database connection; --sql is not supported")

given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    engine = open_engine(Settings.from_env(os.environ).database_url)
    with engine.begin() as opened:
        migrate(opened)
    engine.dispose()
