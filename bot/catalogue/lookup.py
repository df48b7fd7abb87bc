"""From one question and what was talked about before to what is answered: a service, a choice, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.catalogue.search import Hit, SearchIndex
from bot.catalogue.words import content_words
from bot.facets import Facet
from bot.language import Language

MOST_CHOICES = 4
CHOICE_SHARE = 0.2  # how likely a service must be, compared with the likeliest, to be offered beside it
OFFERED_LEAD = 2.0  # how much likelier one of the offered services must be to be the one that is meant
OFFERED_SHARE = 0.4  # how near an offered service must come to the best of all


@dataclass(frozen=True, kw_only=True)
class Question:
    """`current` is the service talked about, `offered` the services a choice was last offered from."""

    text: str
    language: Language
    facet: Facet
    current: str | None = None
    offered: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Probabilities from which on the first hit is answered, and from which on the first four together are offered."""

    answer: float
    choice: float


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """One service for "service", two to four for "choices", none for "unknown"."""

    kind: Literal["service", "choices", "unknown"]
    services: tuple[str, ...] = ()


UNKNOWN = Lookup(kind="unknown")


def look_up(index: SearchIndex, question: Question, thresholds: Thresholds) -> Lookup:
    """What to answer. The steps are tried in this order; the first that knows an answer decides."""
    if not content_words(question.text, question.language):
        return _service(question.current) if question.current and not question.offered else _likeliest_offered(question)
    ranking = index.rank(question.text, question.language)
    hits = ranking.hits[:MOST_CHOICES] if ranking else ()
    chosen = _chosen(index, question, hits)
    if chosen:
        return _service(chosen)
    alike = [hit for hit in ranking.hits if hit.id in ranking.namesakes] if ranking else []
    if len(alike) > 1:
        # One word that several services have in their names is no question yet, however likely one of them is.
        return _choices(alike[:MOST_CHOICES], share=0.0)
    if hits and hits[0].score >= thresholds.answer:
        return _service(hits[0].id)
    if question.current and _stays(question, hits, thresholds):
        return _service(question.current)
    likely = sum(hit.score for hit in hits) >= thresholds.choice
    return _choices(hits) if likely else _likeliest_offered(question)


def _likeliest_offered(question: Question) -> Lookup:
    """ "Und was kostet das?" while a choice is open: one question back is enough, so the first one offered is meant."""
    if question.facet == "find" or not question.offered:
        return UNKNOWN
    return _service(question.offered[0])


def _service(service_id: str) -> Lookup:
    return Lookup(kind="service", services=(service_id,))


def _chosen(index: SearchIndex, question: Question, hits: Sequence[Hit]) -> str | None:
    """The offered service that the words name, more clearly than the other ones: "den vorläufigen"."""
    if not question.offered:
        return None
    offered = index.search(question.text, question.language, limit=2, among=question.offered)
    if not offered or offered[0].score < OFFERED_SHARE * hits[0].score:
        return None  # the words name something else: a new question
    leads = len(offered) == 1 or offered[0].score >= OFFERED_LEAD * offered[1].score
    return offered[0].id if leads else None


def _stays(question: Question, hits: Sequence[Hit], thresholds: Thresholds) -> bool:
    """A facet asked with words that name no other service clearly is asked about the current one:
    "und was kostet das für zwei Jahre?"
    """
    if question.facet == "find":
        return False
    midway = (thresholds.answer + thresholds.choice) / 2
    return not hits or hits[0].id == question.current or sum(hit.score for hit in hits) < midway


def _choices(hits: Sequence[Hit], *, share: float = CHOICE_SHARE) -> Lookup:
    # Two at least: one alone would be an answer, and for that it is not likely enough.
    likely = [hit.id for place, hit in enumerate(hits) if place < 2 or hit.score >= share * hits[0].score]
    return Lookup(kind="choices", services=tuple(likely)) if len(likely) > 1 else _service(hits[0].id)
