"""The catalogue, as the subcommands read it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.orm import Session

from bot.catalogue.concepts.store import concept_model
from bot.catalogue.queries import Catalogue, load_catalogue
from bot.catalogue.search import SearchIndex
from bot.catalogue.validity import town_today, valid_catalogue
from bot.database import opened_engine
from bot.migrations import upgrade
from bot.settings import Settings


@contextmanager
def open_session(settings: Settings) -> Iterator[Session]:
    """A session on the database, which is brought up to date first."""
    upgrade(settings.database_url)
    with opened_engine(settings.database_url) as engine, Session(engine) as session:
        yield session


def read_catalogue(settings: Settings) -> Catalogue:
    """The catalogue in the database.

    Raises:
        NotFoundError: nothing has been imported yet.
    """
    with open_session(settings) as session:
        return load_catalogue(session)


def read_index(settings: Settings) -> SearchIndex:
    """The search index over what is valid today of the catalogue in the database.

    Raises:
        NotFoundError: nothing has been imported yet.
        InputError: the thesaurus has mistakes.
        SettingsError: the word vectors cannot be used.
    """
    return make_index(read_catalogue(settings), settings)


def make_index(catalogue: Catalogue, settings: Settings) -> SearchIndex:
    """The search index over what is valid today.

    Raises:
        InputError: the thesaurus has mistakes.
        SettingsError: the word vectors cannot be used.
    """
    services = valid_catalogue(catalogue, on=town_today()).services
    concepts = concept_model(Path(settings.models_dir), vectors=settings.search_vectors)
    return SearchIndex(services.values(), concepts)
