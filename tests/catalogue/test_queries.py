import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from bot.catalogue.importers.record import Source
from bot.catalogue.importers.sync import apply
from bot.catalogue.queries import catalogue_revision, list_sources, load_catalogue
from bot.errors import NotFoundError
from tests.catalogue.importers.samples import OFFICE, SERVICE, SOURCE, reading, service


def test_empty_catalogue_is_said_to_be_empty(engine: Engine) -> None:
    with Session(engine) as session:
        assert catalogue_revision(session) == 0
        with pytest.raises(NotFoundError, match="empty"):
            load_catalogue(session)


@pytest.mark.parametrize("number_of_services", [1, 300])
def test_number_of_queries_does_not_grow_with_the_catalogue(engine: Engine, number_of_services: int) -> None:
    with Session(engine) as session:
        apply(session, reading(SERVICE, *map(service, range(number_of_services)), offices=(OFFICE,)), SOURCE)
    statements = []
    event.listen(engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
    with Session(engine) as session:
        load_catalogue(session)
    assert len(statements) <= 13


def test_catalogue_cannot_be_changed_by_its_readers(engine: Engine) -> None:
    with Session(engine) as session:
        apply(session, reading(SERVICE, offices=(OFFICE,)), SOURCE)
        catalogue = load_catalogue(session)
    with pytest.raises(TypeError):
        catalogue.services["x"] = SERVICE  # type: ignore[index]


def test_sources_are_listed_in_the_order_of_their_first_import(engine: Engine) -> None:
    other = Source(kind="dldb", name="Anderswo")
    with Session(engine) as session:
        for source, number in ((SOURCE, 1), (other, 2), (SOURCE, 1)):
            apply(session, reading(service(number)), source)
        assert list_sources(session) == (SOURCE, other)
