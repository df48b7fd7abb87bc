"""Pipeline component: the kind of question, and which frequent question it is, by one linear model."""

from collections.abc import Mapping, Sequence
from typing import Any, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import INTENT, RESPONSE_IDENTIFIER_DELIMITER, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.features import extract
from bot.nlu.linear import LinearModel
from bot.nlu.recogniser import language_of, other_language_of
from bot.nlu.sentences import Kinds, combine, frame, split_questions, split_sentences
from bot.text.emergency import is_emergency

RANKING = "intent_ranking"
RESPONSE_SELECTOR = "response_selector"
CLEAR_PART = 0.7  # how likely part of a message must be a question to be one of several


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class QuestionClassifier(GraphComponent, IntentClassifier):
    """Sets intent, ranking and, for a retrieval intent such as `faq/contact`, what Rasa's `utter_faq` needs.

    The confidence is calibrated: of messages understood with 0.8, about 80 % are understood rightly. Below
    `threshold`, or its own one in `thresholds` (refusing takes more than looking something up), the intent is
    `nlu_fallback`; the ranking still names the best guesses. An intent in `urgent` (name: confidence) is taken from its
    own confidence on, even where another is likelier: a missed emergency is worse than a false alarm.
    A message with a sign of an emergency (`bot.text.emergency`) gets the intent `emergency` whatever else is in it; one
    in none of our languages the intent `other_language`, unless it is urgent.
    """

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: Optional[LinearModel] = None
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model
        self._openings = frozenset(config["openings"])
        self._closings = frozenset(config["closings"])
        self._kinds = Kinds(
            courtesies=self._openings | self._closings | frozenset(config["reactions"]),
            background=config["background"],
            asking=frozenset(config["asking"]),
            urgent=frozenset(config["urgent"]),
        )

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`min_count` examples a feature must stand in, `strength` of fitting, `ranking_length` intents named.

        `openings` and `closings` are intents of mere courtesy, with which a `framed` share of examples is learned.
        `reactions` are a yes or a no, which says little beside another sentence: "Ja. Was kostet das?"
        `background` is the intent of a story that is told around a question, `asking` are those of such questions.
        """
        return {
            "min_count": 2,
            "strength": 1.0,
            "threshold": 0.4,
            "urgent": {},
            "thresholds": {},
            "emergency": None,
            "other_language": None,
            "ranking_length": 10,
            "openings": [],
            "closings": [],
            "reactions": [],
            "background": "",
            "asking": [],
            "framed": 0.3,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa's interface
    ) -> "QuestionClassifier":
        """An untrained component (see the interface)."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa's interface
        **_options: Any,
    ) -> "QuestionClassifier":
        """The trained component (see the interface)."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, LinearModel.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from all examples with an intent, and keep the model."""
        from bot.nlu.fitting import fit  # noqa: PLC0415 - scikit-learn is for training only

        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        tokens = [example.get(TOKENS_NAMES[TEXT]) for example in examples]
        labels = [example.get_full_intent() for example in examples]
        framed = frame(
            labels,
            [language_of(example) for example in examples],
            openings=self._openings,
            closings=self._closings,
            share=self._config["framed"],
        )
        self._model = fit(
            [_features(own) for own in tokens],
            labels,
            min_count=self._config["min_count"],
            strength=self._config["strength"],
            variants=[(index, _features([token for part in row for token in tokens[part]])) for index, row in framed],
        )
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Understand each message."""
        for message in messages:
            understanding = self._understand(message)
            decided = self._sign_of_emergency(message) or self._decide(
                understanding[RANKING], other_language_of(message)
            )
            message.set(INTENT, decided, add_to_output=True)
            message.set(RANKING, understanding[RANKING], add_to_output=True)
            message.set(RESPONSE_SELECTOR, understanding[RESPONSE_SELECTOR], add_to_output=True)
        return messages

    def _sign_of_emergency(self, message: Message) -> Optional[dict[str, Any]]:
        if self._config["emergency"] is None or not is_emergency(message.get(TEXT) or ""):
            return None
        return {"name": self._config["emergency"], "confidence": 1.0}

    def _decide(self, ranking: list[dict[str, Any]], other_language: Optional[str]) -> dict[str, Any]:
        for intent in ranking:
            if intent["confidence"] >= self._config["urgent"].get(intent["name"], 2.0):
                return intent
        if other_language is not None and self._config["other_language"] is not None:
            return {"name": self._config["other_language"], "confidence": 1.0}
        best = ranking[0]
        if best["confidence"] < self._config["thresholds"].get(best["name"], self._config["threshold"]):
            return {"name": DEFAULT_NLU_FALLBACK_INTENT_NAME, "confidence": 1.0 - best["confidence"]}
        return best

    def _understand(self, message: Message) -> dict[str, Any]:
        tokens = message.get(TOKENS_NAMES[TEXT]) or []
        sentences = split_sentences(tokens, message.get(TEXT))
        scores = [self._model.scores(_features(sentence)) for sentence in sentences]
        combined = combine(scores, self._model, self._kinds)
        probabilities = self._model.probabilities(combined).tolist()
        by_label = dict(zip(self._model.labels, probabilities, strict=True))
        understanding = rank(by_label, length=self._config["ranking_length"])
        understanding[RANKING] = number(understanding[RANKING], self._asked(sentences), by_label)
        return understanding

    def _asked(self, sentences: Sequence[Sequence[Token]]) -> list[str]:
        """The intents of `asking` that parts of the message have clearly, in order; a message of one part has none."""
        parts = split_questions(sentences)
        if len(parts) < 2:
            return []
        asked = []
        for part in parts:
            probabilities = self._model.probabilities(self._model.scores(_features(part)))
            best = int(probabilities.argmax())
            if probabilities[best] >= CLEAR_PART and self._model.labels[best] in self._kinds.asking:
                asked.append(self._model.labels[best])
        return list(dict.fromkeys(asked))


def rank(probabilities: Mapping[str, float], *, length: int) -> dict[str, Any]:
    """Intents by confidence, and per retrieval intent its frequent questions by confidence.

    A retrieval intent is as likely as its likeliest question: `faq/fax` 0.5 and `faq/contact` 0.2 are `faq` 0.5.
    A little of all hundred questions, which may make 0.6 together, is none of them.
    """
    intents: dict[str, float] = {}
    questions: dict[str, list[tuple[float, str]]] = {}
    for label, probability in probabilities.items():
        intent = label.partition(RESPONSE_IDENTIFIER_DELIMITER)[0]
        intents[intent] = max(intents.get(intent, 0.0), probability)
        if intent != label:
            questions.setdefault(intent, []).append((probability, label))
    ranked = sorted(intents.items(), key=lambda pair: (-pair[1], pair[0]))
    return {
        RANKING: [{"name": name, "confidence": confidence} for name, confidence in ranked[:length]],
        RESPONSE_SELECTOR: _selector(questions),
    }


def number(
    ranking: list[dict[str, Any]], asked: Sequence[str], probabilities: Mapping[str, float]
) -> list[dict[str, Any]]:
    """The ranking with the `place` of each intent in the message, from 1 on, where several are asked at once."""
    if len(asked) < 2:
        return ranking
    places = {name: place for place, name in enumerate(asked, 1)}
    listed = {intent["name"] for intent in ranking}
    missing = [{"name": name, "confidence": probabilities[name]} for name in asked if name not in listed]
    return [
        intent | {"place": places[intent["name"]]} if intent["name"] in places else intent
        for intent in (*ranking, *missing)
    ]


def _selector(questions: dict[str, list[tuple[float, str]]]) -> dict[str, Any]:
    """What stock Rasa's response selectors would say, so that its `utter_<retrieval intent>` action works."""
    selector: dict[str, Any] = {"all_retrieval_intents": sorted(questions)}
    for intent, found in questions.items():
        confidence, label = max(found)
        response = {"intent_response_key": label, "utter_action": f"utter_{label}", "confidence": confidence}
        selector[intent] = {"response": response, "ranking": []}
    return selector


def _features(tokens: Sequence[Token]) -> list[str]:
    return extract([token.text for token in tokens], [token.lemma for token in tokens])
