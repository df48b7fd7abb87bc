"""Insults, and messages in languages we do not know."""

import pytest
from sqlalchemy import Engine

from actions.answer_abuse import AnswerAbuse
from actions.answer_other_language import AnswerOtherLanguage
from actions.answer_service import AnswerService
from actions.source import CatalogueSource
from bot.catalogue.lookup import Thresholds
from tests.actions.test_actions import act, fill
from tests.catalogue.records import PASSPORT


async def test_the_first_insult_is_answered_calmly_the_next_ones_with_a_human() -> None:
    replies, insults = [], None
    for _ in range(3):
        said, slots = await act(AnswerAbuse(), "du idiot", intent="abuse", insults=insults)
        insults = slots["insults"]
        replies += [message["response"] for message in said]
    assert replies == ["utter_abuse", "utter_abuse_again", "utter_abuse_again"]
    assert insults == 3


@pytest.fixture
def source(engine: Engine) -> CatalogueSource:
    fill(engine, PASSPORT)
    return CatalogueSource(engine, Thresholds(answer=0.5, choice=0.25))


@pytest.mark.parametrize("text", ["????", "🙂🙂", "..."])
async def test_signs_alone_are_declined_with_what_we_can_do(source: CatalogueSource, text: str) -> None:
    said, slots = await act(AnswerService(source), text, intent="nlu_fallback", ranking=[("abuse", 0.2)])
    assert [message["response"] for message in said] == ["utter_out_of_scope"]
    assert "insults" not in slots


async def test_an_insult_that_is_not_quite_sure_counts_as_well(source: CatalogueSource) -> None:
    said, slots = await act(
        AnswerService(source), "so ein Blödian", intent="nlu_fallback", ranking=[("abuse", 0.6)], insults=1
    )
    assert [message["response"] for message in said] == ["utter_abuse_again"]
    assert slots["insults"] == 2


@pytest.mark.parametrize("text", ["nerede kayıt olabilirim", "мне нужна помощь", "où dois-je aller"])
async def test_another_language_is_answered_with_one_reply_and_no_service(source: CatalogueSource, text: str) -> None:
    said, slots = await act(AnswerOtherLanguage(source), text, intent="other_language")
    assert [message["response"] for message in said] == ["utter_other_language"]
    assert slots == {}


async def test_a_service_named_in_german_is_offered_beside_it(source: CatalogueSource) -> None:
    said, _slots = await act(AnswerOtherLanguage(source), "Reisepass için ne lazım", intent="other_language")
    assert said[0]["response"] == "utter_other_language"
    [choice] = said[1]["custom"]["choices"]
    assert said[1]["custom"]["outcome"] == "unknown"
    assert choice["entities"]["service"] == "reisepass"
