"""Pipeline component: which language a message is in, as the entity `language`."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.language import DEFAULT_LANGUAGE, Language, is_language
from bot.text.identify import identify

LANGUAGE = "language"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class LanguageRecogniser(GraphComponent):
    """Takes the language the sender names in `metadata`, otherwise identifies it from the text."""

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
        """Add the entity; it spans no characters."""
        for message in messages:
            entity = {"entity": LANGUAGE, "value": language_of(message), "start": 0, "end": 0, "extractor": "language"}
            message.set(ENTITIES, [*(message.get(ENTITIES) or []), entity], add_to_output=True)
        return messages


def language_of(message: Message) -> Language:
    """The language of a message or a training example; German where nothing speaks for another."""
    named = (message.get("metadata") or {}).get(LANGUAGE)
    if is_language(named):
        return named
    return identify(message.get(TEXT) or "").language or DEFAULT_LANGUAGE
