"""What the citizens of the measurement say: held-out sentences of tests/nlu, drawn with a fixed seed.

The same conversation number gives the same conversation, so both systems are told the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import yaml

from bot.errors import NotFoundError
from bot.facets import FACET_OF_INTENT
from bot.language import LANGUAGES, Language

SEED = 20_261_122
LANGUAGE_SHARES: Mapping[Language, float] = {"de": 0.7, "en": 0.3}
# What citizens come for: services, then frequent questions, then greetings, thanks, complaints and the rest.
KIND_SHARES: Mapping[str, float] = {"service": 0.65, "faq": 0.15, "dialogue": 0.2}
COMMAND_MARK = "/"


@dataclass(frozen=True)
class Conversation:
    """What one citizen says, in order."""

    language: Language
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Sentences:
    """Sentences by language and kind."""

    by_kind: Mapping[Language, Mapping[str, Sequence[str]]]

    def __len__(self) -> int:
        return sum(len(texts) for kinds in self.by_kind.values() for texts in kinds.values())

    def conversation(self, name: str, *, turns: int) -> Conversation:
        """The conversation of this name: one language, every turn of a kind of its own."""
        random = Random(f"{SEED} {name}")
        (language,) = random.choices(list(LANGUAGE_SHARES), list(LANGUAGE_SHARES.values()))
        kinds = random.choices(list(KIND_SHARES), list(KIND_SHARES.values()), k=turns)
        return Conversation(language, tuple(random.choice(self.by_kind[language][kind]) for kind in kinds))


def read_sentences(folder: Path) -> Sentences:
    """All sentences in `folder`/<language>/<intent>.yml.

    Raises:
        NotFoundError: a language has no sentences of a kind.
    """
    by_kind: dict[Language, dict[str, list[str]]] = {
        language: {kind: [] for kind in KIND_SHARES} for language in LANGUAGES
    }
    for language, kinds in by_kind.items():
        for file in sorted((folder / language).glob("*.yml")):
            for intent, text in _examples(file):
                kinds[_kind(intent)].append(text)
        for kind, texts in kinds.items():
            if not texts:
                raise NotFoundError(f"{folder / language}: no sentences of the kind {kind}")
    return Sentences(by_kind)


def _examples(file: Path) -> Iterator[tuple[str, str]]:
    for entry in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
        for line in entry["examples"].splitlines():
            text = line.removeprefix("- ").strip()
            # Stock Rasa runs what begins with a slash as a command instead of understanding it.
            if text and not text.startswith(COMMAND_MARK):
                yield entry["intent"], text


def _kind(intent: str) -> str:
    if intent in FACET_OF_INTENT:
        return "service"
    return "faq" if intent.startswith("faq/") else "dialogue"
