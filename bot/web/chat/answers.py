"""Asks the worker and makes one message of what it says; a sentence of the system when it says nothing."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import structlog

from bot.catalogue.importers.record import Town
from bot.conversations.choices import make_choice_token
from bot.conversations.outcomes import Outcome, outcome_of_response
from bot.conversations.records import UNCHANGED, Progress, StoredChoice, StoredConversation, StoredMessage
from bot.errors import DialogueStateError, UnavailableError, WorkerUnavailableError
from bot.language import Language
from bot.text.personal_data import without_markers
from bot.web.dialogue import NO_STATE, ChoiceMeaning, Custom, Dialogue, Output, TurnAnswer, TurnRequest
from bot.web.i18n import say_masked, say_unavailable

log = structlog.get_logger(__name__)


async def answer_message(
    conversation: StoredConversation,
    message: StoredMessage,
    *,
    meaning: StoredChoice | None,
    dialogue: Dialogue,
    town: Town,
) -> tuple[StoredMessage, Progress]:
    """The next message of the conversation, an answer to the citizen's `message`, and what it changes.

    `meaning` is what the pressed button means, if one was pressed. A worker or action server that is down, slow or
    talks nonsense makes a message of the system, not an error: the citizen must not wait for nothing.
    """
    request = TurnRequest(
        conversation=conversation.id,
        language=message.language,
        text=None if meaning else without_markers(message.text),
        choice=ChoiceMeaning(intent=meaning.intent, entities=meaning.entities) if meaning else None,
        context={"town": town.name, "phone": town.phone, "town_url": town.url},
        state=msgspec.Raw(conversation.state.encode()) if conversation.state else NO_STATE,
    )
    number = conversation.last_number + 1
    try:
        turn = await _turn(dialogue, request)
        answer, progress = _bot_message(turn, number=number, language=message.language), _progress(turn)
    except (UnavailableError, DialogueStateError) as error:
        log.warning("turn_failed", error=type(error).__name__, reason=str(error))
        answer = _system_message(number=number, language=message.language, phone=town.phone)
        progress = UNCHANGED
    if message.masked:
        hidden = say_masked(message.masked, language=answer.language, is_kept=conversation.mode != "bot")
        answer = replace(answer, text=f"{hidden}\n\n{answer.text}")
    return replace(answer, reply_to=message.number), progress


async def _turn(dialogue: Dialogue, request: TurnRequest) -> TurnAnswer:
    """One turn; a worker that cannot read the stored state, as after an update, is asked again without it."""
    try:
        return await dialogue.turn(request)
    except DialogueStateError:
        if request.state == NO_STATE:
            raise
        log.warning("dialogue_state_dropped")
    return await dialogue.turn(msgspec.structs.replace(request, state=NO_STATE))


def _bot_message(turn: TurnAnswer, *, number: int, language: Language) -> StoredMessage:
    """One message of all outputs: texts joined by a blank line, the rest from the `custom` that carries it."""
    customs = [output.custom for output in turn.outputs if output.custom is not None]
    texts = [output.text.strip() for output in turn.outputs if output.text and output.text.strip()]
    card = next((custom.card for custom in customs if custom.card is not None), None)
    if not texts and card is None:
        raise WorkerUnavailableError("the worker said nothing that a citizen could read")
    spoken = next((custom.language or custom.set_language for custom in customs), None)
    return StoredMessage(
        number=number,
        role="bot",
        language=spoken or language,
        outcome=_outcome(turn.outputs, customs),
        text="\n\n".join(texts).replace("\x00", ""),  # PostgreSQL stores no NUL
        at=datetime.now(UTC),
        card=None if card is None else msgspec.to_builtins(card),
        choices=tuple(
            StoredChoice(
                token=make_choice_token(number),
                title=choice.title,
                intent=choice.intent,
                entities=choice.entities,
            )
            for custom in customs
            for choice in custom.choices
        ),
        understanding=turn.understanding,
    )


def _outcome(outputs: Iterable[Output], customs: Iterable[Custom]) -> Outcome:
    """What an action says counts; otherwise the first reply that means something."""
    named = (custom.outcome for custom in customs)
    meant = (outcome_of_response(output.response) for output in outputs if output.response)
    return next((outcome for outcome in (*named, *meant) if outcome), "unknown")


def _progress(turn: TurnAnswer) -> Progress:
    switched = next((output.custom.set_language for output in turn.outputs if output.custom), None)
    return Progress(state=bytes(turn.state).decode(), language=switched, pins_language=True if switched else None)


def _system_message(*, number: int, language: Language, phone: str) -> StoredMessage:
    return StoredMessage(
        number=number,
        role="system",
        language=language,
        outcome="unknown",
        text=say_unavailable(language=language, phone=phone),
        at=datetime.now(UTC),
    )
