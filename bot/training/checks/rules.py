"""Rules: every intent has one, and what they do exists."""

from collections.abc import Iterator

from bot.training.checks.names import retrieval_intent
from bot.training.project import ACTIONS, DOMAIN, REPLIES, Project

REPLY_PREFIX = "utter_"
ACTION_PREFIX = "action_"


def intents_without_rule(project: Project) -> Iterator[tuple[str, str]]:
    """An intent that no rule begins with."""
    ruled = {intent for rule in project.rules for intent in rule.intents}
    yield from ((f"{DOMAIN}: {intent}", "no rule begins with it") for intent in project.intents if intent not in ruled)


def unknown_steps(project: Project) -> Iterator[tuple[str, str]]:
    """A step of a rule, or an action of the domain, that does not exist."""
    replies = {reply.name for reply in project.replies}
    # Rasa says by itself which question of a retrieval intent it was: `utter_faq` is one of `utter_faq/<question>`.
    said = replies | {retrieval_intent(name) for name in replies}
    for rule in project.rules:
        for intent in rule.intents:
            if intent not in project.intents:
                yield rule.place, f"the domain has no intent {intent}"
        for action in rule.actions:
            if action.startswith(REPLY_PREFIX):
                if action not in said:
                    yield rule.place, f"{REPLIES} has no {action}"
            elif action not in project.actions:
                yield rule.place, f"the domain has no {action}"
    for action in project.actions:
        if action.startswith(REPLY_PREFIX):
            if action not in said:
                yield f"{DOMAIN}: {action}", f"{REPLIES} has no such reply"
        elif action.removeprefix(ACTION_PREFIX) not in project.action_files:
            yield f"{DOMAIN}: {action}", f"there is no {ACTIONS}/{action.removeprefix(ACTION_PREFIX)}.py"


def frequent_questions(project: Project) -> Iterator[tuple[str, str]]:
    """A question of a retrieval intent without a reply, or a reply to a question that nobody asks."""
    asked = {sentence.intent: sentence.place for sentence in project.training if "/" in sentence.intent}
    replies = {reply.name.removeprefix(REPLY_PREFIX): reply.place for reply in project.replies if "/" in reply.name}
    yield from ((asked[name], f"has no reply {REPLY_PREFIX}{name}") for name in sorted(asked.keys() - replies.keys()))
    yield from ((replies[name], f"no sentence asks for {name}") for name in sorted(replies.keys() - asked.keys()))
