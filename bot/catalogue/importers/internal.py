"""Tells the town hall's own counters, queues and tests from services for citizens.

Exports carry both, and no field says which is which: `public` is false for many real services. What distinguishes a
counter is that nobody ever wrote about it for citizens. So the evidence is what is missing: LeiKa key, fees, links,
keywords and description. Something missing proves something only where it usually is there; in a catalogue whose
services mostly have nothing but a name, only the names of counters count.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.catalogue.importers.vocabulary import Vocabulary, has_word
from bot.text.html import Block

USUAL_SHARE = 0.5
SHORT_NOTE = 700  # characters; the longest paragraph that reads like a note among colleagues


@dataclass(frozen=True, kw_only=True)
class Traces:
    """What of a service was written for citizens."""

    name: str
    description: Sequence[Block]
    signs: bool  # a LeiKa key, fees, links or keywords


def find_internal(rows: Iterable[tuple[str, Traces]], vocabulary: Vocabulary) -> frozenset[str]:
    """The ids of the rows that are counters, queues or tests."""
    known = list(rows)
    with_signs = sum(traces.signs for _, traces in known)
    usual = bool(known) and with_signs / len(known) >= USUAL_SHARE
    return frozenset(
        row_id
        for row_id, traces in known
        if not traces.signs
        and not _is_written_for_citizens(traces.description)
        and (usual or (not traces.description and has_word(traces.name, vocabulary.counters)))
    )


def _is_written_for_citizens(description: Sequence[Block]) -> bool:
    """Several paragraphs, a heading or a list. One short paragraph is what colleagues note about a queue."""
    return len(description) > 1 or any(len(block.text) > SHORT_NOTE for block in description)
