import pytest
from rdflib import RDF, Graph, Literal, URIRef

from tests.catalogue.exporters.checking import BASE, CPSV, CV, DCT, broken_rules, to_graph
from tests.catalogue.exporters.records import BARE, FULL, demo_catalogue, export, export_all

SERVICE = URIRef(f"{BASE}api/v1/services/umzug%2Fneu%3A1")


@pytest.fixture(scope="module")
def graph() -> Graph:
    return to_graph(export(FULL, form="cpsv-ap"))


def test_the_document_keeps_the_rules_of_the_profile() -> None:
    assert broken_rules(to_graph(export(FULL, BARE, form="cpsv-ap"))) == []


def test_the_demo_town_keeps_the_rules_of_the_profile() -> None:
    found = to_graph(export_all(demo_catalogue(), form="cpsv-ap"))
    assert broken_rules(found) == []
    assert len(set(found.subjects(RDF.type, CPSV.PublicService))) > 100


def test_a_broken_rule_is_noticed() -> None:
    broken = Graph() + to_graph(export(BARE, form="cpsv-ap"))
    service = next(broken.subjects(RDF.type, CPSV.PublicService))
    broken.remove((service, CV.hasCompetentAuthority, None))
    broken.remove((service, DCT.title, None))
    broken.add((service, DCT.title, Literal("ohne Sprache")))
    assert len(broken_rules(broken)) == 2


def test_title_and_description_are_in_both_languages(graph: Graph) -> None:
    assert set(graph.objects(SERVICE, DCT.title)) == {
        Literal("Wohnsitz anmelden", lang="de"),
        Literal("Registering an address", lang="en"),
    }
    assert len(set(graph.objects(SERVICE, DCT.description))) == 2


def test_a_service_without_a_summary_is_described_by_its_name() -> None:
    bare = to_graph(export(BARE, form="cpsv-ap"))
    assert list(bare.objects(URIRef(f"{BASE}api/v1/services/bare"), DCT.description)) == [
        Literal("Ohne alles", lang="de")
    ]


def test_fees_are_amounts_in_euro_and_a_range_is_told_in_words(graph: Graph) -> None:
    costs = list(graph.objects(SERVICE, CV.hasCost))
    assert len(costs) == 2
    assert [float(value) for cost in costs for value in graph.objects(cost, CV.hasValue)] == [12.0]
    assert {str(value) for cost in costs for value in graph.objects(cost, CV.currency)} == {
        "http://publications.europa.eu/resource/authority/currency/EUR"
    }
    told = {str(text) for cost in costs for text in graph.objects(cost, DCT.description) if text.language == "en"}
    assert told == {"registering: €12.00", "€1.50 to €9.00"}


def test_documents_rules_and_law_are_things_of_their_own(graph: Graph) -> None:
    evidence = list(graph.objects(SERVICE, CPSV.hasInput))
    assert {str(title) for one in evidence for title in graph.objects(one, DCT.title)} == {
        *("Personalausweis", "Bestätigung des Vermieters", "Identity card", "Letter of the landlord")
    }
    assert len(evidence) == 2
    assert len(list(graph.objects(SERVICE, CV.hasLegalResource))) == 2
    (rule,) = graph.objects(SERVICE, CPSV.follows)
    assert graph.value(rule, DCT.title) == Literal("Fristen", lang="de")
    (requirement,) = graph.objects(SERVICE, CV.holdsRequirement)
    assert len(list(graph.objects(requirement, DCT.description))) == 2


def test_only_a_plain_duration_is_a_processing_time(graph: Graph) -> None:
    (duration,) = graph.objects(SERVICE, CV.processingTime)
    assert str(duration) == "P14D"


def test_offices_are_the_competent_authority_else_the_town() -> None:
    found = to_graph(export(FULL, BARE, form="cpsv-ap"))
    authorities = {str(one).removeprefix(BASE) for one in found.objects(SERVICE, CV.hasCompetentAuthority)}
    assert authorities == {"api/v1/services#office-buergerbuero", "api/v1/services#office-lager%2Fs%C3%BCd"}
    bare = URIRef(f"{BASE}api/v1/services/bare")
    assert found.value(bare, CV.hasCompetentAuthority) == URIRef(f"{BASE}api/v1/services#town")
    assert found.value(bare, CV.contactPoint) == URIRef(f"{BASE}api/v1/services#town-contact")
