from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.catalogue.exporters.selection import is_open, last_turn, open_catalogue
from bot.facets import Facet
from tests.catalogue.exporters.records import BARE, BARE_OFFICE, FULL, TODAY, town_catalogue
from tests.catalogue.records import CITIZENS_OFFICE, catalogue

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("changes", "opened"),
    [
        ({}, True),
        ({"public": False}, False),
        ({"internal": True}, False),
        ({"valid_from": TODAY}, True),
        ({"valid_from": TODAY + DAY}, False),
        ({"valid_until": TODAY}, True),
        ({"valid_until": TODAY - DAY}, False),
    ],
)
def test_only_public_and_valid_services_are_open(changes: dict[str, object], opened: bool) -> None:
    assert is_open(replace(BARE, **changes), on=TODAY) == opened


def test_services_come_in_the_order_of_their_ids() -> None:
    services = [replace(BARE, id=name) for name in ("b", "Z", "a/1", "ä", "a")]
    assert list(open_catalogue(catalogue(*services), on=TODAY).services) == ["Z", "a", "a/1", "b", "ä"]


def test_an_office_that_is_not_public_is_not_named() -> None:
    closed = replace(town_catalogue(FULL), offices={CITIZENS_OFFICE.id: replace(CITIZENS_OFFICE, public=False)})
    opened = open_catalogue(closed, on=TODAY)
    assert opened.offices == {}
    assert opened.services[FULL.id].offices == ()


def test_a_service_that_is_switched_off_is_not_open() -> None:
    off = replace(town_catalogue(FULL, BARE), switched_off={(FULL.id, None): {"de": "Bitte rufen Sie an."}})
    assert list(open_catalogue(off, on=TODAY).services) == [BARE.id]


def test_a_facet_that_is_switched_off_is_not_told() -> None:
    facets: tuple[Facet, ...] = ("find", "documents", "fees", "online", "appointment", "deadline")
    off = replace(town_catalogue(FULL), switched_off={(FULL.id, facet): {"de": "Wird geprüft."} for facet in facets})
    service = open_catalogue(off, on=TODAY).services[FULL.id]
    told = repr(service)
    for hidden in ("Umzug melden", "Personalausweis", "Identity card", "12", "/online", "/termin", "zwei Wochen, "):
        assert hidden not in told, hidden
    assert set(service.texts["de"].facets) == {"processing_time", "eligibility", "legal_basis"}
    assert [link.office_id for link in service.offices] == [CITIZENS_OFFICE.id, BARE_OFFICE.id]


@pytest.mark.parametrize("facet", ["office", "location", "opening_hours"])
def test_a_service_that_does_not_tell_where_or_when_names_no_office(facet: Facet) -> None:
    off = replace(town_catalogue(FULL), switched_off={(FULL.id, facet): {"de": "Wir ziehen um."}})
    assert open_catalogue(off, on=TODAY).services[FULL.id].offices == ()


def test_the_last_day_that_changed_something_is_found() -> None:
    services = [
        replace(BARE, valid_from=date(2026, 1, 1), valid_until=date(2026, 11, 1)),
        replace(BARE, valid_from=date(2027, 1, 1), valid_until=date.max),
    ]
    assert last_turn(services, on=TODAY) == date(2026, 11, 2)
    assert last_turn(services, on=date(2027, 2, 1)) == date(2027, 1, 1)
    assert last_turn(services, on=date(2025, 1, 1)) is None
