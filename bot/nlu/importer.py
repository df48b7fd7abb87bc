"""Reads the project: data/nlu/<language>/, data/rules/, domain.yml and responses/<language>/."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Optional, Union

import rasa.shared.utils.io
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.exceptions import YamlException
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.errors import TrainingDataError
from bot.language import DEFAULT_LANGUAGE, LANGUAGES, Language
from bot.nlu.sources import read_source

_PLACEHOLDER = re.compile(r"{([^\n{}]+)}")

Variations = list[dict[str, Any]]


class BilingualImporter(RasaFileImporter):
    """Rasa's own importer, with replies per language and the language noted on each training example.

    Replies become variations with a condition on the slot `language`; those of the default language stand without
    one, so that tools that set no slot find them.
    """

    def __init__(
        self,
        config_file: Optional[str] = None,
        domain_path: Optional[str] = None,
        training_data_paths: Optional[Union[list[str], str]] = None,
        responses: Optional[str] = None,
    ) -> None:
        super().__init__(config_file, domain_path, _reading_paths(training_data_paths))
        self._nlu_data: Optional[TrainingData] = None
        self._responses = Path(responses or Path(domain_path or ".").parent / "responses")

    def get_domain(self) -> Domain:
        """The domain with the replies of all languages (see the interface).

        Raises:
            TrainingDataError: the languages differ in names or placeholders, one reply is written twice, or names a
                source or a date that is none.
        """
        domain = super().get_domain()
        if domain.is_empty():
            return domain
        merged = merge_responses({language: read_responses(self._responses / language) for language in LANGUAGES})
        return domain.merge(Domain.from_dict({"responses": merged}))

    def get_stories(self, exclusion_percentage: Optional[int] = None) -> StoryGraph:
        """Rules and stories (see the interface).

        Raises:
            TrainingDataError: one goes over several messages; rules see a single turn (see `bot.nlu.state`).
        """
        graph = super().get_stories(exclusion_percentage)
        for step in graph.story_steps:
            if sum(isinstance(event, UserUttered) for event in step.events) > 1:
                raise TrainingDataError(
                    f"{step.source_name}: {step.block_name!r} has several messages of the citizen; "
                    "rules see one turn, what lasts longer belongs into a slot"
                )
        return graph

    def get_nlu_data(self, language: Optional[str] = "en") -> TrainingData:
        """All examples; `metadata["language"]` is the folder they stand in (see the interface).

        Rasa asks several times, for "a language" that its files do not have, so the data are read once. Merging file
        by file would copy and compare all examples at each of them: most of the time of a training.
        """
        if self._nlu_data is None:
            parts = [self._read_examples(Path(file), language) for file in self._nlu_files]
            self._nlu_data = TrainingData(
                training_examples=[example for part in parts for example in part.training_examples],
                entity_synonyms={word: value for part in parts for word, value in part.entity_synonyms.items()},
                regex_features=[feature for part in parts for feature in part.regex_features],
                lookup_tables=[table for part in parts for table in part.lookup_tables],
                responses={name: texts for part in parts for name, texts in part.responses.items()},
            )
        return self._nlu_data

    @staticmethod
    def _read_examples(file: Path, language: Optional[str]) -> TrainingData:
        loaded = load_data(str(file), language)
        if file.parent.name in LANGUAGES:
            for example in loaded.training_examples:
                example.set("metadata", {**(example.get("metadata") or {}), "language": file.parent.name})
        return loaded


def read_responses(folder: Path) -> dict[str, tuple[Path, Variations]]:
    """Reply name → file it stands in and its variations.

    Raises:
        TrainingDataError: there is no file, or two files have the same reply.
    """
    found: dict[str, tuple[Path, Variations]] = {}
    for file in sorted(folder.glob("*.yml")):
        for name, variations in _read_file(file).items():
            if name in found:
                raise TrainingDataError(f"{file}: {name} is also in {found[name][0]}")
            found[name] = file, variations
    if not found:
        raise TrainingDataError(f"{folder}: no replies")
    return found


def _read_file(file: Path) -> dict[str, Variations]:
    try:
        content = rasa.shared.utils.io.read_yaml_file(file)
    except YamlException as error:
        raise TrainingDataError(f"{file}: no YAML") from error
    replies = content.get("responses") if isinstance(content, dict) else None
    if not isinstance(replies, dict):
        raise TrainingDataError(f"{file}: expected `responses:` with replies by name")
    for name, variations in replies.items():
        if not isinstance(variations, list) or not all(isinstance(variation, dict) for variation in variations):
            raise TrainingDataError(f"{file}: {name} is not a list of variations")
        for variation in variations:
            try:
                source = read_source(variation.get("metadata"))
            except TrainingDataError as error:
                raise TrainingDataError(f"{file}: {name}: {error}") from error
            if source is not None:  # as text: Rasa writes the domain as JSON, which knows no dates
                variation["metadata"] = {**variation["metadata"], "valid_as_of": source.valid_as_of.isoformat()}
    return replies


def merge_responses(replies: Mapping[Language, Mapping[str, tuple[Path, Variations]]]) -> dict[str, Variations]:
    """One list of variations per reply, those of other languages than the default under a condition.

    Raises:
        TrainingDataError: the languages differ in names or placeholders.
    """
    default = replies[DEFAULT_LANGUAGE]
    merged = {name: list(variations) for name, (_file, variations) in default.items()}
    for language, translated in replies.items():
        if language == DEFAULT_LANGUAGE:
            continue
        _check_parity(default, translated, language)
        condition = [{"type": "slot", "name": "language", "value": language}]
        for name, (_file, variations) in translated.items():
            merged[name] += [{**variation, "condition": condition} for variation in variations]
    return merged


def _check_parity(
    default: Mapping[str, tuple[Path, Variations]],
    translated: Mapping[str, tuple[Path, Variations]],
    language: Language,
) -> None:
    for name in sorted(set(default) - set(translated)):
        raise TrainingDataError(f"{default[name][0]}: {name} has no reply in {language}")
    for name in sorted(set(translated) - set(default)):
        raise TrainingDataError(f"{translated[name][0]}: {name} has no reply in {DEFAULT_LANGUAGE}")
    for name, (file, variations) in translated.items():
        here, there = _placeholders(variations), _placeholders(default[name][1])
        if here != there:
            raise TrainingDataError(
                f"{file}: {name} has the placeholders {sorted(here)}, {default[name][0]} has {sorted(there)}"
            )


def _placeholders(variations: Variations) -> set[str]:
    return {found for variation in variations for found in _PLACEHOLDER.findall(variation.get("text") or "")}


def _reading_paths(paths: Optional[Union[list[str], str]]) -> Optional[list[str]]:
    """`data` holds the catalogue too, which Rasa would read file by file only to find no examples in it."""
    if paths is None:
        return None
    reading: list[str] = []
    for path in [paths] if isinstance(paths, str) else paths:
        parts = [str(Path(path) / part) for part in ("nlu", "rules", "stories") if (Path(path) / part).is_dir()]
        reading += parts or [path]
    return reading
