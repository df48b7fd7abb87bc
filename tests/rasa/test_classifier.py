"""What the trained small project understands, and how its model is kept."""

import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import InMemoryTrackerStore

from bot.nlu.classifier import QuestionClassifier, number
from bot.nlu.deviations.actions import ActionEndpoint
from bot.nlu.deviations.processor import TurnProcessor
from tests.rasa.conftest import train


@pytest.fixture(scope="module")
def processor(model: Path) -> MessageProcessor:
    return TurnProcessor(model, action_endpoint=ActionEndpoint("http://127.0.0.1:1", timeout=1))


async def understand(processor: MessageProcessor, text: str, language: str = "de") -> dict[str, Any]:
    return await processor.parse_message(UserMessage(text, metadata={"language": language}))


@pytest.mark.parametrize(
    ("text", "language", "intent"),
    [
        ("was kostet ein hundeführerschein", "de", "ask_fees"),
        ("what is the fee for a fishing licence", "en", "ask_fees"),
        ("welche unterlagen für die einbürgerung", "de", "ask_documents"),
        ("Welche Gebuer zahle ich", "de", "ask_fees"),
        ("GEBÜHR FÜR DEN PASS", "de", "ask_fees"),
        ("schreib mir ein rezept", "de", "out_of_scope"),
        ("hello", "en", "greet"),
    ],
)
async def test_intents_carry_over_to_other_services_and_spellings(
    processor: MessageProcessor, text: str, language: str, intent: str
) -> None:
    assert (await understand(processor, text, language))["intent"]["name"] == intent


@pytest.mark.parametrize("spelling", ["Gebühr für die Eheschließung", "gebuehr fuer die eheschliessung"])
async def test_umlauts_may_be_written_out(processor: MessageProcessor, spelling: str) -> None:
    plain = await understand(processor, "gebühr für die eheschließung")
    parsed = await understand(processor, spelling)
    assert parsed["intent"] == plain["intent"]


@pytest.mark.parametrize(
    "text",
    [
        "Guten Tag. Was kostet ein Reisepass?",
        "Guten Tag! Was kostet ein Reisepass? Vielen Dank.",
        "hallo was kostet ein reisepass danke",
        "Guten Morgen\n\nwas kostet ein reisepass\n\nAuf Wiedersehen",
    ],
)
async def test_courtesy_does_not_hide_the_question(processor: MessageProcessor, text: str) -> None:
    assert (await understand(processor, text))["intent"]["name"] == "ask_fees"


@pytest.mark.parametrize("text", ["Ja genau. Was kostet ein Reisepass?", "Nein. Was kostet ein Reisepass?"])
async def test_a_yes_or_no_does_not_hide_the_question(processor: MessageProcessor, text: str) -> None:
    assert (await understand(processor, text))["intent"]["name"] == "ask_fees"


async def test_courtesy_alone_is_understood_as_such(processor: MessageProcessor) -> None:
    assert (await understand(processor, "Guten Tag. Hallo!"))["intent"]["name"] == "greet"


async def test_the_sentence_that_asks_decides(processor: MessageProcessor) -> None:
    text = "Ich war lange krank und habe vieles liegen gelassen. Mein Sohn hilft mir jetzt dabei. Was kostet ein Pass?"
    assert (await understand(processor, text))["intent"]["name"] == "ask_fees"


@pytest.mark.parametrize("text", ["👍", "???", "\u200b"])
async def test_nothing_known_is_a_fallback(processor: MessageProcessor, text: str) -> None:
    parsed = await understand(processor, text)
    assert parsed["intent"]["name"] == "nlu_fallback"
    assert len(parsed["intent_ranking"]) == 7


@pytest.mark.parametrize("text", ["привет как дела", "مرحبا", "nerede kayıt olabilirim"])
async def test_another_language_is_understood_as_such(processor: MessageProcessor, text: str) -> None:
    assert (await understand(processor, text))["intent"] == {"name": "other_language", "confidence": 1.0}


RANKING = [{"name": "find_service", "confidence": 0.6}, {"name": "crisis", "confidence": 0.3}]


@pytest.mark.parametrize(
    ("urgent", "threshold", "intent"),
    [
        ({}, 0.4, "find_service"),
        ({"crisis": 0.25}, 0.4, "crisis"),
        ({"crisis": 0.35}, 0.4, "find_service"),
        ({"crisis": 0.35}, 0.7, "nlu_fallback"),
        ({"crisis": 0.25}, 0.7, "crisis"),
    ],
)
def test_an_urgent_intent_goes_before_a_likelier_one(urgent: dict[str, float], threshold: float, intent: str) -> None:
    config = {**QuestionClassifier.get_default_config(), "urgent": urgent, "threshold": threshold}
    assert QuestionClassifier(config, None, None)._decide(RANKING, None)["name"] == intent  # type: ignore[arg-type]


@pytest.mark.parametrize(("thresholds", "intent"), [({}, "find_service"), ({"find_service": 0.8}, "nlu_fallback")])
def test_an_intent_may_have_a_threshold_of_its_own(thresholds: dict[str, float], intent: str) -> None:
    config = {**QuestionClassifier.get_default_config(), "thresholds": thresholds}
    assert QuestionClassifier(config, None, None)._decide(RANKING, None)["name"] == intent  # type: ignore[arg-type]


@pytest.mark.parametrize(("urgent", "intent"), [({}, "other_language"), ({"crisis": 0.25}, "crisis")])
def test_another_language_has_its_intent_unless_it_is_urgent(urgent: dict[str, float], intent: str) -> None:
    config = {**QuestionClassifier.get_default_config(), "urgent": urgent, "other_language": "other_language"}
    assert QuestionClassifier(config, None, None)._decide(RANKING, "tr")["name"] == intent  # type: ignore[arg-type]


async def test_another_language_is_named_beside_the_one_to_answer_in(processor: MessageProcessor) -> None:
    parsed = await understand(processor, "nerede kayıt olabilirim", "de")
    assert {entity["entity"]: entity["value"] for entity in parsed["entities"]} == {
        "language": "de",
        "other_language": "tr",
    }


async def test_ranking_is_sorted_and_adds_up_to_what_is_named(processor: MessageProcessor) -> None:
    ranking = (await understand(processor, "was kostet ein reisepass"))["intent_ranking"]
    confidences = [intent["confidence"] for intent in ranking]
    assert confidences == sorted(confidences, reverse=True)
    # A retrieval intent is named with its likeliest question alone.
    assert 0.9 < sum(confidences) <= 1.0 + 1e-5
    assert all(type(confidence) is float for confidence in confidences)


async def test_retrieval_intent_names_its_question(processor: MessageProcessor) -> None:
    parsed = await understand(processor, "kann ich mit kreditkarte zahlen")
    assert parsed["intent"]["name"] == "faq"
    assert parsed["intent"]["full_retrieval_intent_name"] == "faq/payment_methods"
    assert parsed["response_selector"]["faq"]["response"]["utter_action"] == "utter_faq/payment_methods"


async def test_language_is_taken_from_the_sender_before_the_text(processor: MessageProcessor) -> None:
    parsed = await understand(processor, "How much does a passport cost?", "de")
    assert [entity["value"] for entity in parsed["entities"]] == ["de"]


async def test_language_is_identified_where_the_sender_names_none(processor: MessageProcessor) -> None:
    parsed = await processor.parse_message(UserMessage("How much does a passport cost?"))
    assert [(entity["entity"], entity["value"]) for entity in parsed["entities"]] == [("language", "en")]


async def test_longest_message_is_understood(processor: MessageProcessor) -> None:
    parsed = await understand(processor, ("was kostet ein reisepass " * 50)[:1000])
    assert parsed["intent"]["name"] == "ask_fees"


def test_archive_holds_no_pickle(model: Path, tmp_path: Path) -> None:
    with tarfile.open(model) as archive:
        archive.extractall(tmp_path)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} <= {".json", ".npz", ".yml", ".yaml", ".md"}
    for path in files:
        if path.suffix == ".npz":
            with np.load(path, allow_pickle=False) as arrays:
                assert all(arrays[name].dtype != object for name in arrays.files)


async def test_model_answers_the_same_under_stock_rasa(model: Path, processor: MessageProcessor) -> None:
    stock = MessageProcessor(model, InMemoryTrackerStore(None), None, None)  # type: ignore[arg-type]
    for text in ("was kostet ein reisepass", "danke", "kann ich mit karte zahlen"):
        expected = await stock.parse_message(UserMessage(text, metadata={"language": "de"}))
        parsed = await understand(processor, text)
        assert parsed["intent_ranking"] == expected["intent_ranking"]


def test_training_twice_gives_the_same_model(project: Path, model: Path) -> None:
    again = train(project, "again")
    assert _arrays(model).keys() == _arrays(again).keys()
    for name, array in _arrays(model).items():
        assert np.array_equal(array, _arrays(again)[name]), name


def _arrays(model: Path) -> dict[str, np.ndarray]:
    with tarfile.open(model) as archive:
        [member] = [member for member in archive.getmembers() if member.name.endswith(".npz")]
        file = archive.extractfile(member)
        assert file is not None
        path = model.with_suffix(".npz")
        path.write_bytes(file.read())
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def test_what_is_asked_at_once_has_its_place() -> None:
    ranking = [{"name": "ask_fees", "confidence": 0.9}, {"name": "faq", "confidence": 0.1}]
    probabilities = {"ask_fees": 0.9, "faq": 0.1, "ask_online": 0.001}
    assert number(ranking, ["ask_online", "ask_fees"], probabilities) == [
        {"name": "ask_fees", "confidence": 0.9, "place": 2},
        {"name": "faq", "confidence": 0.1},
        {"name": "ask_online", "confidence": 0.001, "place": 1},
    ]
    assert number(ranking, ["ask_fees"], probabilities) == ranking
