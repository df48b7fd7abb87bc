from bot.catalogue.importers.internal import Traces, find_internal
from bot.catalogue.importers.vocabulary import load_vocabulary
from bot.text.html import Block

VOCABULARY = load_vocabulary("de")
NOTE = Block("paragraph", "Nur für Kollegen.")


def traces(name: str = "Etwas", *description: Block, signs: bool = False) -> Traces:
    return Traces(name=name, description=description, signs=signs)


def internal(**rows: Traces) -> set[str]:
    return set(find_internal(rows.items(), VOCABULARY))


def full(**rows: Traces) -> set[str]:
    """Among services that are described well."""
    return internal(**rows, **{f"good{number}": traces(signs=True) for number in range(10)})


def test_row_nobody_wrote_about_is_internal() -> None:
    assert full(counter=traces("Abholung 35")) == {"counter"}


def test_note_among_colleagues_is_no_description() -> None:
    assert full(counter=traces("Fundgrube", NOTE)) == {"counter"}


def test_any_sign_of_publication_makes_a_service() -> None:
    assert full(service=traces("Test für Hunde", signs=True)) == set()


def test_structured_or_long_text_makes_a_service() -> None:
    structured = traces("Punkte", Block("heading", "Allgemeines"), NOTE)
    long = traces("Beratung", Block("paragraph", "Wort " * 200))
    assert full(structured=structured, long=long) == set()


def test_bare_names_prove_nothing_where_all_rows_are_bare() -> None:
    rows = {"a": traces("Reisepass"), "b": traces("Ummeldung"), "c": traces("Wartenummer Nord"), "d": traces("SB Pass")}
    assert internal(**rows) == {"c", "d"}


def test_no_rows_no_internal_ones() -> None:
    assert internal() == set()
