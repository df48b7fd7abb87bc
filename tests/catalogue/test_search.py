import pytest

from bot.catalogue.search import SearchIndex
from tests.catalogue.records import service

SERVICES = (
    service(
        "pass", "Reisepass", keywords=["Pass"], summary="Für Reisen außerhalb der Europäischen Union.", en="Passport"
    ),
    service(
        "pass-vorlaeufig",
        "Vorläufiger Reisepass",
        keywords=["Notpass"],
        summary="Ein Reisepass, der sofort fertig ist.",
    ),
    service("an", "Fahrzeug anmelden", keywords=["Auto", "Kfz-Zulassung"], en="Register a vehicle"),
    service("ab", "Fahrzeug abmelden", keywords=["Auto", "Stilllegung"], en="Deregister a vehicle"),
    service("hund", "Hundesteuer", keywords=["Hund anmelden"], en="Dog tax"),
    service(
        "fuehrerschein",
        "Umtausch des Führerscheins",
        keywords=["alter Führerschein"],
        summary="Alte Führerscheine werden umgetauscht.",
    ),
    service("schalter", "Reisepass Schalter 7", internal=True),
)


@pytest.fixture(scope="module")
def index() -> SearchIndex:
    return SearchIndex(SERVICES)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Reisepass", "de", "pass"),
        ("ich brauche einen neuen pass", "de", "pass"),
        ("vorläufiger reisepass", "de", "pass-vorlaeufig"),
        ("auto abmelden", "de", "ab"),
        ("mein auto anmelden", "de", "an"),
        ("fuehrerscheinumtausch", "de", "fuehrerschein"),
        ("alten Fuhrerschein umtauschen", "de", "fuehrerschein"),
        ("raisepass", "de", "pass"),
        ("hundestuer", "de", "hund"),
        ("steuer für den hund", "de", "hund"),
        ("deregister my vehicle", "en", "ab"),
        ("how much is the Reisepass", "en", "pass"),
    ],
)
def test_the_service_asked_for_comes_first(index: SearchIndex, text: str, language: str, expected: str) -> None:
    assert index.search(text, language)[0].id == expected  # type: ignore[arg-type]


def test_internal_counters_come_after_the_service(index: SearchIndex) -> None:
    ids = [hit.id for hit in index.search("Reisepass Schalter", "de")]
    assert ids.index("pass") < ids.index("schalter")


def test_words_the_catalogue_does_not_know_find_nothing(index: SearchIndex) -> None:
    assert index.search("Mitternachtsformel Quantenphysik", "de") == []


@pytest.mark.parametrize("text", ["", "???", "und was kostet das?", "🙂", "1 2 3"])
def test_a_question_without_content_finds_nothing(index: SearchIndex, text: str) -> None:
    assert index.search(text, "de") == []


def test_scores_are_probabilities_in_falling_order(index: SearchIndex) -> None:
    scores = [hit.score for hit in index.search("Reisepass", "de")]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_a_full_name_scores_higher_than_one_word_of_a_long_question(index: SearchIndex) -> None:
    clear = index.search("Fahrzeug abmelden", "de")[0].score
    vague = index.search("Gestern fuhr ein fremdes Auto gegen unseren Gartenzaun und zerstörte alle Blumen", "de")[
        0
    ].score
    assert clear > 0.5 > vague


def test_the_name_is_in_the_language_of_the_question_where_there_is_one(index: SearchIndex) -> None:
    assert index.search("Hundesteuer", "en")[0].name == "Dog tax"
    assert index.search("Umtausch Führerschein", "en")[0].name == "Umtausch des Führerscheins"


def test_limit_and_among_narrow_the_hits(index: SearchIndex) -> None:
    assert len(index.search("Reisepass", "de", limit=1)) == 1
    assert [hit.id for hit in index.search("Reisepass", "de", among=["pass-vorlaeufig"])] == ["pass-vorlaeufig"]


def test_an_empty_catalogue_finds_nothing() -> None:
    assert SearchIndex([]).search("Reisepass", "de") == []
