"""What an answer is worth, and the shares of it."""

from pathlib import Path
from typing import Any

import pytest

from bot.conversations.evaluation import (
    Asked,
    LabelledMessage,
    judge,
    judge_other,
    measure,
    measure_others,
    measure_parts,
    read_messages,
)
from bot.errors import InputError
from bot.language import Language

PASSPORT_FEES = LabelledMessage(q="was kostet ein pass", ids=("pass", "pass-express"), facet="fees", style="keyword")


def answer(outcome: str, card: dict[str, Any] | None = None, *, language: str = "de", text: str = "") -> dict[str, Any]:
    return {"outcome": outcome, "language": language, "text": text, **({"card": card} if card else {})}


def service(id_: str, *facets: str) -> dict[str, Any]:
    return {"kind": "service", "service": {"id": id_}, "facets": [{"facet": facet} for facet in facets]}


def choices(*ids: str) -> dict[str, Any]:
    return {"kind": "choices", "services": [{"id": id_} for id_ in ids]}


def asked(message: LabelledMessage, answered: dict[str, Any], *, stored: str | None = None) -> Asked:
    language: Language = "de"
    return Asked(message=message, language=language, answer=answered, stored=stored or message.q)


@pytest.mark.parametrize(
    ("answered", "result", "cause"),
    [
        (answer("service", service("pass", "fees")), "right", None),
        (answer("service", service("pass-express", "documents", "fees")), "right", None),
        (answer("service", service("pass", "documents")), "wrong", "facet"),
        (answer("service", service("hund", "fees")), "wrong", "service"),
        (answer("choices", choices("hund", "pass")), "offered", None),
        (answer("choices", choices("hund", "katze")), "wrong", "choices"),
        (answer("unknown"), "honest", None),
        (answer("faq", {"kind": "faq", "valid_as_of": "2026-11-22", "source": None}), "wrong", "faq"),
        (answer("out_of_scope"), "wrong", "refusal"),
        (answer("greet"), "wrong", "reply"),
        (answer("service", service("pass", "fees"), language="en"), "wrong_language", None),
    ],
)
def test_the_answer_to_a_question_is_worth_one_thing(answered: dict[str, Any], result: str, cause: str | None) -> None:
    judged = judge(asked(PASSPORT_FEES, answered))
    assert (judged.result, judged.cause) == (result, cause)


def test_any_facet_is_right_where_none_is_labelled_and_one_of_several_is_enough() -> None:
    answered = answer("service", service("pass", "fees"))
    assert judge(asked(LabelledMessage(q="pass", ids=("pass",)), answered)).result == "right"
    both = LabelledMessage(q="preis und dauer", ids=("pass",), facet=("fees", "processing_time"))
    assert judge(asked(both, answered)).result == "right"
    assert judge(asked(both, answered)).facet == "fees+processing_time"


def test_figures_are_shares_of_all_of_a_style_and_of_a_facet() -> None:
    other = LabelledMessage(q="hund", ids=("hund",), facet="find", style="formal")
    judged = [
        judge(asked(PASSPORT_FEES, answer("service", service("pass", "fees")))),
        judge(asked(PASSPORT_FEES, answer("service", service("hund", "fees")))),
        judge(asked(other, answer("choices", choices("hund", "katze")))),
        judge(asked(other, answer("unknown"))),
    ]
    shares = measure(judged)
    assert shares == {"n": 4, "right": 0.25, "offered": 0.25, "honest": 0.25, "wrong": 0.25, "wrong_language": 0.0}
    parts = measure_parts(judged)
    assert parts["all"] == shares
    assert parts["styles"]["keyword"] == parts["facets"]["fees"]
    assert (parts["facets"]["fees"]["n"], parts["facets"]["fees"]["right"]) == (2, 0.5)
    assert {cause for cause, count in parts["causes"].items() if count} == {"service"}
    assert measure([])["n"] == 0


@pytest.mark.parametrize(
    ("kind", "outcome", "right"),
    [
        ("greet", "greet", True),
        ("greet", "faq", False),
        ("oos", "out_of_scope", True),
        ("oos", "unknown", False),
        ("injection", "bot_challenge", True),
        ("injection", "service", False),
        ("crisis", "handoff", False),
    ],
)
def test_other_messages_are_judged_by_their_outcome(kind: str, outcome: str, right: bool) -> None:
    assert judge_other(asked(LabelledMessage(q="…", kind=kind), answer(outcome))).right is right


def test_a_message_with_personal_data_is_right_once_it_is_masked() -> None:
    message = LabelledMessage(q="my number is 0171 1234567", kind="pii")
    assert not judge_other(asked(message, answer("unknown"))).right
    assert judge_other(asked(message, answer("unknown"), stored="my number is [phone]")).right


def test_figures_of_other_messages_name_what_must_not_happen() -> None:
    oos, crisis = LabelledMessage(q="wetter", kind="oos"), LabelledMessage(q="hilfe", kind="crisis")
    switch = LabelledMessage(q="English please", kind="language_switch")
    figures = measure_others(
        [
            judge_other(asked(oos, answer("out_of_scope"))),
            judge_other(asked(oos, answer("service", service("pass", "find")))),
            judge_other(asked(crisis, answer("crisis", text="Rufen Sie 112 an."))),
            judge_other(asked(crisis, answer("crisis", text="Das tut mir leid."))),
            judge_other(asked(switch, answer("language_switch", language="en"))),
        ]
    )
    assert (figures["n"], figures["right"], figures["wrong_language"]) == (5, 0.8, 0.0)
    assert (figures["out_of_scope_answered_with_service"], figures["crisis_signposted"]) == (0.5, 0.5)
    assert figures["kinds"]["oos"] == {"n": 2, "right": 0.5, "outcomes": {"out_of_scope": 1, "service": 1}}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"q": 3}', "line 2"),
        ('{"q": "a"}', "either ids or a kind"),
        ('{"q": "a", "ids": ["1"], "kind": "oos"}', "either ids or a kind"),
        ('{"q": "a", "kind": "weather"}', "kind weather is none of abuse, "),
    ],
)
def test_a_line_that_is_labelled_wrongly_is_named(tmp_path: Path, line: str, problem: str) -> None:
    path = tmp_path / "messages.jsonl"
    path.write_text(f'{{"q": "a", "kind": "oos"}}\n{line}\n', encoding="utf-8")
    with pytest.raises(InputError, match=f"line 2.*{problem}|{problem}"):
        read_messages(path)


def test_a_file_without_messages_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n", encoding="utf-8")
    with pytest.raises(InputError, match="holds no messages"):
        read_messages(tmp_path / "empty.jsonl")
    with pytest.raises(InputError, match="cannot be read"):
        read_messages(tmp_path / "missing.jsonl")
