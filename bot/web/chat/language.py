"""In which language a conversation goes on after a message.

A language the citizen asked for (by words or the button of the widget) is kept: a wish counts more than a guess. It is
given up when two messages in a row are clearly in the other language: one may be a letter that was pasted, and who
goes on writing like that no longer needs the language asked for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from bot.conversations.records import StoredConversation
from bot.language import Language
from bot.text.identify import Identification


class Identify(Protocol):
    """Names the language of a text in a conversation that was in `previous`, in which it may be the first."""

    def __call__(self, text: str, *, previous: Language | None, first: bool) -> Identification:
        """The language, None if it cannot be told."""
        ...


@dataclass(frozen=True)
class Spoken:
    """The language to go on in; `is_pinned` as long as the citizen's wish holds."""

    language: Language
    is_pinned: bool


def spoken_language(
    conversation: StoredConversation, text: str, *, identify: Identify, text_before: Callable[[], str | None]
) -> Spoken:
    """The language after `text`; `text_before` finds what was written before it, but after the wish, if any was."""

    def named(said: str) -> Language:
        first = conversation.last_number == 0 and not conversation.language_pinned
        return identify(said, previous=conversation.language, first=first).language or conversation.language

    language = named(text)
    if not conversation.language_pinned or language == conversation.language:
        return Spoken(language, conversation.language_pinned)
    before = text_before()
    if before is not None and named(before) == language:
        return Spoken(language, is_pinned=False)
    return Spoken(conversation.language, is_pinned=True)
