from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from bot.catalogue.importers.record import Reading, ServiceOffice, ServiceText, Source, Town
from bot.catalogue.importers.rows import OFFICE_TABLES, SERVICE_TABLES
from bot.catalogue.importers.sync import Options, apply
from bot.catalogue.importers.undo import Undone, undo_last
from bot.catalogue.models import ImportChangeRow, ImportRunRow, TownRow
from bot.catalogue.queries import catalogue_revision, list_sources, load_catalogue
from bot.errors import NotFoundError
from tests.catalogue.importers.samples import OFFICE, SERVICE, SOURCE, office, reading, service

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DEMO = Source(kind="town", name="Auenfurt")
LINKED = (ServiceOffice(office_id="o1"), ServiceOffice(office_id="o2"))


def run(engine: Engine, what: Reading, source: Source = SOURCE, **options: Any) -> None:
    with Session(engine) as session:
        apply(session, what, source, Options(**({"allow_mass_withdrawal": True} | options)))


def undo(engine: Engine, **options: Any) -> Undone:
    with Session(engine) as session:
        return undo_last(session, now=NOW, **options)


def rows(engine: Engine) -> dict[str, list[Any]]:
    """Every row of the catalogue, to the last column."""
    with engine.connect() as connection:
        return {
            table.__tablename__: sorted(map(repr, connection.execute(select(table.__table__))))
            for table in (*SERVICE_TABLES, *OFFICE_TABLES, TownRow)
        }


def revision(engine: Engine) -> int:
    with Session(engine) as session:
        return catalogue_revision(session)


def numbers(undone: Undone) -> dict[str, int]:
    named = ("removed", "brought_back", "withdrawn", "reworded", "offices")
    return {name: getattr(undone, name) for name in named if getattr(undone, name)}


def test_everything_an_import_did_is_taken_back_to_the_last_column(engine: Engine) -> None:
    offices = (OFFICE, office(1), office(2))
    run(engine, reading(SERVICE, service(1), service(2), service(3, offices=LINKED), offices=offices))
    run(engine, reading(SERVICE, service(1), service(3, offices=LINKED), offices=offices))
    before = rows(engine)
    bare = replace(SERVICE, texts={"de": ServiceText(name="Ausweis", documents=("Foto",))}, offices=())
    what = reading(
        bare, service(2, url="https://neu.example"), service(3, offices=LINKED, source_date=date(2026, 11, 1)),
        service(4, offices=(ServiceOffice(office_id="o3"),)),
        offices=(replace(OFFICE, phone="0"), office(2), office(3)), town=Town(name="Auenfurt", phone="116"),
    )  # fmt: skip
    run(engine, what)
    assert rows(engine) != before
    undone = undo(engine)
    assert rows(engine) == before
    assert numbers(undone) == {"removed": 1, "brought_back": 1, "withdrawn": 1, "reworded": 2, "offices": 3}
    assert (undone.source, undone.town) == (SOURCE, True)


def test_links_to_a_withdrawn_office_come_back_too(engine: Engine) -> None:
    run(engine, reading(service(1, offices=LINKED), offices=(office(1), office(2))))
    run(engine, reading(service(1, offices=LINKED), offices=(office(1),)))
    before = rows(engine)
    run(engine, reading(service(1, url="https://neu.example"), offices=(office(1), office(2))))
    undo(engine)
    assert rows(engine) == before
    undo(engine)
    with Session(engine) as session:
        assert load_catalogue(session).services["s1"].offices == LINKED


def test_readers_notice_an_undo(engine: Engine) -> None:
    run(engine, reading(service(1)))
    run(engine, reading(service(1), service(2)))
    assert revision(engine) == 2
    undo(engine)
    assert revision(engine) == 3


def test_a_dry_run_says_the_same_and_changes_nothing(engine: Engine) -> None:
    run(engine, reading(service(1)))
    run(engine, reading(service(2)))
    before = rows(engine), revision(engine)
    dry = undo(engine, dry_run=True)
    assert (rows(engine), revision(engine)) == before
    assert undo(engine) == replace(dry, dry_run=False)


def test_undoing_again_goes_one_import_further_back_until_nothing_is_left(engine: Engine) -> None:
    states = []
    for number in (1, 2, 3):
        states.append(rows(engine))
        run(engine, reading(*map(service, range(number))))
    undo(engine)
    assert rows(engine) == states[2]
    undo(engine)
    assert rows(engine) == states[1]
    undo(engine)
    assert rows(engine) == states[0] | {"town": rows(engine)["town"]}  # somebody has to be named to citizens
    with pytest.raises(NotFoundError, match="no import left"):
        undo(engine)


def test_imports_that_changed_nothing_are_passed_over(engine: Engine) -> None:
    run(engine, reading(service(1)))
    run(engine, reading(service(1), service(2)))
    run(engine, reading(service(1), service(2)))
    assert numbers(undo(engine)) == {"removed": 1}


def test_an_import_after_an_undo_can_be_taken_back_as_well(engine: Engine) -> None:
    run(engine, reading(service(1)))
    before = rows(engine)
    run(engine, reading(service(1), service(2)))
    undo(engine)
    run(engine, reading(service(3)))
    undo(engine)
    assert rows(engine) == before


def test_reports_of_what_was_taken_back_are_kept_and_say_so(engine: Engine) -> None:
    run(engine, reading(service(1)))
    undo(engine)
    with Session(engine) as session:
        kept = session.scalars(select(ImportRunRow)).one()
        assert (kept.added, kept.undone_at) == (1, NOW)
        assert list_sources(session) == ()


def test_sources_that_made_room_come_back(engine: Engine) -> None:
    run(engine, reading(service(1), service(2), offices=(office(1),)), DEMO)
    before = rows(engine)
    run(engine, reading(service(2), service(3), offices=(office(2),)), take_over=[DEMO], replace=[DEMO])
    with Session(engine) as session:
        assert set(load_catalogue(session).services) == {"s2", "s3"}
    undone = undo(engine)
    assert rows(engine) == before
    assert numbers(undone) == {"removed": 1, "brought_back": 1, "offices": 2}
    with Session(engine) as session:
        assert list_sources(session) == (DEMO,)


def test_only_the_last_runs_can_be_taken_back(engine: Engine) -> None:
    for number in range(1, 6):
        run(engine, reading(*map(service, range(number))), undo_runs=2)
    with Session(engine) as session:
        assert session.scalar(select(func.count(ImportChangeRow.run_id.distinct()))) == 2
        assert session.scalar(select(func.count()).select_from(ImportRunRow)) == 5
    undo(engine)
    undo(engine)
    with pytest.raises(NotFoundError):
        undo(engine)


def test_many_services_are_taken_back(engine: Engine) -> None:
    many = [service(number) for number in range(1_201)]
    run(engine, reading(*many))
    before = rows(engine)
    run(engine, reading(*(replace(one, url="https://neu.example") for one in many)))
    assert numbers(undo(engine)) == {"reworded": 1_201}
    assert rows(engine) == before
