"""Training and held-out sentences: twice, in two intents, in both, in the wrong file, too few."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from bot.language import Language
from bot.text.normalise import fold
from bot.training.checks.names import asked_intents, retrieval_intent, sentence_file
from bot.training.project import HELD_OUT, KNOWN_FAILURES, TRAINING, Project, Sentence

# Different ones, per intent and language. With fewer an intent is not learned, or its figure says nothing.
FEWEST_TRAINING = 20
FEWEST_HELD_OUT = 5
# A frequent question is narrower than a kind of question.
FEWEST_TRAINING_FAQ = 12
FEWEST_HELD_OUT_FAQ = 4

# Words are written with and without: "what's", "whats".
_APOSTROPHES = str.maketrans("", "", "'’‘`´")


def normal_form(text: str) -> str:
    """The form in which sentences are compared: no case, umlauts, punctuation.

    "Wie lange dauert's, bitte?" → "wie lange dauerts bitte"; an emoji stays, and so does a text of nothing else: "??"
    """
    folded = fold(text.translate(_APOSTROPHES))
    spaced = "".join(" " if unicodedata.category(character)[0] in "PZC" else character for character in folded)
    return " ".join(spaced.split()) or text.strip()


def unknown_intents(project: Project) -> Iterator[tuple[str, str]]:
    """Sentences for an intent that the domain does not have, and held-out ones for a question nobody trains."""
    trained = {sentence.intent for sentence in project.training}
    for sentence in _first_of_each(project.training + project.held_out):
        if retrieval_intent(sentence.intent) not in project.intents:
            yield sentence.place, "is no intent of the domain"
        elif sentence.intent not in trained:
            yield sentence.place, "has no training sentences"
    for failure in project.known_failures:
        if failure.expected not in trained:
            yield f"{KNOWN_FAILURES}: {failure.expected}", "has no training sentences"


def misplaced(project: Project) -> Iterator[tuple[str, str]]:
    """Sentences in a file that is named after another intent."""
    for folder, sentences in ((TRAINING, project.training), (HELD_OUT, project.held_out)):
        for sentence in _first_of_each(sentences):
            file = sentence_file(folder, sentence.language, sentence.intent)
            if sentence.file != file:
                yield sentence.place, f"belongs into {file}"


def duplicates(project: Project) -> Iterator[tuple[str, str]]:
    """The same sentence twice for one intent, among the training or among the held-out sentences."""
    for sentences in (project.training, project.held_out):
        for same in _groups(sentences):
            first: dict[str, Sentence] = {}
            for sentence in same:
                other = first.setdefault(sentence.intent, sentence)
                if other is not sentence:
                    yield (
                        sentence.place,
                        f"{sentence.text!r} is there already, as {other.text!r}{_elsewhere(sentence, other)}",
                    )


def in_two_intents(project: Project) -> Iterator[tuple[str, str]]:
    """The same sentence for two intents, among the training or among the held-out sentences."""
    for sentences in (project.training, project.held_out):
        for same in _groups(sentences):
            first = same[0]
            for sentence in _first_of_each(same):
                if sentence.intent != first.intent:
                    yield sentence.place, f"{sentence.text!r} is also in {first.place}"


def leaks(project: Project) -> Iterator[tuple[str, str]]:
    """A held-out sentence or a known failure that is trained: it measures memory, not understanding."""
    trained = {(sentence.language, normal_form(sentence.text)): sentence for sentence in project.training}
    measured = [(sentence.place, sentence.language, sentence.text) for sentence in project.held_out]
    measured += [
        (f"{KNOWN_FAILURES}: {failure.expected}", failure.language, failure.sentence)
        for failure in project.known_failures
    ]
    for place, language, text in measured:
        found = trained.get((language, normal_form(text)))
        if found:
            yield place, f"{text!r} is a training sentence of {found.place}"


def too_few(project: Project) -> Iterator[tuple[str, str]]:
    """An intent with too few different sentences in a language; none at all is another check."""
    for folder, sentences, fewest, fewest_of_question in (
        (TRAINING, project.training, FEWEST_TRAINING, FEWEST_TRAINING_FAQ),
        (HELD_OUT, project.held_out, FEWEST_HELD_OUT, FEWEST_HELD_OUT_FAQ),
    ):
        different: dict[tuple[Language, str], set[str]] = defaultdict(set)
        for sentence in sentences:
            different[sentence.language, sentence.intent].add(normal_form(sentence.text))
        asked = set(asked_intents(project))
        for (language, intent), found in different.items():
            needed = fewest if retrieval_intent(intent) == intent else fewest_of_question
            if intent in asked and len(found) < needed:
                yield (
                    f"{sentence_file(folder, language, intent)}: {intent}",
                    f"{len(found)} different sentences, fewer than {needed}",
                )


def _groups(sentences: Iterable[Sentence]) -> Iterator[list[Sentence]]:
    """Sentences of one language that are the same, where there are several."""
    groups: dict[tuple[Language, str], list[Sentence]] = defaultdict(list)
    for sentence in sentences:
        groups[sentence.language, normal_form(sentence.text)].append(sentence)
    return (same for same in groups.values() if len(same) > 1)


def _first_of_each(sentences: Sequence[Sentence]) -> Iterable[Sentence]:
    """One sentence per file and intent."""
    first: dict[str, Sentence] = {}
    for sentence in sentences:
        first.setdefault(sentence.place, sentence)
    return first.values()


def _elsewhere(sentence: Sentence, other: Sentence) -> str:
    return f" in {other.file}" if other.file != sentence.file else ""
