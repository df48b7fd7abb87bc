"""Pipeline component: words and their lemmas, by spaCy, in the language of the message."""

from functools import lru_cache
from typing import Any

import spacy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message
from spacy.language import Language as Pipeline

from bot.errors import TrainingDataError
from bot.language import LANGUAGES, Language
from bot.nlu.recogniser import language_of

# spaCy keeps every word it has seen. A worker that runs for months starts anew before that matters.
MAX_NEW_WORDS = 200_000


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class LemmaTokenizer(Tokenizer):
    """Tokens with lemmas from spaCy's lookup tables, or from an installed spaCy model named in the setting `models`."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        models = config["models"] or {}
        unknown = sorted(set(models) - set(LANGUAGES))
        if unknown:
            raise TrainingDataError(
                f"config.yml: models for {', '.join(unknown)}; languages are {', '.join(LANGUAGES)}"
            )
        self._models: dict[str, str] = models
        self._pipelines = {language: self._load(language) for language in LANGUAGES}
        self._known_words = {language: len(pipeline.vocab.strings) for language, pipeline in self._pipelines.items()}

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`models`: language code → name of an installed spaCy model."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None, "models": {}}

    @staticmethod
    def required_packages() -> list[str]:
        """Python packages this component needs."""
        return ["spacy", "spacy_lookups_data"]

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """The tokens of one attribute, white space left out."""
        text = message.get(attribute)
        document = self._pipeline(language_of(message))(text)
        tokens = [
            Token(token.text, token.idx, lemma=token.lemma_ or token.text) for token in document if not token.is_space
        ]
        return self._apply_token_pattern(tokens)

    def _pipeline(self, language: Language) -> Pipeline:
        pipeline = self._pipelines[language]
        if len(pipeline.vocab.strings) - self._known_words[language] > MAX_NEW_WORDS:
            load_blank.cache_clear()
            pipeline = self._pipelines[language] = self._load(language)
        return pipeline

    def _load(self, language: Language) -> Pipeline:
        name = self._models.get(language)
        if name is None:
            return load_blank(language)
        try:
            return spacy.load(name, exclude=["parser", "ner"])
        except OSError as error:
            raise TrainingDataError(f"config.yml: the spaCy model {name} for {language} is not installed") from error


@lru_cache(maxsize=None)
def load_blank(language: Language) -> Pipeline:
    """The rule-based pipeline of a language, with lemmas from spacy-lookups-data; shared in a process."""
    pipeline = spacy.blank(language)
    pipeline.add_pipe("lemmatizer", config={"mode": "lookup"})
    pipeline.initialize()
    return pipeline
