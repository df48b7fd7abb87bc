from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from bot.catalogue.importers.hashing import content_hash
from bot.catalogue.importers.record import Reading, Rejection, ServiceOffice, ServiceText, Source, Town
from bot.catalogue.importers.sync import ImportReport, Options, apply
from bot.catalogue.models import ImportRunRow, ServiceRow
from bot.catalogue.queries import Catalogue, catalogue_revision, load_catalogue
from bot.errors import InputError
from tests.catalogue.importers.samples import OFFICE, SERVICE, SOURCE, TOWN, office, reading, service

OTHER_SOURCE = Source(kind="test", name="another")


def run(engine: Engine, what: Reading, source: Source = SOURCE, **options: Any) -> ImportReport:
    with Session(engine) as session:
        return apply(session, what, source, Options(**options))


def load(engine: Engine) -> Catalogue:
    with Session(engine) as session:
        return load_catalogue(session)


def counts(report: ImportReport) -> dict[str, int]:
    named = ("added", "changed", "unchanged", "withdrawn", "restored")
    return {name: getattr(report, name) for name in named if getattr(report, name)}


def test_catalogue_gives_back_the_records_that_were_imported(engine: Engine) -> None:
    run(engine, reading(SERVICE, service(1), offices=(OFFICE,)))
    catalogue = load(engine)
    assert catalogue.services == {"personalausweis": SERVICE, "s1": service(1)}
    assert catalogue.offices == {"buergerbuero": OFFICE}
    assert catalogue.town == TOWN


def test_second_import_changes_nothing(engine: Engine) -> None:
    what = reading(SERVICE, service(1), offices=(OFFICE,))
    assert counts(run(engine, what)) == {"added": 2}
    again = run(engine, what)
    assert counts(again) == {"unchanged": 2}
    assert (again.offices_changed, again.revision) == (0, 1)


def test_changed_service_replaces_the_old_one_wholly(engine: Engine) -> None:
    run(engine, reading(SERVICE, service(1), offices=(OFFICE,)))
    bare = replace(SERVICE, texts={"de": ServiceText(name="Ausweis", documents=("Foto",))}, offices=())
    report = run(engine, reading(bare, service(1), offices=(OFFICE,)))
    assert counts(report) == {"changed": 1, "unchanged": 1}
    assert load(engine).services["personalausweis"] == bare


def test_vanished_service_is_withdrawn_and_not_deleted(engine: Engine) -> None:
    run(engine, reading(service(1), service(2), service(3)))
    assert counts(run(engine, reading(service(1), service(2)))) == {"unchanged": 2, "withdrawn": 1}
    assert set(load(engine).services) == {"s1", "s2"}
    with Session(engine) as session:
        row = session.get_one(ServiceRow, "s3")
        assert row.withdrawn_at is not None
        assert row.withdrawn_at.tzinfo is not None


def test_withdrawn_service_stays_withdrawn_and_is_not_counted_again(engine: Engine) -> None:
    run(engine, reading(service(1), service(2)))
    run(engine, reading(service(1)))
    assert counts(run(engine, reading(service(1)))) == {"unchanged": 1}


def test_service_that_comes_back_is_restored_with_its_new_text(engine: Engine) -> None:
    run(engine, reading(service(1), service(2)))
    run(engine, reading(service(1)))
    new = service(2, texts={"de": ServiceText(name="Neu")})
    assert counts(run(engine, reading(service(1), new))) == {"unchanged": 1, "restored": 1}
    assert load(engine).services["s2"] == new


def test_services_of_other_sources_are_left_alone(engine: Engine) -> None:
    run(engine, reading(service(1), service(2), offices=(office(1),)), OTHER_SOURCE)
    assert counts(run(engine, reading(service(3), offices=(office(2),)))) == {"added": 1}
    assert set(load(engine).services) == {"s1", "s2", "s3"}


def test_id_of_another_source_is_rejected(engine: Engine) -> None:
    run(engine, reading(service(1)), OTHER_SOURCE)
    report = run(engine, reading(service(1, url="https://b.example"), service(2)))
    assert counts(report) == {"added": 1}
    assert [(row.row_id, row.reason) for row in report.rejected] == [("s1", "another source already has this id")]
    assert load(engine).services["s1"] == service(1)


def test_of_two_services_with_the_same_id_the_first_is_taken(engine: Engine) -> None:
    report = run(engine, reading(service(1), service(1, url="https://b.example")))
    assert counts(report) == {"added": 1}
    assert [row.row_id for row in report.rejected] == ["s1"]
    assert load(engine).services["s1"] == service(1)


@pytest.mark.parametrize("row_id", ["", "x" * 201])
def test_unusable_id_is_rejected(engine: Engine, row_id: str) -> None:
    report = run(engine, reading(service(1), service(2, id=row_id)))
    assert counts(report) == {"added": 1}
    assert len(report.rejected) == 1


def test_dry_run_says_the_same_and_changes_nothing(engine: Engine) -> None:
    run(engine, reading(service(1), service(2), offices=(OFFICE,)))
    what = reading(service(1, url="https://b.example"), service(3))
    dry = run(engine, what, dry_run=True, allow_mass_withdrawal=True)
    assert set(load(engine).services) == {"s1", "s2"}
    assert load(engine).revision == 1
    wet = run(engine, what, allow_mass_withdrawal=True)
    assert wet == replace(dry, dry_run=False)


def test_import_that_would_withdraw_more_than_half_is_refused(engine: Engine) -> None:
    run(engine, reading(*(service(number) for number in range(10))))
    with pytest.raises(InputError, match="would withdraw 6 of 10 services of the source test 'Auenfurt'"):
        run(engine, reading(*(service(number) for number in range(4))))
    assert len(load(engine).services) == 10
    assert counts(run(engine, reading(*(service(number) for number in range(5))))) == {"unchanged": 5, "withdrawn": 5}


def test_mass_withdrawal_can_be_allowed(engine: Engine) -> None:
    run(engine, reading(service(1), service(2)))
    assert counts(run(engine, reading(), allow_mass_withdrawal=True)) == {"withdrawn": 2}


def test_import_that_would_withdraw_most_offices_is_refused(engine: Engine) -> None:
    run(engine, reading(service(1), offices=(office(1), office(2))))
    with pytest.raises(InputError, match="2 of 2 offices"):
        run(engine, reading(service(1)))


def test_service_rejected_this_time_keeps_its_earlier_version(engine: Engine) -> None:
    run(engine, reading(service(1), service(2)))
    broken = Rejection(where="service 2", row_id="s2", reason="the name is missing")
    report = run(engine, reading(service(1), rejected=(broken,)))
    assert counts(report) == {"unchanged": 1}
    assert report.rejected == (broken,)
    assert set(load(engine).services) == {"s1", "s2"}


def test_unknown_office_is_dropped_with_a_note(engine: Engine) -> None:
    links = (ServiceOffice(office_id="nowhere"), ServiceOffice(office_id="o1"), ServiceOffice(office_id="o1"))
    report = run(engine, reading(service(1, offices=links), offices=(office(1),)))
    assert [(note.row_id, "nowhere" in note.reason) for note in report.notes] == [("s1", True)]
    assert load(engine).services["s1"].offices == (ServiceOffice(office_id="o1"),)


def test_offices_keep_their_order_main_one_first(engine: Engine) -> None:
    links = tuple(ServiceOffice(office_id=f"o{number}") for number in (3, 1, 2))
    run(engine, reading(service(1, offices=links), offices=(office(1), office(2), office(3))))
    assert load(engine).services["s1"].offices == links


def test_withdrawn_office_disappears_from_its_services(engine: Engine) -> None:
    links = (ServiceOffice(office_id="o1"), ServiceOffice(office_id="o2"))
    run(engine, reading(service(1, offices=links), offices=(office(1), office(2))))
    run(engine, reading(service(1, offices=links), offices=(office(2),)))
    catalogue = load(engine)
    assert set(catalogue.offices) == {"o2"}
    assert catalogue.services["s1"].offices == (ServiceOffice(office_id="o2"),)


def test_reference_to_an_office_rejected_this_time_is_kept(engine: Engine) -> None:
    what = reading(service(1, offices=(ServiceOffice(office_id="o1"),)), offices=(office(1), office(2)))
    run(engine, what)
    broken = Rejection(where="location 1", row_id="o1", reason="the name is missing")
    report = run(engine, replace(what, offices=(office(2),), rejected=(broken,)))
    assert counts(report) == {"unchanged": 1}
    assert load(engine).services["s1"].offices == (ServiceOffice(office_id="o1"),)


def test_newer_date_alone_is_no_change_but_is_shown(engine: Engine) -> None:
    run(engine, reading(service(1, source_date=date(2026, 1, 1)), offices=(office(1, source_date=date(2026, 1, 1)),)))
    newer = date(2026, 6, 1)
    report = run(engine, reading(service(1, source_date=newer), offices=(office(1, source_date=newer),)))
    assert counts(report) == {"unchanged": 1}
    assert report.offices_changed == 0
    catalogue = load(engine)
    assert (catalogue.services["s1"].source_date, catalogue.offices["o1"].source_date) == (newer, newer)
    assert catalogue.revision == 2


def test_revision_is_raised_by_changes_only(engine: Engine) -> None:
    def revision() -> int:
        with Session(engine) as session:
            return catalogue_revision(session)

    assert revision() == 0
    run(engine, reading(service(1)))
    run(engine, reading(service(1)))
    assert revision() == 1
    run(engine, reading(service(1), town=Town(name="Auenfurt", phone="116")))
    assert revision() == 2
    run(engine, reading(service(1), offices=(office(1),), town=Town(name="Auenfurt", phone="116")))
    assert revision() == 3


def test_every_import_leaves_a_report(engine: Engine) -> None:
    broken = Rejection(where="service 9", row_id="", reason="the id is missing")
    run(engine, reading(service(1), rejected=(broken,)))
    run(engine, reading(service(1), service(2)))
    with Session(engine) as session:
        runs = session.scalars(select(ImportRunRow).order_by(ImportRunRow.id)).all()
        assert [(row.added, row.unchanged, row.revision) for row in runs] == [(1, 0, 1), (1, 1, 2)]
        assert runs[0].rejected == [{"where": "service 9", "row_id": "", "reason": "the id is missing"}]


def test_failed_import_leaves_everything_as_it_was(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    run(engine, reading(service(1)))
    wrong = service(2, offices=(ServiceOffice(office_id="o1"),), leika=None)
    with pytest.raises(Exception, match=r"(?i)null"):
        run(engine, reading(service(1, url="https://b.example"), wrong, offices=(office(1),)))
    catalogue = load(engine)
    assert catalogue.services == {"s1": service(1)}
    assert not catalogue.offices


def test_imports_at_the_same_time_follow_each_other(engine: Engine) -> None:
    what = reading(*(service(number) for number in range(20)))
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda _: run(engine, what), range(4)))
    assert sorted(report.added for report in reports) == [0, 0, 0, 20]
    with Session(engine) as session:
        assert session.scalar(text("SELECT count(*) FROM source")) == 1
        assert session.scalar(select(func.count()).select_from(ServiceRow)) == 20


def test_more_rows_than_one_statement_takes_parameters(engine: Engine) -> None:
    many = [service(number) for number in range(1_200)]
    run(engine, reading(*many))
    changed = [replace(record, url="https://b.example") for record in many]
    assert counts(run(engine, reading(*changed))) == {"changed": 1_200}
    assert len(load(engine).services) == 1_200


def test_preview_names_what_would_change_and_in_which_fields(engine: Engine) -> None:
    run(engine, reading(SERVICE, service(1), service(2), offices=(OFFICE,)))
    text = replace(SERVICE.texts["de"], fees=(), facets={"deadline": "Bald."})
    new = replace(SERVICE, texts={"de": text}, url="https://neu.example")
    what = reading(new, service(1), service(3), offices=(OFFICE,))
    changes = [(c.kind, c.id, c.fields) for c in run(engine, what, dry_run=True).changes]
    assert changes == [
        ("changed", "personalausweis", ("url", "de.deadline", "de.processing_time", "de.fees", "en")),
        ("added", "s3", ()),
        ("withdrawn", "s2", ()),
    ]
    assert run(engine, what).changes == ()


def test_preview_names_services_and_not_only_ids(engine: Engine) -> None:
    run(engine, reading(service(1), service(2)))
    run(engine, reading(service(1)))
    names = [
        (c.kind, c.name) for c in run(engine, reading(service(2)), dry_run=True, allow_mass_withdrawal=True).changes
    ]
    assert names == [("restored", "Leistung 2"), ("withdrawn", "Leistung 1")]


def test_same_service_from_another_source_is_unchanged_and_stays_there(engine: Engine) -> None:
    what = reading(SERVICE, offices=(OFFICE,))
    run(engine, what, OTHER_SOURCE)
    report = run(engine, what)
    assert (counts(report), report.rejected, report.notes) == ({"unchanged": 1}, (), ())
    assert counts(run(engine, reading())) == {}
    assert set(load(engine).services) == {"personalausweis"}


def test_services_of_another_source_can_be_taken_over(engine: Engine) -> None:
    run(engine, reading(service(1), service(2), offices=(office(1),)), OTHER_SOURCE)
    what = reading(service(1), service(2, url="https://neu.example"), offices=(office(1),))
    report = run(engine, what, take_over=[OTHER_SOURCE])
    assert (counts(report), report.rejected) == ({"changed": 1, "unchanged": 1}, ())
    assert counts(run(engine, reading(), OTHER_SOURCE)) == {}
    assert load(engine).services["s2"].url == "https://neu.example"


def test_import_without_a_town_keeps_the_known_one(engine: Engine) -> None:
    with pytest.raises(InputError, match="name the town"):
        run(engine, reading(service(1), town=None))
    run(engine, reading(service(1)))
    run(engine, reading(service(1), service(2), town=None))
    assert load(engine).town == TOWN


def test_fields_that_came_later_change_no_hash_where_they_are_empty() -> None:
    plain = msgspec.to_builtins(office(1))
    del plain["alternative_names"]
    assert content_hash(office(1)) == sha256(msgspec.json.encode(plain)).hexdigest()
    assert content_hash(office(1, alternative_names=("Amt",))) != content_hash(office(1))
    linked = service(1, offices=(ServiceOffice(office_id="o1", areas=("03999",)),))
    assert content_hash(linked) != content_hash(service(1, offices=(ServiceOffice(office_id="o1"),)))


def test_more_services_than_are_written_at_a_time(engine: Engine) -> None:
    many = [service(number) for number in range(1201)]
    assert counts(run(engine, reading(*many))) == {"added": 1201}
    changed = [replace(one, url="https://neu.example") for one in many]
    assert counts(run(engine, reading(*changed))) == {"changed": 1201}
    assert len(load(engine).services) == 1201
