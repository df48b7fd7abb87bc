import pytest

from bot.catalogue.importers.links import classify, collect
from bot.catalogue.importers.record import Link, LinkKind
from bot.catalogue.importers.vocabulary import load_vocabulary

VOCABULARY = load_vocabulary("de")


@pytest.mark.parametrize(
    ("title", "url", "kind"),
    [
        ("Antrag auf Bewohnerparken", "https://a.example/antrag.pdf", "form"),
        ("Vollmacht", "https://a.example/dam/v.docx?x=1", "form"),
        ("Verlust melden", "https://a.example/intelliform/forms/1", "form"),
        ("Online-Antrag", "https://a.example/a", "online"),
        ("Führerschein online beantragen", "https://a.example/a", "online"),
        ("Online-Antrag (zum Ausdrucken)", "https://a.example/a.pdf", "form"),
        ("Merkblatt zum Antrag", "https://a.example/m.pdf", "information"),
        ("Online-Terminvereinbarung", "https://a.example/terminvereinbarung", "information"),
        ("Termin online buchen", "https://a.example/x", "information"),
        ("Kontaktformular", "https://a.example/intelliform/forms/kontakt", "information"),
        ("Ministerium", "https://a.example", "information"),
    ],
)
def test_link_is_sorted_by_title_and_address(title: str, url: str, kind: LinkKind) -> None:
    assert classify(title, url, VOCABULARY) == kind


def test_same_address_is_taken_once() -> None:
    links = collect(
        [("A", "https://a.example"), ("B", "https://a.example"), ("C", "https://c.example")], "X", VOCABULARY
    )
    assert [link.title for link in links] == ["A", "C"]


def test_links_under_every_service_and_links_without_address_are_left_out() -> None:
    given = [("Datenschutzerklärung", "https://a.example/d"), ("Impressum", "https://a.example/i"), ("Leer", "")]
    assert collect(given, "X", VOCABULARY) == ()


@pytest.mark.parametrize("title", ["hier", "Hier.", "", "Website"])
def test_title_that_says_nothing_becomes_the_name_of_the_service(title: str) -> None:
    assert collect([(title, "https://a.example")], "Hundesteuer", VOCABULARY) == (
        Link(title="Hundesteuer", url="https://a.example"),
    )
