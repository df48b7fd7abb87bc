from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.catalogue.importers.record import Link, ServiceOffice, ServiceRecord, ServiceText
from bot.catalogue.missed import MissedWord
from bot.catalogue.report import NAMES, make_report
from bot.catalogue.report.dates import months_before
from bot.catalogue.report.facts import Facts, Limits, LinkCheck
from bot.catalogue.report.links import list_addresses, load_checks, store_checks
from bot.catalogue.search import SearchIndex
from bot.catalogue.validity import valid_catalogue
from tests.catalogue.records import CITIZENS_OFFICE, PASSPORT, catalogue, service

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def facts(*services: ServiceRecord, **changes: Any) -> Facts:
    town = catalogue(*services)
    index = SearchIndex(valid_catalogue(town, on=TODAY).services.values())
    return Facts(**{"catalogue": town, "today": TODAY, "index": lambda: index, **changes})


def section(name: str, of: Facts) -> list[tuple[str, ...]]:
    [findings] = make_report(of, [name]).values()
    return [(finding.id or finding.name, *finding.values) for finding in findings]


def test_a_report_has_every_section_also_of_an_empty_catalogue() -> None:
    assert make_report(facts()) == {name: [] for name in NAMES}


def test_texts_are_stale_after_the_months_that_were_set() -> None:
    services = [
        service("new", "Neu", source_date=date(2026, 11, 1)),
        service("old", "Alt", source_date=date(2025, 11, 21)),
        service("older", "Älter", source_date=date(2020, 1, 1)),
        service("undated", "Ohne"),
    ]
    assert section("stale", facts(*services)) == [("older", "2020-01-01"), ("old", "2025-11-21")]
    assert section("stale", facts(*services, limits=Limits(stale_months=24))) == [("older", "2020-01-01")]
    assert section("undated", facts(*services)) == [("undated",)]


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 15), 12, date(2025, 1, 15)),
        (date(2026, 1, 15), 0, date(2026, 1, 15)),
        (date(2026, 1, 15), 100_000, date.min),
    ],
)
def test_months_are_counted_back(day: date, months: int, expected: date) -> None:
    assert months_before(day, months) == expected


def test_validity_is_sorted_into_over_soon_over_and_not_begun() -> None:
    services = [
        service("over", "A", valid_until=date(2026, 11, 21)),
        service("last-day", "B", valid_until=TODAY),
        service("soon", "C", valid_until=date(2027, 1, 21)),
        service("later", "D", valid_until=date(2027, 1, 22)),
        service("waiting", "E", valid_from=date(2027, 1, 1)),
    ]
    assert section("expired", facts(*services)) == [("over", "2026-11-21")]
    assert section("expiring", facts(*services)) == [("last-day", "2026-11-22"), ("soon", "2027-01-21")]
    assert section("waiting", facts(*services)) == [("waiting", "2027-01-01")]


def test_gaps_are_named_by_facet_office_and_language() -> None:
    bare = service("bare", "Bar", offices=(ServiceOffice(office_id="gone"),))
    of = facts(PASSPORT, bare)
    empty = {found[0]: found[1:] for found in section("empty_facets", of)}
    assert "fees" in empty["bare"]
    assert "fees" not in empty["reisepass"]
    assert "legal_basis" in empty["reisepass"]
    assert section("no_office", of) == [("bare",)]
    assert section("no_text", of) == [("bare", "en")]


def test_what_is_switched_off_is_no_gap() -> None:
    off = replace(catalogue(PASSPORT), switched_off={("reisepass", None): {"de": "Bitte rufen Sie an."}})
    assert section("empty_facets", facts(PASSPORT, catalogue=off)) == section("empty_facets", facts(PASSPORT))


def test_counters_of_the_town_hall_are_left_out() -> None:
    assert section("no_text", facts(service("schalter", "Schalter 3", internal=True))) == []


def test_duplicates_have_the_same_name_or_the_same_key_and_nearly_the_same_name() -> None:
    services = [
        service("a", "Hundesteuer anmelden"),
        service("b", "Hundesteuer: Anmelden"),
        service("c", "Reisepass beantragen", leika="99036001012000"),
        service("d", "Reisepass, beantragen.", leika="99036001012000"),
        service("e", "Vorläufiger Pass", leika="99036001012000"),
        service("f", "Reisepass beantragt", leika="99036001012001"),
    ]
    assert section("duplicates", facts(*services)) == [("a", "b"), ("b", "a"), ("c", "d"), ("d", "c")]


def test_many_services_of_one_name_are_listed_in_time() -> None:
    many = [service(f"s{number}", "Termin") for number in range(2_000)]
    assert len(section("duplicates", facts(*many))) == 2_000


def test_a_service_whose_name_finds_another_is_unreached() -> None:
    wordy = service("b", "Für und mit", summary="Hundesteuer")
    waiting = service("c", "Und für", valid_from=date(2027, 1, 1))
    assert section("unreached", facts(service("a", "Hundesteuer"), wordy, waiting)) == [("b", "de: nothing")]


def test_words_that_would_be_found_by_now_are_left_out() -> None:
    missed = [
        MissedWord(language="de", word="schrottkarre", count=3),
        MissedWord(language="de", word="reisepass", count=9),
    ]
    assert section("missed_words", facts(PASSPORT, missed=missed)) == [("schrottkarre", "de", "3")]


LINKED = ServiceRecord(
    id="linked",
    texts={
        "de": ServiceText(
            name="Verlinkt",
            summary="Mehr unter https://a.example/text.",
            facets={"online": "https://a.example/online"},
            links=(Link(title="Antrag", url="https://a.example/antrag"),),
        )
    },
    url="https://a.example/",
    offices=(ServiceOffice(office_id="buergerbuero", appointment_url="https://a.example/termin"),),
)


def test_every_address_that_citizens_may_be_given_is_checked_once() -> None:
    town = catalogue(
        LINKED, replace(LINKED, id="again"), offices=(replace(CITIZENS_OFFICE, url="https://a.example/amt"),)
    )
    addresses = list_addresses(town)
    paths = {"", "text", "online", "antrag", "termin", "amt"}
    assert set(addresses) == {f"https://a.example/{path}" for path in paths}
    assert [owner.id for owner in addresses["https://a.example/"]] == ["linked", "again"]


def test_broken_links_are_listed_with_their_owner_and_the_day_they_were_checked() -> None:
    checks = {
        "https://a.example/": LinkCheck(problem="404", at=NOW),
        "https://a.example/text": LinkCheck(problem="", at=NOW),
        "https://a.example/forgotten": LinkCheck(problem="404", at=NOW),
    }
    assert section("broken_links", facts(LINKED, links=checks)) == [
        ("linked", "https://a.example/", "404", "2026-11-22")
    ]


def test_a_check_takes_the_place_of_the_one_before(engine: Engine) -> None:
    with Session(engine) as session:
        store_checks(session, {"https://a.example/": "404", "https://b.example/": ""}, at=NOW)
        store_checks(session, {"https://a.example/": ""}, at=NOW)
        assert load_checks(session) == {"https://a.example/": LinkCheck(problem="", at=NOW)}
        store_checks(session, {}, at=NOW)
        assert load_checks(session) == {}
