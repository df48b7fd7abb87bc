import pytest

from bot.catalogue.brief import LONGEST, begin


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        ("", ""),
        ("Eins. Zwei. Drei.", "Eins. Zwei. Drei."),
        ("Eins. Zwei. Drei. Vier.", "Eins. Zwei. Drei."),
        ("Eins.\n\nZwei.\n\nDrei.\n\nVier.", "Eins.\n\nZwei.\n\nDrei."),
        ("Bringen Sie z. B. den Pass mit. Bis zum 1. Mai gilt das. Nach § 5 Abs. 2 Nr. 1 auch. Mehr nicht.",
         "Bringen Sie z. B. den Pass mit. Bis zum 1. Mai gilt das. Nach § 5 Abs. 2 Nr. 1 auch."),
        ("Das gilt i.d.R. Montags nicht. Zwei. Drei. Vier.", "Das gilt i.d.R. Montags nicht. Zwei. Drei."),
        # A heading says nothing alone.
        ("Allgemeine Informationen\nEins. Zwei. Drei. Vier.", "Allgemeine Informationen\nEins. Zwei. Drei."),
        ("Eins. Zwei. Drei.\n\nKinder:\n- ab 6 Jahren", "Eins. Zwei. Drei."),
        ("Eins. Zwei. Das brauchen Sie:\nVier. Fünf.", "Eins. Zwei. Das brauchen Sie:\nVier."),
        # Documents and fees are whole up to a dozen.
        ("\n".join(f"- Nummer {n}" for n in range(12)), "\n".join(f"- Nummer {n}" for n in range(12))),
        ("\n".join(f"- Nummer {n}" for n in range(13)), "\n".join(f"- Nummer {n}" for n in range(12))),
        ("14 Jahre: 352 Euro\n" * 3 + "Eins. Zwei. Drei.", "14 Jahre: 352 Euro\n" * 3 + "Eins. Zwei."),
        ("Für Kinder:\n- Ausweis\n- Foto\n\nEins. Zwei. Drei.", "Für Kinder:\n- Ausweis\n- Foto\n\nEins. Zwei."),
        ("- Kommen Sie her. Bringen Sie etwas mit. Warten Sie.\n- Gehen Sie.",
         "- Kommen Sie her. Bringen Sie etwas mit. Warten Sie."),
    ],
)  # fmt: skip
def test_the_first_sentences_or_items_are_said(text: str, beginning: str) -> None:
    assert begin(text) == beginning


def test_one_sentence_is_said_however_long_it_is() -> None:
    long = f"Das ist {'sehr ' * 200}lang."
    assert begin(f"{long} Danach mehr.") == long


def test_long_sentences_are_fewer() -> None:
    sentence = f"Das ist {'sehr ' * 60}lang."
    assert len(sentence) < LONGEST < 2 * len(sentence)
    assert begin(f"{sentence} {sentence} {sentence}") == sentence


def test_fewer_sentences_can_be_asked_for() -> None:
    assert begin("Eins. Zwei. Drei.", sentences=2) == "Eins. Zwei."


@pytest.mark.parametrize("text", ["Nur Wörter", "Kinder:", "\n\n", "Erstens:\nZweitens:\nDrittens:"])
def test_what_is_only_a_heading_is_whole(text: str) -> None:
    assert begin(text) == text
