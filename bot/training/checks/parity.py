"""What one language has and another has not."""

import re
from collections.abc import Callable, Iterator, Sequence

from bot.language import DEFAULT_LANGUAGE, LANGUAGES, Language
from bot.training.checks.names import asked_intents, sentence_file
from bot.training.project import HELD_OUT, TRAINING, Project, Reply

_PLACEHOLDER = re.compile(r"{([^\n{}]+)}")


def missing_sentences(project: Project) -> Iterator[tuple[str, str]]:
    """An intent without training or held-out sentences in a language."""
    for folder, sentences in ((TRAINING, project.training), (HELD_OUT, project.held_out)):
        there = {(sentence.language, sentence.intent) for sentence in sentences}
        for intent in asked_intents(project):
            for language in LANGUAGES:
                if (language, intent) not in there:
                    yield f"{sentence_file(folder, language, intent)}: {intent}", "no sentences"


def missing_replies(project: Project) -> Iterator[tuple[str, str]]:
    """A reply that a language lacks, has twice, or has in a file of another topic."""
    yield from _missing(project.replies)
    seen: dict[tuple[Language, str], Reply] = {}
    for reply in project.replies:
        first = seen.setdefault((reply.language, reply.name), reply)
        if first is not reply:
            yield reply.place, f"is also in {first.file}"
    for reply, default in _pairs(project.replies):
        if _topic(reply) != _topic(default):
            yield reply.place, f"stands in another file than in {default.language}: {default.file}"


def missing_phrases(project: Project) -> Iterator[tuple[str, str]]:
    """A phrase that a language lacks, or that has other placeholders there."""
    yield from _missing(project.phrases)
    yield from _differing(project.phrases, _placeholders, "placeholders")


def other_placeholders(project: Project) -> Iterator[tuple[str, str]]:
    """A reply whose placeholders differ between languages: one of them would not say what the action hands over."""
    yield from _differing(project.replies, _placeholders, "placeholders")


def other_buttons(project: Project) -> Iterator[tuple[str, str]]:
    """A reply whose buttons do other things in another language."""
    yield from _differing(project.replies, _payloads, "buttons")


def _missing(replies: Sequence[Reply]) -> Iterator[tuple[str, str]]:
    there = {(reply.language, reply.name) for reply in replies}
    for reply in replies:
        for language in LANGUAGES:
            if (language, reply.name) not in there:
                yield reply.place, f"is missing in {language}"


def _differing(
    replies: Sequence[Reply], property_of: Callable[[Reply], list[str]], name: str
) -> Iterator[tuple[str, str]]:
    for reply, default in _pairs(replies):
        here, there = property_of(reply), property_of(default)
        if here != there:
            yield reply.place, f"{name} {_listed(here)}, but in {default.language} {_listed(there)}"


def _pairs(replies: Sequence[Reply]) -> Iterator[tuple[Reply, Reply]]:
    """Each reply of the other languages with that of the default language."""
    default = {reply.name: reply for reply in replies if reply.language == DEFAULT_LANGUAGE}
    for reply in replies:
        if reply.language != DEFAULT_LANGUAGE and reply.name in default:
            yield reply, default[reply.name]


def _placeholders(reply: Reply) -> list[str]:
    return sorted({found for text in reply.texts for found in _PLACEHOLDER.findall(text)})


def _payloads(reply: Reply) -> list[str]:
    return sorted(payload for _title, payload in reply.buttons)


def _topic(reply: Reply) -> str:
    return reply.file.rpartition("/")[2]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"
