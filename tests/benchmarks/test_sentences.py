from pathlib import Path

import pytest

from benchmarks.sentences import read_sentences
from bot.errors import NotFoundError

FILE = 'version: "3.1"\nnlu:\n  - intent: {intent}\n    examples: |\n      - {first}\n      - {second}\n'


@pytest.fixture
def folder(tmp_path):
    for language in ("de", "en"):
        (tmp_path / language).mkdir()
        for intent in ("ask_fees", "faq/contact", "greet"):
            text = FILE.format(intent=intent, first=f"{language} {intent}", second="/restart")
            (tmp_path / language / f"{intent.replace('/', '_')}.yml").write_text(text)
    return tmp_path


def test_same_name_gives_the_same_conversation(folder):
    sentences = read_sentences(folder)
    assert sentences.conversation("a 1", turns=20) == sentences.conversation("a 1", turns=20)


def test_names_give_different_conversations(folder):
    sentences = read_sentences(folder)
    assert len({sentences.conversation(f"a {number}", turns=20) for number in range(10)}) > 5


def test_conversation_stays_in_its_language_and_mixes_kinds(folder):
    sentences = read_sentences(folder)
    conversations = [sentences.conversation(str(number), turns=60) for number in range(20)]
    assert {conversation.language for conversation in conversations} == {"de", "en"}
    for conversation in conversations:
        assert {text.split()[0] for text in conversation.texts} == {conversation.language}
        assert {text.split()[1] for text in conversation.texts} == {"ask_fees", "faq/contact", "greet"}


def test_commands_of_stock_rasa_are_left_out(folder):
    assert len(read_sentences(folder)) == 6


def test_kind_without_sentences_is_named(folder):
    (folder / "en" / "faq_contact.yml").unlink()
    with pytest.raises(NotFoundError, match="en: no sentences of the kind faq"):
        read_sentences(folder)


def test_held_out_sentences_of_the_project_have_every_kind():
    assert len(read_sentences(Path(__file__).parents[1] / "nlu")) > 500
