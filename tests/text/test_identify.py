import pytest

from bot.text.identify import identify


@pytest.mark.parametrize(
    "text",
    [
        "wo muss ich hin",
        "Reisepass verlängern",
        "hund angemeldet was jetzt",
        "Ich brauche eine Meldebescheinigung",
        "gibts das auch online",
        "wann habt ihr auf",
        "müll nicht abgeholt",
    ],
)
def test_german_is_recognised(text: str) -> None:
    assert identify(text).language == "de"


@pytest.mark.parametrize(
    "text",
    [
        "where do I have to go",
        "renew my passport",
        "what does the Anmeldung cost",
        "i lost my Führerschein yesterday",
        "opening hours please",
        "can my wife do it for me",
    ],
)
def test_english_is_recognised_also_with_german_terms(text: str) -> None:
    assert identify(text).language == "en"


@pytest.mark.parametrize("text", ["", "🙂🙂", "12345", "Привет, как дела", "你好"])
def test_what_tells_no_language_names_none(text: str) -> None:
    assert identify(text).language is None


def test_one_german_term_does_not_switch_an_english_conversation() -> None:
    assert identify("Anmeldung", previous="en").language != "de"


def test_a_whole_sentence_does_switch() -> None:
    assert identify("Können wir bitte auf Deutsch weiter schreiben", previous="en").language == "de"


def test_confidence_is_a_probability() -> None:
    assert 0.75 <= identify("wo muss ich hin").confidence <= 1
