from string import Formatter

import pytest

from bot.language import DEFAULT_LANGUAGE, LANGUAGES, Language
from bot.phrases import load_phrases
from bot.text.personal_data import KINDS
from bot.web.i18n import say_masked, say_unavailable


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("topic", ["system", "personal_data"])
def test_languages_have_the_same_sentences_and_placeholders(topic: str, language: Language) -> None:
    own, expected = load_phrases(topic, language), load_phrases(topic, DEFAULT_LANGUAGE)
    assert {key: placeholders(text) for key, text in own.items()} == {
        key: placeholders(text) for key, text in expected.items()
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_personal_data_has_a_name(language: Language) -> None:
    assert set(load_phrases("personal_data", language)) == {kind.name for kind in KINDS}


def test_sentences_are_filled() -> None:
    assert "05999 400-0" in say_unavailable(language="de", phone="05999 400-0")
    assert say_masked(("phone", "iban"), language="en").endswith("phone number, IBAN.")
