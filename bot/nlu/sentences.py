"""A message may hold several sentences, and some are mere courtesy: "Guten Tag. Mein Pass läuft ab. Was kostet er?"

Each sentence is understood by itself, and training examples are also learned with courtesies around them. Without
either, "Sehr geehrte Damen und Herren, … Vielen Dank." hides most questions (of questions put between such formulas,
the right kind was found for 0.25 in place of 0.67). Who tells a story first asks at its end: with the story counting as
much as the question, the facet was found for 0.85 of 753 questions in place of 0.88.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from rasa.nlu.tokenizers.tokenizer import Token

from bot.nlu.linear import LinearModel

_ENDS = frozenset(".!?…")
SEED = 11
JOINTS = frozenset({",", ";", ":", "?", "!", ".", "&", "/", "und", "sowie", "oder", "and", "or", "plus"})
REASONS = frozenset({
    "weil", "da", "wenn", "falls", "obwohl", "dass", "damit", "sodass", "nachdem", "bevor",
    "because", "since", "if", "when", "although", "though", "that", "so", "after", "before",
})  # fmt: skip
SHORT = 20  # words and marks of a message that may ask without a question mark
MOST_PARTS = 8  # of a message that are looked at; bounds the cost
CLEAR = 0.5  # how likely a sentence must be a question for the story around it to count no more


def split_sentences(tokens: Sequence[Token], text: str) -> list[list[Token]]:
    """The tokens of each sentence; one ends at a mark followed by a blank, or at a line break.

    "Nr. 5 ist zu. Warum?" → "Nr. 5 ist zu." "Warum?" (spaCy keeps the full stop of an abbreviation in its word)
    """
    if not tokens:
        return [[]]
    sentences: list[list[Token]] = [[]]
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        sentences[-1].append(token)
        if following is None:
            break
        gap = text[token.end : following.start]
        if "\n" in gap or (gap and _ENDS.issuperset(token.text)):
            sentences.append([])
    return sentences


def split_questions(sentences: Sequence[Sequence[Token]]) -> list[list[Token]]:
    """The parts of a message that may each ask something: "Was kostet er" "wie lange dauert das".

    They stand between commas and "und", in sentences with a question mark; without any, in a short message. What only
    says why or that something is ("weil …") asks nothing.
    """
    questions = [sentence for sentence in sentences if sentence and sentence[-1].text == "?"]
    if not questions and sum(map(len, sentences)) <= SHORT:
        questions = list(sentences)
    parts: list[list[Token]] = []
    for sentence in questions:
        parts.append([])
        for token in sentence:
            if token.text.casefold() in JOINTS:
                parts.append([])
            else:
                parts[-1].append(token)
    return [part for part in parts if part and part[0].text.casefold() not in REASONS][:MOST_PARTS]


@dataclass(frozen=True)
class Kinds:
    """Intents whose sentences do not count like others: mere courtesies, the story around a question, questions that
    such a story is told for, and what must not be missed.
    """

    courtesies: Collection[str] = ()
    background: str = ""
    asking: Collection[str] = ()
    urgent: Collection[str] = ()


def combine(scores: Sequence[np.ndarray], model: LinearModel, kinds: Kinds) -> np.ndarray:
    """Scores of a message from those of its sentences: the clearest sentence decides, but
    - a courtesy only among its own;
    - the background ("our dog has died") not where another sentence clearly asks ("what must I bring?");
    - what is urgent wherever it is said.
    """
    best = [model.labels[int(score.argmax())] for score in scores]
    saying = [place for place, label in enumerate(best) if label not in kinds.courtesies] or range(len(scores))
    if any(best[place] in kinds.asking and model.probabilities(scores[place]).max() >= CLEAR for place in saying):
        saying = [place for place in saying if best[place] != kinds.background]
    combined = np.max([scores[place] for place in saying], axis=0)
    anywhere = [place for place, label in enumerate(model.labels) if label in kinds.urgent]
    combined[anywhere] = np.max(scores, axis=0)[anywhere]
    return combined


def frame(
    labels: Sequence[str],
    languages: Sequence[str],
    *,
    openings: frozenset[str],
    closings: frozenset[str],
    share: float,
) -> list[tuple[int, list[int]]]:
    """Which examples to learn once more with courtesies around them: index and the indices to read in a row.

    A `share` of the examples that are no courtesy gets an opening (an example with a label in `openings`), a closing
    or both, in its own language. The same arguments give the same choice.
    """
    first = _by_language(labels, languages, openings)
    last = _by_language(labels, languages, closings)
    chance = np.random.default_rng(SEED)
    framed: list[tuple[int, list[int]]] = []
    for index, (label, language) in enumerate(zip(labels, languages, strict=True)):
        if label in openings | closings or language not in first.keys() & last.keys() or chance.random() >= share:
            continue
        kind, opening, closing = (
            chance.random(),
            int(chance.choice(first[language])),
            int(chance.choice(last[language])),
        )
        if kind < 0.5:
            framed.append((index, [opening, index]))
        elif kind < 0.8:
            framed.append((index, [index, closing]))
        else:
            framed.append((index, [opening, index, closing]))
    return framed


def _by_language(labels: Sequence[str], languages: Sequence[str], wanted: frozenset[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for index, (label, language) in enumerate(zip(labels, languages, strict=True)):
        if label in wanted:
            found.setdefault(language, []).append(index)
    return found
