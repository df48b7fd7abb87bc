from typing import Any

import pytest

from bot.catalogue.context import Context
from bot.catalogue.lookup import Lookup, Question, Thresholds, look_up
from bot.catalogue.search import Hit, Ranking, SearchIndex
from bot.language import Language
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


def ask(
    text: str, *, language: Language = "de", facet: float = 0.0, reaction: Any = None, about: str = "", **context: Any
) -> Lookup:
    question = Question(
        text=text, language=language, facet=facet, reaction=reaction, about=about, context=Context(**context)
    )
    return look_up(INDEX, question, THRESHOLDS)


def test_a_clear_question_is_answered() -> None:
    found = ask("Wohngeld")
    assert (found.kind, found.services, found.goes_on) == ("service", ("wohnen",), False)


def test_several_plausible_services_become_a_choice() -> None:
    found = ask("Niederlassungserlaubnis")
    assert found.kind == "choices"
    assert set(found.services) == {"niederlassung-a", "niederlassung-b", "niederlassung-c"}


def test_two_services_nearly_as_likely_are_both_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    def rank(second: float) -> Ranking:
        hits = (Hit("pass", "Reisepass", 0.7), Hit("parken", "Bewohnerparkausweis", 0.2))
        return Ranking(hits, (0.9, second), {})

    for second, kind in ((0.5, "choices"), (0.1, "service")):
        ranking = rank(second)
        monkeypatch.setattr(INDEX, "rank", lambda *_args, ranking=ranking, **_options: ranking)
        found = ask("Karte für die Reise")
        assert (found.kind, found.services[0]) == (kind, "pass")


def test_a_service_whose_name_is_said_has_no_rival_that_shares_some_words(monkeypatch: pytest.MonkeyPatch) -> None:
    hits = (Hit("pass-vorlaeufig", "Vorläufiger Reisepass", 0.7), Hit("parken", "Bewohnerparkausweis", 0.3))
    ranking = Ranking(hits, (0.9, 0.6), {})
    monkeypatch.setattr(INDEX, "rank", lambda *_args, **_options: ranking)
    assert ask("vorläufiger Reisepass").services == ("pass-vorlaeufig",)
    assert ask("vorläufiger Reisepass oder Bewohnerparkausweis").kind == "choices"
    assert ask("der vorläufige").kind == "choices"


def test_one_word_of_several_names_is_answered_where_it_surely_means_one(monkeypatch: pytest.MonkeyPatch) -> None:
    hits = [Hit(f"niederlassung-{letter}", f"Niederlassungserlaubnis {letter}", 0.02) for letter in "ab"]
    named = frozenset(hit.id for hit in hits)
    for first, score, kind in (
        ("pass", 0.95, "service"),
        ("pass", 0.6, "choices"),
        ("niederlassung-c", 0.95, "choices"),
    ):
        ranking = Ranking((Hit(first, first, score), *hits), (1.0, 0.02, 0.02), {}, named | {"niederlassung-c"})
        monkeypatch.setattr(INDEX, "rank", lambda *_args, ranking=ranking, **_options: ranking)
        assert ask("Niederlassungserlaubnis").kind == kind


def test_a_choice_has_two_to_four_services() -> None:
    assert 2 <= len(ask("Niederlassungserlaubnis").services) <= 4


def test_nothing_plausible_is_unknown() -> None:
    assert ask("Mitternachtsformel").kind == "unknown"


@pytest.mark.parametrize("text", ["und was kostet das?", "wie lange dauert es", "Was kostet der denn für zwei Jahre?"])
def test_a_follow_up_stays_with_the_service_talked_about(text: str) -> None:
    assert ask(text, facet=0.95, current="parken").services == ("parken",)


def test_a_follow_up_without_a_service_is_unknown() -> None:
    assert ask("und was kostet das?", facet=0.95).kind == "unknown"


def test_a_new_service_replaces_the_old_one() -> None:
    assert ask("und was kostet ein Reisepass?", facet=0.95, current="parken").services == ("pass",)


def test_words_of_one_offered_service_choose_it() -> None:
    found = ask("den vorläufigen", offered=("pass", "pass-vorlaeufig"))
    assert (found.kind, found.services) == ("service", ("pass-vorlaeufig",))
    assert found.goes_on


def test_a_new_question_is_not_taken_for_a_choice() -> None:
    assert ask("Wohngeld", offered=("pass", "pass-vorlaeufig")).services == ("wohnen",)


def test_a_facet_asked_while_a_choice_is_open_is_about_the_likeliest_service() -> None:
    found = ask("und was kostet das?", facet=0.95, offered=("pass", "pass-vorlaeufig"))
    assert (found.kind, found.services) == ("service", ("pass",))


def test_one_word_that_several_services_have_in_their_names_is_asked_back() -> None:
    index = SearchIndex(
        [service("a", "Parkausweis für Anwohner"), service("b", "Parkausweis für Gäste"), service("pass", "Reisepass")]
    )
    found = look_up(index, Question(text="Parkausweis", language="de", facet=0.95), THRESHOLDS)
    assert (found.kind, set(found.services)) == ("choices", {"a", "b"})


def test_one_word_that_is_the_whole_name_of_a_service_is_answered() -> None:
    index = SearchIndex(
        [service("a", "Parkausweis"), service("b", "Parkausweis für Gäste"), service("pass", "Reisepass")]
    )
    found = look_up(index, Question(text="Parkausweis", language="de", facet=0.95), THRESHOLDS)
    assert (found.kind, found.services) == ("service", ("a",))


PASSES = ("pass", "pass-vorlaeufig", "parken")


@pytest.mark.parametrize(
    ("text", "language", "service"),
    [
        ("den ersten", "de", "pass"),
        ("Nummer 2 bitte", "de", "pass-vorlaeufig"),
        ("ja, das dritte", "de", "parken"),
        ("den letzten", "de", "parken"),
        ("the second one", "en", "pass-vorlaeufig"),
        ("the secnd one please", "en", "pass-vorlaeufig"),
        ("2", "en", "pass-vorlaeufig"),
        ("number nine", "en", None),
    ],
)
def test_a_place_in_the_choice_names_a_service(text: str, language: Language, service: str | None) -> None:
    assert ask(text, language=language, offered=PASSES).services == ((service,) if service else ())


def test_a_place_beyond_the_choice_is_the_last_one() -> None:
    assert ask("das vierte", offered=("pass", "pass-vorlaeufig")).services == ("pass-vorlaeufig",)


def test_a_place_where_nothing_was_offered_means_nothing() -> None:
    assert ask("den zweiten").kind == "unknown"


@pytest.mark.parametrize(("text", "reaction"), [("ja", "yes"), ("ja genau", "yes"), ("na freilich doch", "yes")])
def test_a_yes_to_a_choice_answers_the_likeliest(text: str, reaction: str) -> None:
    found = ask(text, reaction=reaction, offered=("pass", "pass-vorlaeufig"))
    assert (found.services, found.others) == (("pass",), ("pass", "pass-vorlaeufig"))


def test_a_no_to_a_choice_answers_nothing() -> None:
    assert ask("nein", reaction="no", offered=("pass", "pass-vorlaeufig")).kind == "unknown"


def test_a_yes_or_no_after_an_answer_is_no_question() -> None:
    assert ask("ja", reaction="yes", current="pass").kind == "unknown"
    assert ask("nein danke", reaction="no", current="pass").kind == "unknown"


def test_the_other_one_is_what_was_offered_beside_the_one_answered() -> None:
    found = ask("nein, das andere", reaction="no", current="pass", others=("pass", "pass-vorlaeufig"))
    assert (found.services, found.goes_on) == (("pass-vorlaeufig",), True)


def test_the_other_one_of_several_is_asked_back_after_an_answer() -> None:
    found = ask("the other one", language="en", current="pass", others=PASSES)
    assert (found.kind, found.services) == ("choices", ("pass-vorlaeufig", "parken"))


def test_a_correction_leaves_what_was_talked_about() -> None:
    found = ask("nein, ich meinte den vorläufigen", current="pass", others=("pass", "pass-vorlaeufig"))
    assert (found.services, found.goes_on) == (("pass-vorlaeufig",), True)


def test_what_is_negated_is_not_looked_for() -> None:
    assert ask("ich meinte das Wohngeld, nicht den Reisepass", current="parken").services == ("wohnen",)
    assert ask("nicht den Reisepass, sondern Wohngeld", current="pass").services == ("wohnen",)
    assert ask("Es geht um Wohngeld, nicht um den Reisepass").services == ("wohnen",)


def test_one_can_go_back_to_what_was_talked_about() -> None:
    assert ask("zurück zum Pass", current="parken", earlier=("wohnen", "pass")).services == ("pass",)
    assert ask("zurück", current="parken", earlier=("wohnen", "pass")).services == ("wohnen",)
    assert ask("back to the Pass", language="en", current="parken", earlier=("pass",)).services == ("pass",)


def test_who_goes_back_does_not_mean_what_is_talked_about() -> None:
    found = ask("zurück zum Reisepass", current="pass-vorlaeufig", earlier=("pass",))
    assert found.services == ("pass",)


def test_what_is_offered_is_meant_only_where_the_words_say_so() -> None:
    assert ask("Mietzuschuss", offered=("pass", "pass-vorlaeufig")).services == ("wohnen",)


@pytest.mark.parametrize(("text", "expected"), [("die für Ehrenamtliche", "parken"), ("Ehrenamtliche", "wohnen")])
def test_what_leaves_out_its_thing_is_about_a_kind_of_what_is_talked_about(
    text: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = Ranking((Hit("wohnen", "Wohngeld", 0.95),), (1.0,), {})
    beside = [Hit("pass", "Reisepass", 0.3), Hit("parken", "Bewohnerparkausweis", 0.6)]
    monkeypatch.setattr(INDEX, "rank", lambda *_args, **_options: alone)
    monkeypatch.setattr(INDEX, "search", lambda *_args, **_options: beside)
    assert ask(text, current="pass", about="Reisepass").services == (expected,)


def test_the_same_is_asked_about_another_service() -> None:
    found = ask("und für den Reisepass?", current="parken", about="Bewohnerparkausweis")
    assert (found.services, found.goes_on) == (("pass",), True)
    assert not ask("Ich brauche einen Reisepass", current="parken", about="Bewohnerparkausweis").goes_on


def test_one_question_back_is_enough() -> None:
    first = ask("Niederlassungserlaubnis")
    assert first.kind == "choices"
    again = ask("Niederlassungserlaubnis", offered=first.services)
    assert again.kind == "service"
    assert set(again.others) == set(first.services)


@pytest.mark.parametrize("text", ["ist die in vier Wochen fertig?", "was nehmt ihr dafür pro Stück"])
def test_a_facet_asked_in_words_that_name_nothing_is_about_what_is_talked_about(text: str) -> None:
    assert ask(text, facet=0.98, current="parken").services == ("parken",)


def test_words_nobody_knows_are_not_taken_for_more_about_the_service() -> None:
    assert ask("Mitternachtsformel", current="pass").kind == "unknown"


def test_a_correction_of_few_words_goes_on_with_what_was_talked_about() -> None:
    index = SearchIndex(
        [service("an", "Gewerbe anmelden"), service("ab", "Gewerbe abmelden"), service("hund", "Hund anmelden")]
    )
    question = Question(
        text="nein, ich meinte anmelden", language="de", context=Context(current="ab"), about="Gewerbe abmelden"
    )
    assert look_up(index, question, THRESHOLDS).services == ("an",)


def test_who_goes_back_asks_about_that_behind_the_colon() -> None:
    found = ask("Zurück zum Reisepass: wie ist das mit dem Parken?", current="parken", earlier=("pass",))
    assert found.services == ("pass",)
