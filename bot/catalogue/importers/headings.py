"""Finds facets in the running text of a service: under headings, and in sentences that are clear evidence.

Nothing is invented and nothing lost: what stands under a facet's heading moves to the facet, everything else is the
summary. A sentence found as evidence is copied to its facet and stays in the summary too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from bot.catalogue.importers.vocabulary import Evidence, Vocabulary
from bot.facets import Facet
from bot.text.html import Block, join, read_blocks
from bot.text.sentences import split_sentences

LONGEST_HEADING = 100


@dataclass(frozen=True, kw_only=True)
class Description:
    """A description taken apart. `facets` has no key for what was not found."""

    summary: str = ""
    facets: dict[Facet, str] = field(default_factory=dict)
    documents: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Section:
    heading: str
    blocks: tuple[Block, ...]


def take_apart(html: str, vocabulary: Vocabulary, *, fees_known: bool = False) -> Description:
    """The facets in a description. `fees_known`: the fees stand elsewhere, so sentences about money prove nothing."""
    sections = _sections(read_blocks(html), vocabulary)
    by_facet: dict[Facet, list[_Section]] = {}
    rest: list[Block] = []
    for section in sections:
        facets = vocabulary.facets_of_heading(section.heading) if section.blocks else ()
        for facet in facets:
            by_facet.setdefault(facet, []).append(section)
        if not facets:
            if section.heading:
                rest.append(Block("heading", section.heading))
            rest += section.blocks
    documents, beside = split_list([block for section in by_facet.get("documents", []) for block in section.blocks])
    facets_found: dict[Facet, str] = {}
    for facet, found in by_facet.items():
        text = beside if facet == "documents" and documents else _text_of(found)
        if text:
            facets_found[facet] = text
    evidence: Mapping[Facet, Evidence] = vocabulary.sentences
    if not fees_known:
        evidence = {**evidence, "fees": vocabulary.fees_in_description}
    for facet, signs in evidence.items():
        if facet not in by_facet:
            text = _evidence_text(sections, signs, vocabulary)
            if text:
                facets_found[facet] = text
    return Description(
        # A description that is all facets still says what the service is: its first section does.
        summary=join(rest) or next((join(list(section.blocks)) for section in sections if section.blocks), ""),
        facets=facets_found,
        documents=documents,
    )


def _sections(blocks: Sequence[Block], vocabulary: Vocabulary) -> list[_Section]:
    sections: list[_Section] = []
    heading, held = "", list[Block]()
    for number, block in enumerate(blocks):
        if _is_heading(block, vocabulary, followed=number + 1 < len(blocks)):
            if heading or held:
                sections.append(_Section(heading, tuple(held)))
            heading, held = block.text.rstrip(" :"), []
        else:
            held.append(block)
    if heading or held:
        sections.append(_Section(heading, tuple(held)))
    return sections


def _is_heading(block: Block, vocabulary: Vocabulary, *, followed: bool) -> bool:
    """A heading, a short line in bold type that is no sentence, or a line "Voraussetzungen:" that names a facet."""
    if block.kind == "heading":
        return True
    if block.kind == "item" or not followed or len(block.text) > LONGEST_HEADING or "\n" in block.text:
        return False
    if block.bold:
        return not block.text.endswith((".", "!", ",", ";"))
    return block.text.endswith(":") and len(block.text.split()) <= 4 and bool(vocabulary.facets_of_heading(block.text))


def split_list(blocks: Sequence[Block]) -> tuple[tuple[str, ...], str]:
    """The items of lists, and what stands beside them without a line that only introduces a list."""
    return tuple(block.text for block in blocks if block.kind == "item"), _without_list(blocks)


def _without_list(blocks: Sequence[Block]) -> str:
    kept = [
        block
        for block, following in zip_longest(blocks, blocks[1:])
        if block.kind != "item"
        and not (following is not None and following.kind == "item" and block.text.endswith(":"))
    ]
    return join(kept)


def _text_of(sections: Sequence[_Section]) -> str:
    if len(sections) == 1:
        return join(list(sections[0].blocks))
    return "\n\n".join(f"{section.heading}:\n{join(list(section.blocks))}" for section in sections)


def _evidence_text(sections: Sequence[_Section], signs: Evidence, vocabulary: Vocabulary) -> str:
    parts: list[str] = []
    seen: set[str] = set()
    for section in sections:
        found = [text for text in _evident(section.blocks, signs, vocabulary) if text not in seen]
        seen.update(found)
        if found:
            parts.append(_with_heading(section.heading, "\n".join(found), vocabulary))
    return "\n\n".join(parts)


def _with_heading(heading: str, text: str, vocabulary: Vocabulary) -> str:
    """ "beträgt drei Tage" under "Express-Bestellung" is true of the express order only, so the heading goes along."""
    says_nothing = heading.lower() in vocabulary.empty_headings or vocabulary.facets_of_heading(heading)
    if not heading or says_nothing:
        return text
    return f"{heading}\n{text}" if heading.endswith("?") else f"{heading}:\n{text}"


def _evident(blocks: Sequence[Block], signs: Evidence, vocabulary: Vocabulary) -> Iterator[str]:
    """The sentences that are evidence, adjacent ones together; one that introduces a list comes with the list."""
    listed = 0  # blocks before this one came with the sentence that introduces them
    for number, block in enumerate(blocks):
        if number < listed:
            continue
        sentences = split_sentences(block.text)
        taken: set[int] = set()
        for index, sentence in enumerate(sentences):
            # A sentence in lower case is a piece of a list that makes no sense without its beginning.
            if sentence[0].islower() or not signs.stands_in(sentence):
                continue
            taken.add(index)
            if index and vocabulary.refers_back(sentence):
                taken.add(index - 1)
        for run in _runs(taken):
            text = " ".join(sentences[index] for index in run)
            last = run[-1] == len(sentences) - 1 and not text.endswith((".", "!", "?"))
            items = _items_after(blocks, number) if last and block.kind != "item" else []
            listed = number + 1 + len(items)
            yield join([Block("paragraph", text), *items])


def _runs(numbers: set[int]) -> Iterator[list[int]]:
    """{0, 1, 4} → [0, 1], [4]"""
    run: list[int] = []
    for number in sorted(numbers):
        if run and number != run[-1] + 1:
            yield run
            run = []
        run.append(number)
    if run:
        yield run


def _items_after(blocks: Sequence[Block], number: int) -> list[Block]:
    items: list[Block] = []
    for block in blocks[number + 1 :]:
        if block.kind != "item":
            break
        items.append(block)
    return items
