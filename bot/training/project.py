"""What the assistant is made from, read once for the checks: sentences, replies, rules, phrases, outcomes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from bot.errors import TrainingDataError
from bot.language import LANGUAGES, Language

DOMAIN = "domain.yml"
TRAINING = "data/nlu"
HELD_OUT = "tests/nlu"
RULES = "data/rules"
REPLIES = "responses"
PHRASES = "locales"
OUTCOMES = "bot/conversations/outcomes.yml"
ACTIONS = "actions"
KNOWN_FAILURES = "tests/nlu/known_failures.yml"
ALLOWED = "tests/allowed_problems.yml"

Shape = TypeVar("Shape")

# It leaves every value a text: the name of a rule may be "Yes", which YAML 1.1 takes for true and Rasa's 1.2 does not.
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """What a citizen may write; `intent` is "greet" or "faq/contact", `file` is relative to the project's root."""

    language: Language
    intent: str
    text: str
    file: str

    @property
    def place(self) -> str:
        """Where it stands, as problems name it."""
        return f"{self.file}: {self.intent}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What is said under one name: the texts of its variations; title and payload of all buttons.

    `metadata` is that of each variation: names and values as they stand in the file.
    """

    language: Language
    name: str
    texts: tuple[str, ...]
    buttons: tuple[tuple[str, str], ...] = ()
    metadata: tuple[Mapping[str, str], ...] = ()
    file: str

    @property
    def place(self) -> str:
        """Where it stands, as problems name it."""
        return f"{self.file}: {self.name}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One rule: the intents it begins with, the actions that follow."""

    name: str
    intents: tuple[str, ...]
    actions: tuple[str, ...]
    file: str

    @property
    def place(self) -> str:
        """Where it stands, as problems name it."""
        return f"{self.file}: {self.name}"


class KnownFailure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence that the model is known to get wrong, the intent it should get, and why it does not."""

    sentence: str
    language: Language
    expected: str
    why: str


class Allowed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Problems that are left so, each as `check` prints it, and why."""

    why: str
    problems: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Project:
    """Everything the checks look at.

    `phrases` are the texts of locales/<topic>.<language>.yml, named "<topic>.<key>". `action_files` are the modules in
    actions/, without suffix. `outcomes`: the patterns of replies by outcome.
    """

    intents: tuple[str, ...]
    actions: tuple[str, ...]
    action_files: frozenset[str]
    training: tuple[Sentence, ...]
    held_out: tuple[Sentence, ...]
    known_failures: tuple[KnownFailure, ...]
    replies: tuple[Reply, ...]
    phrases: tuple[Reply, ...]
    rules: tuple[Rule, ...]
    outcomes: Mapping[str, tuple[str, ...]]
    allowed: tuple[Allowed, ...]


def read_project(root: Path) -> Project:
    """The project in the folder `root`.

    Raises:
        TrainingDataError: a file is missing, no YAML or of another shape; the text names it.
    """
    domain = _read(root, DOMAIN, _Domain)
    has_failures, has_allowed = (root / KNOWN_FAILURES).exists(), (root / ALLOWED).exists()
    return Project(
        intents=_names(domain.intents),
        actions=_names(domain.actions),
        action_files=frozenset(path.stem for path in (root / ACTIONS).glob("*.py")),
        training=tuple(_sentences(root, TRAINING)),
        held_out=tuple(_sentences(root, HELD_OUT)),
        known_failures=_read(root, KNOWN_FAILURES, _KnownFailureFile).failures if has_failures else (),
        replies=tuple(_replies(root)),
        phrases=tuple(_phrases(root)),
        rules=tuple(_rules(root)),
        outcomes={name: entry.responses for name, entry in _read(root, OUTCOMES, dict[str, _Outcome]).items()},
        allowed=_read(root, ALLOWED, _AllowedFile).allowed if has_allowed else (),
    )


# The shapes of the files, as far as the checks need them.


class _Domain(msgspec.Struct):
    intents: list[str | dict[str, Any]]
    actions: list[str | dict[str, Any]]


class _Examples(msgspec.Struct):
    intent: str = ""  # without one it is a synonym, a lookup table or a regular expression
    examples: str = ""


class _SentenceFile(msgspec.Struct):
    nlu: list[_Examples]


class _Button(msgspec.Struct):
    title: str
    payload: str


class _Variation(msgspec.Struct):
    text: str = ""
    buttons: tuple[_Button, ...] = ()
    metadata: dict[str, str] = {}


class _ReplyFile(msgspec.Struct):
    responses: dict[str, tuple[_Variation, ...]]


class _Step(msgspec.Struct):
    intent: str = ""
    action: str = ""
    either: "tuple[_Step, ...]" = msgspec.field(name="or", default=())


class _Rule(msgspec.Struct):
    rule: str
    steps: tuple[_Step, ...]


class _RuleFile(msgspec.Struct):
    rules: list[_Rule]


class _Outcome(msgspec.Struct):
    responses: tuple[str, ...]


class _KnownFailureFile(msgspec.Struct, forbid_unknown_fields=True):
    failures: tuple[KnownFailure, ...]


class _AllowedFile(msgspec.Struct, forbid_unknown_fields=True):
    allowed: tuple[Allowed, ...]


def _sentences(root: Path, folder: str) -> Iterator[Sentence]:
    for language, file in _files(root, f"{folder}/{{language}}/*.yml"):
        for part in _read(root, file, _SentenceFile).nlu:
            for line in part.examples.splitlines():
                text = line.strip().removeprefix("-").strip()
                if part.intent and text:
                    yield Sentence(language=language, intent=part.intent, text=text, file=file)


def _replies(root: Path) -> Iterator[Reply]:
    for language, file in _files(root, f"{REPLIES}/{{language}}/*.yml"):
        for name, variations in _read(root, file, _ReplyFile).responses.items():
            yield Reply(
                language=language,
                name=name,
                texts=tuple(variation.text for variation in variations),
                buttons=tuple((button.title, button.payload) for part in variations for button in part.buttons),
                metadata=tuple(variation.metadata for variation in variations),
                file=file,
            )


def _phrases(root: Path) -> Iterator[Reply]:
    for language, file in _files(root, f"{PHRASES}/*.{{language}}.yml"):
        topic = Path(file).name.partition(".")[0]
        for key, text in _read(root, file, dict[str, str]).items():
            yield Reply(language=language, name=f"{topic}.{key}", texts=(text,), file=file)


def _rules(root: Path) -> Iterator[Rule]:
    for path in sorted((root / RULES).glob("*.yml")):
        file = path.relative_to(root).as_posix()
        for rule in _read(root, file, _RuleFile).rules:
            steps = [step for outer in rule.steps for step in (outer, *outer.either)]
            yield Rule(
                name=rule.rule,
                intents=tuple(step.intent for step in steps if step.intent),
                actions=tuple(step.action for step in steps if step.action),
                file=file,
            )


def _files(root: Path, pattern: str) -> Iterator[tuple[Language, str]]:
    for language in LANGUAGES:
        for path in sorted(root.glob(pattern.format(language=language))):
            yield language, path.relative_to(root).as_posix()


def _names(entries: list[str | dict[str, Any]]) -> tuple[str, ...]:
    """Rasa takes "greet" as well as {"greet": {options}}."""
    return tuple(name for entry in entries for name in ([entry] if isinstance(entry, str) else entry))


def _read(root: Path, file: str, shape: type[Shape]) -> Shape:
    try:
        content = yaml.load((root / file).read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 it is a safe loader
        return msgspec.convert(content, shape)
    except (OSError, ValueError, yaml.YAMLError, msgspec.ValidationError) as error:
        raise TrainingDataError(f"{file}: cannot be read ({error})") from error
