"""The shapes in which conversations are read and written."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bot.conversations.handoff import Mode
from bot.conversations.outcomes import Outcome
from bot.language import Language

Role = Literal["citizen", "bot", "caseworker", "system"]


@dataclass(frozen=True, kw_only=True)
class StoredConversation:
    """A conversation as read; `version` is what a writer has to name."""

    id: str
    token_hash: str
    language: Language
    language_pinned: bool
    mode: Mode
    state: str | None
    version: int
    last_number: int


@dataclass(frozen=True, kw_only=True)
class StoredChoice:
    """A button: `token` and `title` are shown, `intent` and `entities` are what pressing it means."""

    token: str
    title: str
    intent: str
    entities: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Feedback:
    """Whether an answer helped, in the citizen's opinion; `comment` is masked."""

    helpful: bool
    comment: str | None = None


@dataclass(frozen=True, kw_only=True)
class StoredMessage:
    """A message; `card` is the card of the contract as plain data. `feedback` is read with it, never written."""

    number: int
    role: Role
    language: Language
    text: str
    at: datetime
    outcome: Outcome | None = None
    reply_to: int | None = None
    key: str | None = None
    chosen: str | None = None
    masked: tuple[str, ...] = ()
    card: dict[str, Any] | None = None
    understanding: dict[str, Any] | None = None
    choices: tuple[StoredChoice, ...] = ()
    feedback: Feedback | None = None
    staff_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What a message changes in its conversation; None leaves a value as it was."""

    state: str | None = None
    language: Language | None = None
    pins_language: bool | None = None


UNCHANGED = Progress()
