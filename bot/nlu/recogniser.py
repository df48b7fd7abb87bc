"""Pipeline component: which language a message is in, as the entity `language`, and as `other_language` if not ours."""

from typing import Any, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.language import DEFAULT_LANGUAGE, Language, is_language
from bot.text.foreign import recognise_other
from bot.text.identify import identify

LANGUAGE = "language"
OTHER_LANGUAGE = "other_language"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class LanguageRecogniser(GraphComponent):
    """Takes the language the sender names in `metadata`, otherwise identifies it from the text.

    The sender names one of ours: the language to answer in, whatever the message is in.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],  # noqa: ARG003 - Rasa's interface
        model_storage: ModelStorage,  # noqa: ARG003 - Rasa's interface
        resource: Resource,  # noqa: ARG003 - Rasa's interface
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa's interface
    ) -> "LanguageRecogniser":
        """A new component (see the interface)."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities; they span no characters."""
        for message in messages:
            found = {LANGUAGE: language_of(message), OTHER_LANGUAGE: recognise_other(message.get(TEXT) or "")}
            entities = [
                {"entity": name, "value": value, "start": 0, "end": 0, "extractor": "language"}
                for name, value in found.items()
                if value is not None
            ]
            message.set(ENTITIES, [*(message.get(ENTITIES) or []), *entities], add_to_output=True)
        return messages


def language_of(message: Message) -> Language:
    """The language of a message or a training example; German where nothing speaks for another."""
    named = (message.get("metadata") or {}).get(LANGUAGE)
    if is_language(named):
        return named
    return identify(message.get(TEXT) or "").language or DEFAULT_LANGUAGE


def other_language_of(message: Message) -> Optional[str]:
    """The language of a processed message that is in none of ours: "tr"."""
    found = message.get(ENTITIES) or []
    return next((entity["value"] for entity in found if entity["entity"] == OTHER_LANGUAGE), None)
