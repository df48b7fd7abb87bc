"""Languages of short messages (short_messages/<code>.txt, 2–5 words, written for this) and of whole conversations.

The words of other languages (bot/text/words/other) have the same author as these messages; what strangers write will
be recognised less often. What must not happen, ours taken for a foreign language, is measured on everything we have.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.text.identify import identify

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MESSAGES = {file.stem: file.read_text(encoding="utf-8").splitlines() for file in HERE.glob("short_messages/*.txt")}
OURS = ("de", "en")
CONVERSATIONS = yaml.safe_load((HERE / "conversations.yml").read_text(encoding="utf-8"))
ANNOTATION = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")

# Share of messages whose language is named, rightly and wrongly, with nothing but the message to go by.
RIGHT = {"de": 0.97, "en": 0.95}
WRONG = 0.01
OTHER = 0.97  # said to be none of ours
OTHER_NAMED = 0.92  # and which
FALSE_ALARMS = 0.005


def test_the_set_is_large_enough() -> None:
    assert min(len(MESSAGES[language]) for language in OURS) >= 400
    assert sum(len(messages) for code, messages in MESSAGES.items() if code not in OURS) >= 150
    assert len(MESSAGES) >= 12
    assert all(2 <= len(message.split()) <= 5 for language in OURS for message in MESSAGES[language])


@pytest.mark.parametrize("language", OURS)
def test_short_messages_are_recognised_without_a_conversation(language: str) -> None:
    named = [identify(message).language for message in MESSAGES[language]]
    assert named.count(language) / len(named) >= RIGHT[language]
    assert sum(name not in (language, None) for name in named) / len(named) <= WRONG


@pytest.mark.parametrize("language", OURS)
def test_the_first_message_on_a_page_in_its_language_is_hardly_ever_taken_for_the_other(language: Any) -> None:
    named = [identify(message, previous=language, first=True).language for message in MESSAGES[language]]
    assert sum(name not in (language, None) for name in named) / len(named) <= WRONG


def test_other_languages_are_recognised() -> None:
    found = [(code, identify(text).other) for code, texts in MESSAGES.items() if code not in OURS for text in texts]
    assert sum(other is not None for _code, other in found) / len(found) >= OTHER
    assert sum(other == code for code, other in found) / len(found) >= OTHER_NAMED


def test_ours_is_hardly_ever_taken_for_another_language() -> None:
    sentences = [*_training_sentences(), *_questions(), *MESSAGES["de"], *MESSAGES["en"]]
    assert len(sentences) > 20_000
    alarms = [sentence for sentence in sentences if identify(sentence).other is not None]
    assert len(alarms) / len(sentences) <= FALSE_ALARMS, alarms


@pytest.mark.parametrize(
    "text",
    [
        "Giuseppe-Verdi-Straße", "Rue de Paris 12", "Avenue Charles de Gaulle", "Nguyen Thi Mai", "Özlem Yıldız",
        "Maria dos Santos", "José Carlos da Silva", "Wójcik Agnieszka", "Jan van Dijk", "Ana Maria Popescu",
        "Pizzeria Bella Napoli", "Santa Maria", "Da Vinci Schule", "α", "reisepas verlengern", "Kita Casa Nova",
        "ich wohne in der Rue de la Paix", "my name is Ngoc Anh Tran", "ick wees nich wat dat kost",
        "Arzu Demir, Görlitzer Straße 5", "???", "asdf jklö", "🙂🙂", "x",
    ],
)  # fmt: skip
def test_names_streets_and_mistakes_are_no_foreign_language(text: str) -> None:
    assert identify(text).other is None


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=lambda conversation: conversation["name"])
def test_a_conversation_keeps_its_language_until_somebody_writes_in_the_other(conversation: Any) -> None:
    """As web does it, without a pinned language: what cannot be told leaves the language as it is."""
    language = conversation["page"]
    for number, turn in enumerate(conversation["turns"]):
        text, expected = turn.rsplit(" → ", 1)
        language = identify(text, previous=language, first=number == 0).language or language
        assert (text, language) == (text, expected)


def _training_sentences() -> list[str]:
    return [
        ANNOTATION.sub(r"\1", line.strip().removeprefix("- "))
        for file in sorted((ROOT / "data" / "nlu").glob("*/*.yml"))
        for block in yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["nlu"]
        for line in block.get("examples", "").splitlines()
    ]


def _questions() -> list[str]:
    files = sorted((ROOT / "tests" / "questions").glob("*.jsonl"))
    rows = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return [text for row in rows for text in ([row["q"]] if "q" in row else [turn["user"] for turn in row["turns"]])]
