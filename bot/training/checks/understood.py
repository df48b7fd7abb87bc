"""What the trained model makes of held-out sentences: intents that steal from others, failures that are over."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from bot.training.project import KNOWN_FAILURES, Project
from bot.training.understanding import Message

# Held-out sentences of one intent that another may take, per language; single ones are for the figures.
MOST_STOLEN = 3
SHOWN = 5
# Not to be sure is no theft: such a sentence is looked up in the catalogue.
NOT_SURE = "nlu_fallback"


def messages(project: Project) -> list[Message]:
    """What the model has to be asked, each once."""
    asked = [(sentence.language, sentence.text) for sentence in project.held_out]
    asked += [(failure.language, failure.sentence) for failure in project.known_failures]
    return list(dict.fromkeys(asked))


def stolen(
    project: Project, understood: Mapping[Message, str], *, most: int = MOST_STOLEN
) -> Iterator[tuple[str, str]]:
    """One intent taking more than `most` held-out sentences of another that are no known failures."""
    known = {(failure.language, failure.sentence) for failure in project.known_failures}
    taken: dict[tuple[str, str], list[str]] = defaultdict(list)
    for sentence in project.held_out:
        message = (sentence.language, sentence.text)
        if understood[message] not in (sentence.intent, NOT_SURE) and message not in known:
            taken[sentence.place, understood[message]].append(sentence.text)
    for (place, intent), texts in sorted(taken.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        if len(texts) > most:
            shown = ", ".join(map(repr, texts[:SHOWN])) + (", …" if len(texts) > SHOWN else "")
            yield place, f"{intent} takes {len(texts)} sentences: {shown}"


def no_failures(project: Project, understood: Mapping[Message, str]) -> Iterator[tuple[str, str]]:
    """A known failure that the model gets right."""
    for failure in project.known_failures:
        if understood[failure.language, failure.sentence] == failure.expected:
            yield f"{KNOWN_FAILURES}: {failure.expected}", f"{failure.sentence!r} is understood; take it from the list"
