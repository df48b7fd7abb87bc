"""Checks of the training data, the replies and the rules: what would be wrong or odd in a conversation."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.training.checks import outcomes, parity, rules, sentences, sources, style, understood
from bot.training.project import ALLOWED, Project
from bot.training.understanding import Message


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right: the check that found it, "file: intent" or "file: reply", and what is wrong there."""

    check: str
    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


# A check yields place and text of each problem.
Check = Callable[[Project], Iterable[tuple[str, str]]]

CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "missing_sentences": parity.missing_sentences,
        "missing_replies": parity.missing_replies,
        "placeholders": parity.other_placeholders,
        "buttons": parity.other_buttons,
        "missing_phrases": parity.missing_phrases,
        "unknown_intents": sentences.unknown_intents,
        "misplaced": sentences.misplaced,
        "duplicates": sentences.duplicates,
        "two_intents": sentences.in_two_intents,
        "leaks": sentences.leaks,
        "too_few": sentences.too_few,
        "intents_without_rule": rules.intents_without_rule,
        "rules": rules.unknown_steps,
        "frequent_questions": rules.frequent_questions,
        "replies_without_outcome": outcomes.replies_without_outcome,
        "unused_outcomes": outcomes.unused_outcomes,
        "sources": sources.unusable_sources,
        "other_sources": sources.other_sources,
        "too_long": style.too_long,
        "familiar": style.familiar,
        "filler": style.filler,
        "marks": style.marks,
    }
)

# The same with the intent that the trained model gives each of `understood.messages`.
CHECKS_OF_MODEL: Mapping[str, Callable[[Project, Mapping[Message, str]], Iterable[tuple[str, str]]]] = MappingProxyType(
    {"stolen": understood.stolen, "known_failures": understood.no_failures}
)


def find_problems(project: Project) -> list[Problem]:
    """What all checks find, in their order, without the allowed problems; and allowed ones that are gone."""
    found = [Problem(name, place, text) for name, check in CHECKS.items() for place, text in check(project)]
    allowed = {line for entry in project.allowed for line in entry.problems}
    gone = sorted(allowed - {str(problem) for problem in found})
    return [problem for problem in found if str(problem) not in allowed] + [
        Problem("allowed", ALLOWED, f"is no problem any more: {line}") for line in gone
    ]


def find_old_answers(project: Project, *, most_days: int) -> list[Problem]:
    """Answers to read again, because nobody has checked them for more than `most_days`: a reminder, no problem."""
    return [Problem("old_answers", place, text) for place, text in sources.old_answers(project, most_days=most_days)]


def find_problems_of_model(project: Project, intents: Mapping[Message, str]) -> list[Problem]:
    """What the checks of the trained model find; `intents` is what it gives each of `understood.messages`."""
    return [
        Problem(name, place, text) for name, check in CHECKS_OF_MODEL.items() for place, text in check(project, intents)
    ]
