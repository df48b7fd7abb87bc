import json
from typing import Any

from rdflib import RDF, Namespace

from tests.catalogue.exporters.checking import BASE, to_graph, unknown_in_schema_org
from tests.catalogue.exporters.records import BARE, FULL, demo_catalogue, export, export_all

SCHEMA = Namespace("https://schema.org/")


def by_type(document: bytes) -> dict[str, dict[str, Any]]:
    return {node["@type"]: node for node in json.loads(document)["@graph"]}


def test_only_types_and_properties_of_schema_org_are_used() -> None:
    assert unknown_in_schema_org(export(FULL, BARE, form="schema.org")) == []


def test_the_demo_town_uses_only_what_schema_org_has() -> None:
    assert unknown_in_schema_org(export_all(demo_catalogue(), form="schema.org")) == []


def test_texts_carry_their_language() -> None:
    service = by_type(export(FULL, form="schema.org"))["GovernmentService"]
    assert service["name"] == [
        {"@value": "Wohnsitz anmelden", "@language": "de"},
        {"@value": "Registering an address", "@language": "en"},
    ]
    assert {"@value": "moving", "@language": "en"} in service["alternateName"]
    assert service["subjectOf"][0] == {
        "@type": "WebPage",
        "url": "https://www.auenfurt.example/umzug",
        "inLanguage": ["de", "en"],
        "dateModified": "2026-09-15",
    }


def test_one_language_can_be_asked_for_and_german_stands_in_where_it_is_missing() -> None:
    service = by_type(export(FULL, form="schema.org", languages=["en"]))["GovernmentService"]
    assert service["name"] == [{"@value": "Registering an address", "@language": "en"}]
    service = by_type(export(BARE, form="schema.org", languages=["en"]))["GovernmentService"]
    assert service["name"] == [{"@value": "Ohne alles", "@language": "de"}]


def test_key_offices_fees_and_online_service_are_data() -> None:
    nodes = by_type(export(FULL, form="schema.org"))
    service = nodes["GovernmentService"]
    assert service["identifier"][0] == "umzug/neu:1"
    assert service["identifier"][1]["value"] == "99115005060000"
    fixed, ranged = (offer["priceSpecification"] for offer in service["offers"])
    assert (fixed["price"], fixed["priceCurrency"]) == ("12.00", "EUR")
    assert (ranged["minPrice"], ranged["maxPrice"], "price" in ranged) == ("1.50", "9.00", False)
    office, store, online = service["availableChannel"]
    assert office["serviceLocation"] == {"@id": "/api/v1/services#office-buergerbuero"}
    assert office["servicePhone"]["areaServed"] == ["29990", "Altstadt"]
    assert office["processingTime"] == "P14D"
    assert store["serviceLocation"] == {"@id": "/api/v1/services#office-lager%2Fs%C3%BCd"}
    assert online["serviceUrl"] == "https://www.auenfurt.example/online"
    assert [name["@language"] for name in online["name"]] == ["de", "en"]
    assert service["subjectOf"][1]["url"] == "https://www.auenfurt.example/a%20b.pdf"


def test_an_office_has_address_and_opening_hours() -> None:
    office = next(
        node for node in json.loads(export(FULL, form="schema.org"))["@graph"] if node["@id"].endswith("-buergerbuero")
    )
    assert office["address"]["postalCode"] == "29990"
    assert office["openingHoursSpecification"][2] == {
        "@type": "OpeningHoursSpecification",
        "dayOfWeek": "https://schema.org/Thursday",
        "opens": "08:00",
        "closes": "12:30",
    }


def test_other_programs_read_the_same_statements() -> None:
    graph = to_graph(export(FULL, BARE, form="schema.org"))
    services = set(graph.subjects(RDF.type, SCHEMA.GovernmentService))
    assert {str(service) for service in services} == {
        f"{BASE}api/v1/services/bare",
        f"{BASE}api/v1/services/umzug%2Fneu%3A1",
    }
    provider = {graph.value(service, SCHEMA.provider) for service in services}
    assert provider == set(graph.subjects(RDF.type, SCHEMA.GovernmentOrganization))


def test_what_is_not_recorded_is_not_there() -> None:
    service = by_type(export(BARE, form="schema.org"))["GovernmentService"]
    assert set(service) == {
        *("@id", "@type", "identifier", "name", "serviceType", "provider", "areaServed", "subjectOf")
    }
