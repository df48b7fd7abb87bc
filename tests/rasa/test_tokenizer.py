"""Tokens and lemmas by spaCy."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy
from rasa.shared.nlu.training_data.message import Message

from bot.errors import TrainingDataError
from bot.nlu import tokenizer
from bot.nlu.tokenizer import LemmaTokenizer


def make(**config: Any) -> LemmaTokenizer:
    return LemmaTokenizer({**LemmaTokenizer.get_default_config(), **config})


def lemmas(tokens: LemmaTokenizer, text: str, language: str) -> list[str]:
    message = Message({"text": text, "metadata": {"language": language}})
    return [token.lemma for token in tokens.tokenize(message, "text")]


def test_lemmas_are_those_of_the_language() -> None:
    tokens = make()
    assert lemmas(tokens, "Die Gebühren kosteten", "de") == ["der", "Gebühr", "kosten"]
    assert lemmas(tokens, "The fees were paid", "en") == ["The", "fee", "be", "pay"]


def test_tokens_know_where_they_stand_and_white_space_is_none() -> None:
    text = "Was  kostet\n\ndas?"
    found = make().tokenize(Message({"text": text}), "text")
    assert [token.text for token in found] == ["Was", "kostet", "das", "?"]
    assert all(text[token.start : token.end] == token.text for token in found)


def test_training_examples_are_tokenised_too() -> None:
    message = Message({"text": "hallo welt", "intent": "greet"})
    make().process([message])
    assert [token.text for token in message.get("text_tokens")] == ["hallo", "welt"]


@pytest.fixture
def installed_model(tmp_path: Path) -> Path:
    """A spaCy model with vectors, as de_core_news_md is one, but tiny."""
    pipeline = spacy.blank("de")
    pipeline.add_pipe("lemmatizer", config={"mode": "lookup"})
    pipeline.initialize()
    pipeline.vocab.set_vector("reisepass", np.ones(4, dtype=np.float32))
    pipeline.to_disk(tmp_path / "tiny")
    return tmp_path / "tiny"


def test_an_installed_model_takes_the_place_of_the_tables(installed_model: Path) -> None:
    tokens = make(models={"de": str(installed_model)})
    assert lemmas(tokens, "Die Gebühren", "de") == ["der", "Gebühr"]
    assert tokens._pipelines["de"].vocab.vectors_length == 4
    assert tokens._pipelines["en"] is tokenizer.load_blank("en")


def test_a_model_that_is_not_installed_is_named() -> None:
    with pytest.raises(
        TrainingDataError, match=r"config\.yml: the spaCy model de_core_news_md for de is not installed"
    ):
        make(models={"de": "de_core_news_md"})


def test_a_model_for_an_unknown_language_is_refused() -> None:
    with pytest.raises(TrainingDataError, match="models for fr; languages are de, en"):
        make(models={"fr": "fr_core_news_md"})


def test_words_of_citizens_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokenizer, "MAX_NEW_WORDS", 100)
    tokens = make()
    start = len(tokens._pipelines["en"].vocab.strings)
    for number in range(250):
        lemmas(tokens, f"xwort{number}", "en")
    assert len(tokens._pipelines["en"].vocab.strings) - start < 150
    assert lemmas(tokens, "fees", "en") == ["fee"]
