from decimal import Decimal

from bot.catalogue.exporters.linked import address_of, fees_of, service_iri, side_by_side
from bot.catalogue.importers.record import Fee, ServiceText


def test_ids_with_odd_characters_stay_one_part_of_an_address() -> None:
    assert service_iri("a/b:ü?#%") == "/api/v1/services/a%2Fb%3A%C3%BC%3F%23%25"


def test_an_address_holds_nothing_that_breaks_it() -> None:
    assert address_of('https://town.example/ä b"<?q=1&r=%20#x') == "https://town.example/%C3%A4%20b%22%3C?q=1&r=%20#x"


def test_lists_of_the_same_length_go_side_by_side() -> None:
    assert side_by_side({"de": ["Foto", "Ausweis"], "en": ["Photo", "Card"]}) == [
        {"de": "Foto", "en": "Photo"},
        {"de": "Ausweis", "en": "Card"},
    ]


def test_lists_of_different_lengths_are_not_mixed() -> None:
    assert side_by_side({"de": ["Foto", "Ausweis"], "en": ["Photo"]}) == [{"de": "Foto"}, {"de": "Ausweis"}]
    assert side_by_side({"de": [], "en": ["Photo"]}) == [{"en": "Photo"}]
    assert side_by_side({}) == []


def test_fees_with_other_amounts_are_no_translation() -> None:
    german = ServiceText(name="a", fees=(Fee(label="Karte", amount=Decimal(5)),))
    same = ServiceText(name="a", fees=(Fee(label="card", amount=Decimal("5.00")),))
    other = ServiceText(name="a", fees=(Fee(label="card", amount=Decimal(6)),))
    assert fees_of({"de": german, "en": same}) == [{"de": german.fees[0], "en": same.fees[0]}]
    assert fees_of({"de": german, "en": other}) == [{"de": german.fees[0]}]
    assert fees_of({"de": ServiceText(name="a"), "en": other}) == [{"en": other.fees[0]}]
