"""The catalogue, as the subcommands read it."""

from sqlalchemy.orm import Session

from bot.catalogue.queries import load_catalogue
from bot.catalogue.search import SearchIndex
from bot.database import open_engine
from bot.migrations import upgrade
from bot.settings import Settings


def read_index(settings: Settings) -> SearchIndex:
    """The search index over the catalogue in the database.

    Raises:
        NotFoundError: nothing has been imported yet.
    """
    upgrade(settings.database_url)
    engine = open_engine(settings.database_url)
    try:
        with Session(engine) as session:
            return SearchIndex(load_catalogue(session).services.values())
    finally:
        engine.dispose()
