from typing import Any

import pytest

from bot.catalogue.lookup import Lookup, Question, Thresholds, look_up
from bot.catalogue.search import SearchIndex
from tests.catalogue.records import service

INDEX = SearchIndex(
    [
        service("pass", "Reisepass", keywords=["Pass"]),
        service("pass-vorlaeufig", "Vorläufiger Reisepass"),
        service("parken", "Bewohnerparkausweis", keywords=["Parken", "Anwohnerparken"]),
        service("wohnen", "Wohngeld", keywords=["Mietzuschuss"]),
        service("niederlassung-a", "Niederlassungserlaubnis für Fachkräfte"),
        service("niederlassung-b", "Niederlassungserlaubnis für Selbständige"),
        service("niederlassung-c", "Niederlassungserlaubnis nach Familiennachzug"),
    ]
)
THRESHOLDS = Thresholds(answer=0.5, choice=0.25)


def ask(text: str, **more: Any) -> Lookup:
    return look_up(INDEX, Question(text=text, **({"language": "de", "facet": "find"} | more)), THRESHOLDS)


def test_a_clear_question_is_answered() -> None:
    assert ask("Wohngeld") == Lookup(kind="service", services=("wohnen",))


def test_several_plausible_services_become_a_choice() -> None:
    found = ask("Niederlassungserlaubnis")
    assert found.kind == "choices"
    assert set(found.services) == {"niederlassung-a", "niederlassung-b", "niederlassung-c"}


def test_a_choice_has_two_to_four_services() -> None:
    assert 2 <= len(ask("Niederlassungserlaubnis").services) <= 4


def test_nothing_plausible_is_unknown() -> None:
    assert ask("Mitternachtsformel").kind == "unknown"


@pytest.mark.parametrize("text", ["und was kostet das?", "wie lange dauert es", "Was kostet der denn für zwei Jahre?"])
def test_a_follow_up_stays_with_the_service_talked_about(text: str) -> None:
    assert ask(text, facet="fees", current="parken").services == ("parken",)


def test_a_follow_up_without_a_service_is_unknown() -> None:
    assert ask("und was kostet das?", facet="fees").kind == "unknown"


def test_a_new_service_replaces_the_old_one() -> None:
    assert ask("und was kostet ein Reisepass?", facet="fees", current="parken").services == ("pass",)


def test_words_of_one_offered_service_choose_it() -> None:
    found = ask("den vorläufigen", offered=("pass", "pass-vorlaeufig"))
    assert found == Lookup(kind="service", services=("pass-vorlaeufig",))


def test_a_new_question_is_not_taken_for_a_choice() -> None:
    assert ask("Wohngeld", offered=("pass", "pass-vorlaeufig")).services == ("wohnen",)


def test_a_facet_asked_while_a_choice_is_open_is_about_the_likeliest_service() -> None:
    found = ask("und was kostet das?", facet="fees", offered=("pass", "pass-vorlaeufig"))
    assert found == Lookup(kind="service", services=("pass",))


def test_one_word_that_several_services_have_in_their_names_is_asked_back() -> None:
    index = SearchIndex(
        [service("a", "Parkausweis für Anwohner"), service("b", "Parkausweis für Gäste"), service("pass", "Reisepass")]
    )
    found = look_up(index, Question(text="Parkausweis", language="de", facet="fees"), THRESHOLDS)
    assert (found.kind, set(found.services)) == ("choices", {"a", "b"})


def test_one_word_that_is_the_whole_name_of_a_service_is_answered() -> None:
    index = SearchIndex(
        [service("a", "Parkausweis"), service("b", "Parkausweis für Gäste"), service("pass", "Reisepass")]
    )
    found = look_up(index, Question(text="Parkausweis", language="de", facet="fees"), THRESHOLDS)
    assert found == Lookup(kind="service", services=("a",))
