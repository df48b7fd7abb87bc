"""The thread of a conversation, kept in slots: which services were talked about and offered, what was asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet

from actions.dialogue import facets_of, intent_of
from bot.catalogue.answers import is_recorded, is_switched_off
from bot.catalogue.context import Context
from bot.catalogue.lookup import ASKS_FACET, Lookup, Question
from bot.catalogue.naming import name_of
from bot.catalogue.references import FEW_WORDS
from bot.catalogue.snapshot import Snapshot
from bot.facets import FACET_OF_INTENT, FACETS, Facet
from bot.language import Language
from bot.text.references import read_reference

MOST_EARLIER = 5
REACTIONS: dict[str, Literal["yes", "no"]] = {"affirm": "yes", "deny": "no"}
# Beside a question these say nothing on what it asks: "Okay. Welche Unterlagen brauche ich?"
COURTESIES = frozenset({"affirm", "deny", "greet", "thanks", "goodbye"})
ASKING = frozenset(intent for intent, facet in FACET_OF_INTENT.items() if facet != FACETS[0])
PICKS_AND_ASKS = 0.8  # "der elektronische, der zeigt, dass …" says which one, and little on what is asked about it
NAMED = 0.95  # share of a service's name from which on the citizen has named it
LEAST_SAYING = 0.02  # what intents that are no courtesy must have together


@dataclass(frozen=True)
class Thread:
    """What was said so far, as far as the catalogue still has it; `facets` were asked last."""

    context: Context
    facets: tuple[Facet, ...]


def thread_of(tracker: Tracker, snapshot: Snapshot) -> Thread:
    """The thread as the slots have it."""
    services = snapshot.catalogue.services

    def known(slot: str) -> tuple[str, ...]:
        return tuple(id_ for id_ in tracker.get_slot(slot) or () if id_ in services)

    current = tracker.get_slot("service")
    asked = tracker.get_slot("facets") or ()
    return Thread(
        Context(
            current=current if current in services else None,
            offered=known("offered"),
            others=known("others"),
            earlier=known("earlier"),
        ),
        tuple(facet for facet in FACETS if facet in asked),
    )


def question_of(tracker: Tracker, thread: Thread, snapshot: Snapshot, language: Language) -> Question:
    """The latest message as a question to look up in this thread."""
    text, context, catalogue = tracker.latest_message.get("text") or "", thread.context, snapshot.catalogue
    reference = read_reference(text, language)
    return Question(
        text=text,
        language=language,
        facet=0.0 if reference.whole else _facet_share(tracker),
        reaction=REACTIONS.get(intent_of(tracker)),
        context=thread.context,
        about=" ".join(name_of(catalogue, catalogue.services[id_], language).text for id_ in context.near),
        read=reference,
    )


def facets_meant(tracker: Tracker, thread: Thread, question: Question, found: Lookup) -> list[Facet]:
    """The facets to answer: those asked now, or those asked before where only the service is new."""
    asks_itself = question.facet >= (PICKS_AND_ASKS if thread.context.offered else ASKS_FACET)
    if intent_of(tracker) in ASKING and not thread.context.offered:
        asks_itself = True
    # "Und für den Personalausweis?" only names another service, whatever these few words look like.
    only_names = question.reference.same_question and 0 < len(question.words) <= FEW_WORDS
    goes_on = found.goes_on and thread.facets and (only_names or not asks_itself)
    return list(thread.facets) if goes_on else facets_of(tracker)


def introduced(
    facets: Sequence[Facet], thread: Thread, question: Question, service: str, snapshot: Snapshot
) -> list[Facet]:
    """What to tell of a service that comes up: also what it is, where the text does not name it or it lacks an answer.

    "My dog has died, is there a form on the web?" is answered for the end of the dog tax: the citizen should see what
    this is and that it is meant. A facet that is not recorded by itself often stands in the description.
    """
    if service == thread.context.current or FACETS[0] in facets:
        return list(facets)
    catalogue, record = snapshot.catalogue, snapshot.catalogue.services[service]
    if is_switched_off(catalogue, record, facets[0]):
        return list(facets)
    named = snapshot.index.name_share(question.text, question.language, service) >= NAMED
    return list(facets) if named and is_recorded(catalogue, record, facets[0]) else [*facets, FACETS[0]]


def answered(thread: Thread, service: str, facets: Sequence[Facet], *, others: Sequence[str] = ()) -> list[EventType]:
    """The thread after `service` was answered; `others` are what "das andere" would mean."""
    context = thread.context
    before = [context.current, *context.earlier] if context.current else context.earlier
    earlier = [id_ for id_ in dict.fromkeys(before) if id_ != service]
    return [
        SlotSet("facets", list(facets)),
        SlotSet("others", list(others) or None),
        SlotSet("earlier", earlier[:MOST_EARLIER] or None),
    ]


def asked_back(facets: Sequence[Facet]) -> list[EventType]:
    """The thread after a choice was offered."""
    return [SlotSet("facets", list(facets))]


def given_up(thread: Thread) -> list[EventType]:
    """The thread after nothing was found: what was offered is no open question any more."""
    context = thread.context
    return [SlotSet("offered", None), SlotSet("others", list(context.offered or context.others) or None)]


def _facet_share(tracker: Tracker) -> float:
    """How likely the message asks for a facet, from 0 to 1; courtesies aside."""
    ranking: Sequence[dict[str, Any]] = tracker.latest_message.get("intent_ranking") or ()
    if not ranking:
        return 1.0 if intent_of(tracker) in ASKING else 0.0
    if any("place" in ranked for ranked in ranking):
        return 1.0  # parts of the message clearly ask for several
    confidences = {ranked["name"]: float(ranked["confidence"]) for ranked in ranking}
    saying = 1.0 - sum(confidences.get(name, 0.0) for name in COURTESIES)
    asking = sum(part for name, part in confidences.items() if name in ASKING)
    return min(1.0, asking / saying) if saying >= LEAST_SAYING else 0.0
