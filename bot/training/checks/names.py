"""Which intents there are, and the files their sentences stand in."""

from bot.language import Language
from bot.training.project import Project

# Intents of the domain that nobody writes.
WITHOUT_SENTENCES = {
    "choose_service": "only ever sent by a button",
    "other_language": "what is in none of our languages",
    "refer": "what the worker says of a message that points at something offered",
    "nlu_fallback": "what the classifier says below its threshold",
}


def asked_intents(project: Project) -> list[str]:
    """All intents that need sentences; of a retrieval intent its questions: "greet", "faq/contact"."""
    questions = sorted({sentence.intent for sentence in project.training if "/" in sentence.intent})
    retrieval = {retrieval_intent(question) for question in questions}
    return [name for name in project.intents if name not in retrieval and name not in WITHOUT_SENTENCES] + questions


def retrieval_intent(intent: str) -> str:
    """The intent as the domain and rules name it: "faq/contact" → "faq", "greet" → "greet"."""
    return intent.partition("/")[0]


def sentence_file(folder: str, language: Language, intent: str) -> str:
    """The file for the sentences of `intent`: "faq/contact" → "data/nlu/de/faq_contact.yml"."""
    return f"{folder}/{language}/{intent.replace('/', '_')}.yml"
