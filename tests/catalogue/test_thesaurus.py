from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.catalogue.concepts.store import concept_model
from bot.catalogue.thesaurus import FEWEST_SENTENCES, read_thesaurus
from bot.errors import InputError
from bot.language import LANGUAGES

WORDING = {"name": "Feuerstelle", "titles": ["Lagerfeuer"], "words": ["grillen"], "sentences": ["a1", "a2", "a3", "a4"]}
ENTRY: dict[str, Any] = {"concept": "feuer", "de": WORDING, "en": WORDING}


def read(folder: Path, *entries: object) -> list[str]:
    """The ids of what is read."""
    (folder / "events").mkdir(exist_ok=True)
    (folder / "events" / "fire.yml").write_text(yaml.safe_dump(list(entries)), "utf-8")
    read_thesaurus.cache_clear()
    return [concept.concept for concept in read_thesaurus(folder)]


def test_thesaurus_is_as_broad_as_a_town_needs() -> None:
    concepts = read_thesaurus()
    wordings = [concept.wording(language) for concept in concepts for language in LANGUAGES]
    assert len(concepts) >= 600
    assert sum(1 + len(wording.titles) + len(wording.words) for wording in wordings) >= 6_000
    assert min(len(wording.sentences) for wording in wordings) >= FEWEST_SENTENCES
    assert min(len(wording.titles) for wording in wordings) >= 1


def test_no_sentence_is_said_of_two_concepts() -> None:
    said = Counter(
        (language, sentence.casefold())
        for concept in read_thesaurus()
        for language in LANGUAGES
        for sentence in concept.wording(language).sentences
    )
    assert [sentence for sentence, count in said.items() if count > 1] == []


def test_no_title_names_two_concepts() -> None:
    titles = Counter(
        title
        for concept in read_thesaurus()
        for title in {title.casefold() for title in (concept.de.name, *concept.de.titles)}
    )
    assert [title for title, count in titles.items() if count > 1] == []


def test_variants_lead_to_a_plain_concept_without_going_round() -> None:
    plainer = {concept.concept: concept.variant_of for concept in read_thesaurus()}
    for start in plainer:
        seen = [start]
        while plainer[seen[-1]]:
            seen.append(plainer[seen[-1]])
            assert len(seen) == len(set(seen)), seen


def test_entry_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, ENTRY, {**ENTRY, "concept": "feuer_privat", "variant_of": "feuer"}) == [
        "feuer",
        "feuer_privat",
    ]


@pytest.mark.parametrize(
    ("entries", "mistake"),
    [
        ([{**ENTRY, "sentences": []}], "unknown field `sentences`"),
        ([{**ENTRY, "en": {**WORDING, "sentences": ["a"] * 2}}], "length >= 4"),
        ([{**ENTRY, "de": {**WORDING, "words": ["grillen", "grillen"]}}], "de.words: stands twice: 'grillen'"),
        ([{**ENTRY, "de": {**WORDING, "name": 7}}], "Expected `str`"),
        ([ENTRY, ENTRY], "the concept stands twice"),
        ([{**ENTRY, "concept": "Feuer Stelle"}], "an id is of lower-case letters"),
        ([{**ENTRY, "leika": ["123"]}], "no LeiKa key of 8, 11 or 14 digits: '123'"),
        ([{**ENTRY, "variant_of": "nichts"}], "variant_of names no concept: 'nichts'"),
        ([{**ENTRY, "variant_of": "feuer"}], "variant_of names no concept: 'feuer'"),
        (["feuer"], "concept 1: Expected `object`"),
    ],
)
def test_mistake_is_named_with_its_place(tmp_path: Path, entries: list[object], mistake: str) -> None:
    with pytest.raises(InputError) as error:
        read(tmp_path, *entries)
    assert mistake in str(error.value)
    assert "feuer" in str(error.value) or "fire.yml" in str(error.value)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"- concept: [", b"concept: feuer", b"&a [*a]"])
def test_file_that_is_no_list_of_concepts_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "events").mkdir()
    (tmp_path / "events" / "fire.yml").write_bytes(content)
    read_thesaurus.cache_clear()
    with pytest.raises(InputError, match=r"events/fire\.yml"):
        read_thesaurus(tmp_path)


def test_folder_without_concepts_is_named(tmp_path: Path) -> None:
    read_thesaurus.cache_clear()
    with pytest.raises(InputError, match="there is no concept"):
        read_thesaurus(tmp_path)


def test_words_of_a_plain_concept_mean_it_and_not_its_variants() -> None:
    concepts = read_thesaurus()
    model = concept_model(Path(__file__).parents[2] / "models")
    variants = {(concept.concept, concept.variant_of) for concept in concepts if concept.variant_of}
    plain = {plain for _, plain in variants}
    asked = [
        (concept.concept, phrase)
        for concept in concepts
        if concept.concept in plain
        for phrase in (concept.de.name, *concept.de.titles)
    ]
    won = [
        (model.concepts[int(model.understand(phrase, "de").concepts.argmax())], concept) for concept, phrase in asked
    ]
    assert sum(pair in variants for pair in won) <= 0.04 * len(asked)
