"""Sentences of a message, and courtesies around them."""

import numpy as np
import pytest
from rasa.nlu.tokenizers.tokenizer import Token

from bot.nlu.features import learn_vocabulary
from bot.nlu.linear import LinearModel
from bot.nlu.sentences import Kinds, combine, frame, split_questions, split_sentences
from bot.nlu.tokenizer import load_blank

COURTESIES = frozenset({"greet"})


def sentences(text: str) -> list[str]:
    tokens = [Token(token.text, token.idx) for token in load_blank("de")(text) if not token.is_space]
    return [text[part[0].start : part[-1].end] for part in split_sentences(tokens, text) if part]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Guten Tag. Was kostet das?", ["Guten Tag.", "Was kostet das?"]),
        ("Guten Tag\nWas kostet das", ["Guten Tag", "Was kostet das"]),
        ("Halle Nr. 5 ist zu. Warum?", ["Halle Nr. 5 ist zu.", "Warum?"]),
        ("Hilfe!!! Wo?", ["Hilfe!!!", "Wo?"]),
        ("ohne Zeichen", ["ohne Zeichen"]),
        ("", []),
    ],
)
def test_sentences_end_at_marks_and_line_breaks(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def questions(text: str) -> list[str]:
    tokens = [Token(token.text, token.idx) for token in load_blank("de")(text) if not token.is_space]
    return [text[part[0].start : part[-1].end] for part in split_questions(split_sentences(tokens, text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Was kostet er und wie lange dauert das?", ["Was kostet er", "wie lange dauert das"]),
        ("Adresse, Öffnungszeiten", ["Adresse", "Öffnungszeiten"]),
        ("Ich war da, es war zu. Was kostet er, und geht das online?", ["Was kostet er", "geht das online"]),
        ("Was kostet er, weil ich kein Geld habe?", ["Was kostet er"]),
        (
            "ich war da und es war zu und dann bin ich wieder gegangen und jetzt ist alles sehr schwierig für mich",
            [],
        ),
        ("", []),
    ],
)
def test_a_message_is_parted_where_it_may_ask_several_things(text: str, expected: list[str]) -> None:
    assert questions(text) == expected


def model() -> LinearModel:
    vocabulary = learn_vocabulary([["la"]], min_count=1)
    return LinearModel(("ask_fees", "greet"), vocabulary, np.zeros((1, 2)), np.zeros(2), 1.0)


def test_a_courtesy_gives_way_to_anything_else() -> None:
    scores = [np.array([-1.0, 2.0]), np.array([0.1, -1.0])]
    assert combine(scores, model(), Kinds(courtesies=COURTESIES)).tolist() == [0.1, -1.0]


def test_courtesies_alone_count() -> None:
    scores = [np.array([-1.0, 2.0]), np.array([-0.5, 1.0])]
    assert combine(scores, model(), Kinds(courtesies=COURTESIES)).tolist() == [-0.5, 2.0]


def story_model() -> LinearModel:
    vocabulary = learn_vocabulary([["la"]], min_count=1)
    return LinearModel(("ask_fees", "crisis", "find_service"), vocabulary, np.zeros((1, 3)), np.zeros(3), 1.0)


def test_the_story_around_a_question_does_not_hide_it() -> None:
    story, question = np.array([-2.0, -3.0, 4.0]), np.array([1.5, -3.0, 0.5])
    combined = combine([story, question], story_model(), Kinds(background="find_service", asking=["ask_fees"]))
    assert combined.tolist() == question.tolist()


def test_a_story_counts_where_the_question_is_not_clear() -> None:
    story, question = np.array([-2.0, -3.0, 4.0]), np.array([0.1, -0.5, 0.0])
    combined = combine([story, question], story_model(), Kinds(background="find_service", asking=["ask_fees"]))
    assert combined.tolist() == [0.1, -0.5, 4.0]


def test_an_emergency_in_the_story_is_not_passed_over() -> None:
    story, question = np.array([-2.0, 3.0, 4.0]), np.array([1.5, -3.0, 0.5])
    kinds = Kinds(background="find_service", asking=["ask_fees"], urgent=["crisis"])
    combined = combine([story, question], story_model(), kinds)
    assert combined.tolist() == [1.5, 3.0, 0.5]


LABELS = ["greet", "thanks", *["ask_fees"] * 40, "greet", "thanks", *["ask_fees"] * 40]
LANGUAGES = [*["de"] * 42, *["en"] * 42]


def test_courtesies_are_put_around_in_the_same_language() -> None:
    framed = frame(LABELS, LANGUAGES, openings=COURTESIES, closings=frozenset({"thanks"}), share=1.0)
    assert [index for index, _ in framed] == [index for index, label in enumerate(LABELS) if label == "ask_fees"]
    for index, row in framed:
        assert index in row
        assert len(row) > 1
        assert {LANGUAGES[part] for part in row} == {LANGUAGES[index]}


def test_only_the_share_is_framed_and_always_the_same() -> None:
    options = {"openings": COURTESIES, "closings": frozenset({"thanks"}), "share": 0.3}
    framed = frame(LABELS, LANGUAGES, **options)
    assert 10 < len(framed) < 40
    assert framed == frame(LABELS, LANGUAGES, **options)


def test_nothing_is_framed_without_courtesies() -> None:
    assert frame(["ask_fees"], ["de"], openings=COURTESIES, closings=COURTESIES, share=1.0) == []
