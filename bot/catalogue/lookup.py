"""From one question and what was talked about before to what is answered: a service, a choice, or nothing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from bot.catalogue.context import Context, is_new
from bot.catalogue.references import (
    FEW_WORDS,
    NEAR_HITS,
    alike_in_context,
    completed,
    named_again,
    near_context,
    pointed_at,
)
from bot.catalogue.search import Hit, Ranking, SearchIndex
from bot.catalogue.words import content_words
from bot.language import Language
from bot.text.references import Reference, read_reference

MOST_CHOICES = 4
CHOICE_SHARE = 0.05  # how likely a service must be, compared with the likeliest, to be offered beside it
STAYS_SHARE = 0.2  # the same for the one talked about, to be meant by a yes
OTHER_SHARE = 0.05  # to be remembered, in case that "nein, das andere" follows
OFFERED_LEAD = 2.0  # how much likelier one of the offered services must be to be the one that is meant
OFFERED_SHARE = 0.1  # how near an offered service must come to the best of all
ASKS_FACET = 0.5  # probability from which on a facet is asked for
SOME_FACET = 0.15  # so likely it must be in a few words that point back: "Müssen wir dafür zahlen?"
RIVAL_SHARE = 0.2  # how likely a second service must be, compared with the first, for both to be offered
MOST_OF_NAME = 0.6  # share of its name that must be said for the first to be meant all the same,
RIVAL_NAME_SHARE = 0.8  # if at most this part of it is said of the second one's
SURE = 0.9  # from here on they say enough by themselves
ELLIPTIC_WORDS, ELLIPTIC_SCORE = 4, 0.5  # of "die für …", and how likely it must be beside what is talked about
NAMED = 0.5  # a word that several names have begins something new from this score on


@dataclass(frozen=True, kw_only=True)
class Question:
    """`facet` is the probability that the text asks for a facet, `reaction` whether it is understood as a yes or no,
    `about` the names of the services offered, or of the one talked about.
    """

    text: str
    language: Language
    facet: float = 0.0
    reaction: Literal["yes", "no"] | None = None
    context: Context = field(default_factory=Context)
    about: str = ""
    read: Reference | None = None

    @cached_property
    def reference(self) -> Reference:
        """How the text points at what was said before; as it was `read`, else read now."""
        return self.read or read_reference(self.text, self.language)

    @property
    def answer(self) -> Literal["yes", "no"] | None:
        """Whether the text is or begins with a yes or no."""
        return self.reference.answer or self.reaction

    @cached_property
    def words(self) -> list[str]:
        """The words of the text that may name a service."""
        own = set(self.reference.own_words)
        return [word for word in content_words(self.text, self.language) if word in own]

    @property
    def last_words(self) -> list[str]:
        """Those of the last sentence, which asks: "Die Polizei war da. Was kostet das jetzt?" """
        last = _SENTENCE_END.split(self.text.strip().rstrip("?!. "))[-1]
        own = set(content_words(last, self.language))
        return [word for word in self.words if word in own]


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Probabilities from which on the first hit is answered, and from which on the first four together are offered."""

    answer: float
    choice: float


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """One service for "service", two to four for "choices", none for "unknown".

    `others` are what else was likely, with the service answered, in the order of a choice. `goes_on` is true where the
    text only says which service is meant, so that what was asked before is still asked.
    """

    kind: Literal["service", "choices", "unknown"]
    services: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    goes_on: bool = False


_SENTENCE_END = re.compile(r"[.!?\n]\s+")
UNKNOWN = Lookup(kind="unknown")


def look_up(index: SearchIndex, question: Question, thresholds: Thresholds) -> Lookup:
    """What to answer: by what the text points at, by what was said before, or by what it names."""
    if not question.words:
        return _by_reference(question)
    if question.reference.negates and question.reference.rest:
        question = replace(question, text=question.reference.rest, read=question.reference)
    context = question.context
    beside = () if question.reference.new_topic else context.near
    ranking = index.rank(question.text, question.language, beside=beside)
    found = _in_context(index, question, ranking, thresholds) or _found(index, question, ranking, thresholds)
    if found.kind == "choices" and context.offered:
        # One question back is enough.
        return _service(found.services[0], others=found.services)
    return _likeliest_offered(question) if found.kind == "unknown" else found


def _in_context(
    index: SearchIndex, question: Question, ranking: Ranking | None, thresholds: Thresholds
) -> Lookup | None:
    """What was said before decides: a correction, one of what was offered, more about what is talked about."""
    context, reference, language = question.context, question.reference, question.language
    if reference.new_topic:
        return None
    again = named_again(index, reference, context, language, about=question.about, sure=thresholds.answer)
    if again:
        return _service(again, others=_remembered(context), goes_on=True)
    names_one = ranking is not None and _names(question, ranking.hits[0])
    if question.reaction == "no" and not reference.corrects and not names_one:
        return UNKNOWN  # "nein danke, dann lasse ich es"
    chosen = _chosen(index, question, best=ranking.scores[0] if ranking else 0.0)
    if chosen:
        return _service(chosen, others=context.offered, goes_on=True)
    if context.current and not reference.corrects and _stays(question, ranking):
        names_it = len(question.words) >= FEW_WORDS and ranking is not None and ranking.hits[0].id == context.current
        return _service(context.current, others=context.others, goes_on=not names_it)
    return None


def _by_reference(question: Question) -> Lookup:
    """What a text means that has no words to search for: "den zweiten", "ja", "nein, das andere", "was kostet das?" """
    context = question.context
    meant = pointed_at(question.reference, context)[:MOST_CHOICES]
    if len(meant) > 1:
        return Lookup(kind="choices", services=meant, goes_on=True)
    if meant:
        return _service(meant[0], others=_remembered(context), goes_on=True)
    if context.current and not context.offered and (question.facet >= ASKS_FACET or question.answer is None):
        return _service(context.current, others=context.others, goes_on=True)
    return _likeliest_offered(question)


def _likeliest_offered(question: Question) -> Lookup:
    """ "Ja", "was kostet das?" while a choice is open: one question back is enough, the others can still be named."""
    offered, reference = question.context.offered, question.reference
    agrees = question.answer == "yes" or (reference.whole and question.answer is None)
    if not offered or not (agrees or question.facet >= ASKS_FACET):
        return UNKNOWN
    return _service(offered[0], others=offered, goes_on=True)


def _chosen(index: SearchIndex, question: Question, *, best: float) -> str | None:
    """The offered service that the words name, more clearly than the other ones: "den vorläufigen"."""
    offered = question.context.offered
    if not offered:
        return None
    ranking = index.rank(question.text, question.language, limit=2, among=offered)
    if ranking is None or ranking.scores[0] < OFFERED_SHARE * best:
        return None  # the words name something else: a new question
    leads = len(ranking.scores) == 1 or ranking.scores[0] >= OFFERED_LEAD * ranking.scores[1]
    return ranking.hits[0].id if leads else None


def _stays(question: Question, ranking: Ranking | None) -> bool:
    """The message goes on with the service talked about: "und was kostet das für zwei Jahre?" """
    if ranking is None:
        return _asks_on(question)
    current, best = question.context.current, ranking.hits[0]
    is_alike = current in ranking.namesakes
    likely = next((hit.score for hit in ranking.hits if hit.id == current), 0.0)
    agrees = question.reference.answer == "yes"  # "ja, den vorläufigen", after that was answered
    if best.id == current or (agrees and (is_alike or likely >= STAYS_SHARE * best.score)):
        return True
    if not _asks_on(question):
        return False
    if is_alike or _names(question, best) or (ranking.namesakes and best.score >= NAMED):
        return is_alike
    return not is_new(
        score=best.score,
        facet=question.facet,
        words=len(question.last_words),
        points_back=question.reference.points_back,
    )


def _asks_on(question: Question) -> bool:
    """A facet may be asked about what is talked about."""
    few = len(question.words) <= FEW_WORDS
    return question.facet >= (SOME_FACET if few and question.reference.points_back else ASKS_FACET)


def _names(question: Question, hit: Hit) -> bool:
    """True if the text has all words of the service's name."""
    return set() != set(content_words(hit.name, question.language)) <= set(question.words)


def _found(index: SearchIndex, question: Question, ranking: Ranking | None, thresholds: Thresholds) -> Lookup:
    """What search says, with a service that fits the context where few words alone say little."""
    if ranking is None:
        return UNKNOWN
    hits = ranking.hits[:MOST_CHOICES]
    alike = [hit for hit in ranking.hits if hit.id in ranking.namesakes]
    near = _near(index, question, ranking, alike)
    if near:
        return _service(near, others=_likely(hits), goes_on=question.reference.same_question)
    is_clear = hits[0].score >= thresholds.answer and not _has_rival(index, question, ranking)
    if len(alike) > 1 and not (is_clear and _stands_out(index, question, hits[0], alike)):
        # One word that several services have in their names is no question yet, however likely one of them is.
        return _choices(alike[:MOST_CHOICES], share=0.0)
    if is_clear:
        return _service(hits[0].id, others=_likely(hits), goes_on=question.reference.same_question)
    likely = sum(hit.score for hit in hits) >= thresholds.choice
    return _choices(hits) if likely else UNKNOWN


def _has_rival(index: SearchIndex, question: Question, ranking: Ranking) -> bool:
    """A second service is nearly as likely as the first, and not just because it shares a few words of its name."""
    if len(ranking.hits) < 2 or ranking.scores[1] < RIVAL_SHARE * ranking.scores[0]:
        return False
    ids = [hit.id for hit in ranking.hits[:2]]
    first, second = index.name_shares(question.text, question.language, ids)
    return first < MOST_OF_NAME or second > RIVAL_NAME_SHARE * first


def _stands_out(index: SearchIndex, question: Question, hit: Hit, alike: Sequence[Hit]) -> bool:
    """A service is surely meant although the words stand in names of several: they are more of its name, or none."""
    if hit.score < SURE or hit not in alike:
        return hit.score >= SURE
    others = [other.id for other in alike if other != hit]
    share, *shares = index.name_shares(question.text, question.language, [hit.id, *others])
    return max(shares) <= RIVAL_NAME_SHARE * share


def _near(index: SearchIndex, question: Question, ranking: Ranking, alike: Sequence[Hit]) -> str | None:
    """What few words mean beside what is offered or talked about."""
    context, is_elliptic = question.context, question.reference.elliptic
    is_open = len(alike) > 1 or ranking.hits[0].score < SURE or is_elliptic or context.offered
    most_words = ELLIPTIC_WORDS if is_elliptic else FEW_WORDS
    if not question.about or len(question.words) > most_words or not is_open:
        return None
    beside = index.search(f"{question.text} {question.about}", question.language, limit=NEAR_HITS)
    if is_elliptic:
        others = [hit.id for hit in beside if hit.id != context.current and hit.score >= ELLIPTIC_SCORE]
        if others:
            return others[0]
    if question.reference.same_question:
        whole = completed(index, question.text, question.about, beside, question.language)
        if whole:
            return whole
    if len(alike) > 1 and not question.reference.same_question:
        return alike_in_context(alike, beside, current=context.current)
    near = alike_in_context(alike, beside, current=context.current) if len(alike) > 1 else None
    return near or near_context(ranking.hits, beside, current=context.current)


def _service(service_id: str, *, others: Sequence[str] = (), goes_on: bool = False) -> Lookup:
    return Lookup(kind="service", services=(service_id,), others=tuple(others), goes_on=goes_on)


def _remembered(context: Context) -> tuple[str, ...]:
    return context.offered or context.others


def _likely(hits: Sequence[Hit]) -> tuple[str, ...]:
    return tuple(hit.id for hit in hits if hit.score >= OTHER_SHARE * hits[0].score)


def _choices(hits: Sequence[Hit], *, share: float = CHOICE_SHARE) -> Lookup:
    # Two at least: one alone would be an answer, and for that it is not likely enough.
    likely = [hit.id for place, hit in enumerate(hits) if place < 2 or hit.score >= share * hits[0].score]
    return Lookup(kind="choices", services=tuple(likely)) if len(likely) > 1 else _service(hits[0].id)
