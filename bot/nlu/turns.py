"""One turn: what the citizen wrote or chose goes in, what the bot answers and the next state come out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.shared.core.trackers import DialogueStateTracker

from bot.language import Language
from bot.nlu.buttons import custom_of
from bot.nlu.deviations.actions import ActionEndpoint
from bot.nlu.deviations.privacy import plain_text
from bot.nlu.deviations.processor import TurnProcessor
from bot.nlu.sources import say_source
from bot.nlu.state import StateStore
from bot.text.references import read_reference

FALLBACK_INTENT = "nlu_fallback"
REFER_INTENT = "refer"
POINTED_AT = ("offered", "others", "earlier")  # slots of services that were offered or talked about


@dataclass(frozen=True)
class Choice:
    """A button the citizen pressed: the intent it stands for, and its entities by name."""

    intent: str
    entities: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Turn:
    """One message of a citizen. Exactly one of `text` and `choice` is given."""

    conversation: str
    language: Language
    text: Optional[str]
    choice: Optional[Choice]
    context: Mapping[str, str]
    state: Optional[Any]


@dataclass(frozen=True)
class Reply:
    """What to tell the citizen, what was understood, and the state to send with the next turn."""

    outputs: list[dict[str, Any]]
    understanding: dict[str, Any]
    state: dict[str, Any]


class Dialogue:
    """A trained model that takes turns. It keeps nothing of a conversation."""

    def __init__(self, model: Path, *, action_endpoint: ActionEndpoint) -> None:
        self._processor = TurnProcessor(model, action_endpoint=action_endpoint)
        self._states = StateStore(self._processor.domain)

    def knows(self, choice: Choice) -> bool:
        """True if the model has the intent and entities of `choice`, and the intent needs no text to be answered."""
        domain = self._processor.domain
        answerable = set(domain.intents) - set(domain.retrieval_intents)
        return choice.intent in answerable and set(choice.entities) <= set(domain.entities)

    async def take(self, turn: Turn) -> Reply:
        """Answer `turn`.

        Raises:
            DialogueStateError: `turn.state` cannot be read.
            ActionsUnavailableError: a custom action could not be run.
        """
        tracker = self._states.open(
            turn.state, conversation=turn.conversation, context={**turn.context, "language": turn.language}
        )
        text = plain_text(turn.text or "")
        outputs = _Outputs()
        message = UserMessage(text, outputs, turn.conversation, metadata={"language": turn.language})
        if turn.choice is not None:
            message.parse_data = _parsed_choice(turn.choice, language=turn.language)
        elif not text:
            message.parse_data = _parsed("", FALLBACK_INTENT, {"language": turn.language}, confidence=0.0)
        elif _points_back(text, turn.language, tracker):
            message.parse_data = _parsed(text, REFER_INTENT, {"language": turn.language}, confidence=1.0)
        await self._processor._handle_message_with_tracker(message, tracker)
        tracker = await self._processor.run_action_extract_slots(outputs, tracker)
        await self._processor._run_prediction_loop(outputs, tracker)
        await self._add_sources(outputs, tracker, turn.language)
        return Reply(outputs.collected, _understanding(tracker, turn.language), self._states.close(tracker))

    async def _add_sources(self, outputs: "_Outputs", tracker: DialogueStateTracker, language: Language) -> None:
        for metadata in outputs.metadata:
            said = await say_source(metadata, tracker, self._processor.nlg, channel=outputs.name(), language=language)
            outputs.collected += [said] if said else []


class _Outputs(OutputChannel):
    """Collects what the bot says, and the metadata of its replies."""

    def __init__(self) -> None:
        self.collected: list[dict[str, Any]] = []
        self.metadata: list[Any] = []

    @classmethod
    def name(cls) -> str:
        return "stadtlotse"

    async def send_response(self, _recipient_id: str, message: dict[str, Any]) -> None:
        self.collected.append(
            {
                "text": message.get("text") or None,
                "response": message.get("utter_action"),
                "custom": custom_of(message),
            }
        )
        self.metadata.append(message.get("metadata"))


def _points_back(text: str, language: Language, tracker: DialogueStateTracker) -> bool:
    """True for "den zweiten" while there is something it can mean.

    The classifier does not see the dialogue, and there is nothing else in such a message that it could understand.
    """
    return any(tracker.get_slot(slot) for slot in POINTED_AT) and read_reference(text, language).picks


def _parsed_choice(choice: Choice, *, language: Language) -> dict[str, Any]:
    return _parsed("", choice.intent, {**choice.entities, "language": language}, confidence=1.0)


def _parsed(text: str, intent: str, entities: Mapping[str, str], *, confidence: float) -> dict[str, Any]:
    found = {"name": intent, "confidence": confidence}
    return {
        "text": text,
        "intent": found,
        "intent_ranking": [found],
        "entities": [{"entity": name, "value": value} for name, value in entities.items()],
    }


def _understanding(tracker: DialogueStateTracker, language: Language) -> dict[str, Any]:
    parsed = tracker.latest_message.parse_data
    intent = parsed["intent"]
    return {
        "intent": intent.get("full_retrieval_intent_name") or intent["name"],
        "confidence": round(float(intent["confidence"]), 4),
        "language": language,
        "entities": {entity["entity"]: entity["value"] for entity in parsed["entities"]},
    }
