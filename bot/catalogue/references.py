"""From how a message points at what was said before to the services it means."""

from collections.abc import Sequence

from bot.catalogue.context import Context
from bot.catalogue.search import Hit, SearchIndex
from bot.catalogue.words import content_words
from bot.language import Language
from bot.text.references import Reference

FEW_WORDS = 2  # that may name a service; so few are understood beside what is talked about
NEAR_HITS = 20  # looked at beside what is talked about
POOL_SHARE = 0.1  # how near a service that was offered or talked about must come to the best of all
POOL_SCORE = 0.1  # and how likely it must be
WHOLE_NAME = 0.95  # share of a service's name from which on all of it is said
NEAR_SCORE = 0.15  # how well the service found by a few words must fit what is talked about as well
ALIKE_LEAD = 2.0  # of one among services named alike
CHANGING_SCORE, NEAR_LEAD = 0.02, 1.5  # how well one must that these words alone would not have found, and its lead


def pointed_at(reference: Reference, context: Context) -> tuple[str, ...]:
    """The service a message means that names it by its place, several where that is open, none where there is none.

    "den zweiten" → the second one offered; "nein, das andere" → what was offered beside the one that was answered
    """
    shown = context.offered or context.others
    if reference.position is not None and shown:
        place = reference.position
        return (shown[place - 1] if 0 < place <= len(shown) else shown[-1],)
    if reference.other and context.offered:
        return context.offered[1:2]
    if reference.other:
        return tuple(id_ for id_ in context.others if id_ != context.current) or context.earlier[:1]
    if reference.before and context.offered and context.current:
        return (context.current,)  # what was answered before the choice was offered
    return context.earlier[:1] if reference.before else ()


def named_again(  # noqa: PLR0913 - all of what a message is understood by
    index: SearchIndex, reference: Reference, context: Context, language: Language, *, about: str, sure: float
) -> str | None:
    """The service named by a correction, or by going back: "nein, ich meinte das Auto", "back to the normal card".

    What was offered, likely or talked about goes first, then what also fits the name of that (`about`): "no, I meant
    the licence" after a lost passport is about a lost one. Anything else must be at least as likely as `sure`.
    """
    if not (reference.corrects or reference.returns or reference.other or reference.answer == "no"):
        return None
    ranking = index.rank(reference.rest, language, limit=NEAR_HITS)
    overall, best = (ranking.hits, ranking.scores[0]) if ranking else ((), 0.0)
    is_sure = bool(overall) and overall[0].score >= sure
    if is_sure and overall[0].id == context.current and not reference.returns:
        return context.current
    for pool in _pools(reference, context):
        found = index.rank(reference.rest, language, limit=1, among=pool)
        least = 0.0 if reference.returns else POOL_SCORE
        if found and found.hits[0].score >= least and found.scores[0] >= POOL_SHARE * best:
            return found.hits[0].id
    names_it = reference.corrects or reference.returns
    if reference.corrects and about and len(content_words(reference.rest, language)) <= FEW_WORDS:
        beside = index.search(f"{reference.rest} {about}", language, limit=NEAR_HITS)
        near = completed(index, reference.rest, about, beside, language) or near_context(
            overall, beside, current=context.current
        )
        if near:
            return near
    return overall[0].id if names_it and is_sure else None


def alike_in_context(alike: Sequence[Hit], beside: Sequence[Hit], *, current: str | None) -> str | None:
    """Of services that a word names `alike`, the one that is near to what is talked about; None if none leads.

    "Und bei der Abmeldung?" after the registration of a business is about its end, not about that of a car.
    """
    among = {hit.id for hit in alike if hit.id != current}
    first, second, *_others = [*(hit for hit in beside if hit.id in among), None, None]
    if first is None:
        return None
    return first.id if second is None or first.score >= ALIKE_LEAD * second.score else None


def completed(index: SearchIndex, text: str, about: str, beside: Sequence[Hit], language: Language) -> str | None:
    """The one service whose name `text` says only together with what is talked about; None if there are several.

    "Anmelden" after "Gewerbe abmelden" is "Gewerbe anmelden".
    """
    ids = [hit.id for hit in beside]
    said = (index.name_shares(words, language, ids) for words in (f"{text} {about}", text, about))
    found = [
        id_
        for id_, together, alone, before in zip(ids, *said, strict=True)
        if together >= WHOLE_NAME and alone < WHOLE_NAME and before < WHOLE_NAME
    ]
    return found[0] if len(found) == 1 else None


def near_context(hits: Sequence[Hit], beside: Sequence[Hit], *, current: str | None) -> str | None:
    """Another service than `current` that fits both a few words and what is talked about; None if none fits well.

    `hits` are found by the words alone, `beside` together with the name of what is talked about. "Und für Kinder?"
    alone is about day care as well; beside the passport it is about that of a child.
    """
    scores = {hit.id: hit.score for hit in beside}
    both = {hit.id: (hit.score * scores.get(hit.id, 0.0)) ** 0.5 for hit in hits if hit.id != current}
    first, second, *_others = [*sorted(both, key=lambda id_: -both[id_]), None, None]
    if first is None:
        return None
    if first == hits[0].id:
        return first if both[first] >= NEAR_SCORE else None
    leads = second is None or both[first] >= NEAR_LEAD * both[second]
    return first if leads and both[first] >= CHANGING_SCORE else None


def _pools(reference: Reference, context: Context) -> list[list[str]]:
    """Going back means something from before, else what is talked about still; a correction means something else."""
    if reference.returns:
        current = [context.current] if context.current else []
        return [list(context.earlier), [*current, *context.others]]
    before = dict.fromkeys([*context.offered, *context.others, *context.earlier])
    return [[id_ for id_ in before if id_ != context.current]]
