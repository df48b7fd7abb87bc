"""Outcomes: every reply means one, and every one can come about."""

from collections.abc import Iterator

from bot.training.project import OUTCOMES, Project


def covers(pattern: str, name: str) -> bool:
    """True if `pattern` is `name`, or its beginning with "*" behind it: "utter_faq/*"."""
    return name == pattern or (pattern.endswith("*") and name.startswith(pattern[:-1]))


def replies_without_outcome(project: Project) -> Iterator[tuple[str, str]]:
    """A reply that no pattern covers: messages answered with it would have no outcome."""
    patterns = [pattern for own in project.outcomes.values() for pattern in own]
    for reply in project.replies:
        if not any(covers(pattern, reply.name) for pattern in patterns):
            yield reply.place, f"no outcome in {OUTCOMES} covers it"


def unused_outcomes(project: Project) -> Iterator[tuple[str, str]]:
    """An outcome without patterns, or a pattern that covers no reply."""
    names = {reply.name for reply in project.replies}
    for outcome, patterns in project.outcomes.items():
        if not patterns:
            yield f"{OUTCOMES}: {outcome}", "no reply means it"
        for pattern in patterns:
            if not any(covers(pattern, name) for name in names):
                yield f"{OUTCOMES}: {outcome}", f"no reply is called {pattern}"
