"""The message, and what a citizen sends to get one."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from bot.conversations.outcomes import Outcome
from bot.conversations.records import Role
from bot.language import Language
from bot.web.protocol.cards import Card
from bot.web.protocol.ids import ChoiceToken, MessageId


class MessageChoice(Struct, frozen=True, kw_only=True):
    """A button: show `title`, send `choice`."""

    title: str
    choice: ChoiceToken


class Feedback(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whether an answer helped; the comment with personal data masked."""

    helpful: bool
    comment: str | UnsetType = UNSET


class Message(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One message. A citizen's text comes back with personal data masked; `outcome` is null but for bot and system.

    `feedback` is there where it can be given, and null until it is.
    """

    id: MessageId
    role: Role
    language: Language
    outcome: Outcome | None
    text: str
    at: Annotated[datetime, Meta(tz=True, description="UTC")]
    card: Card | UnsetType = UNSET
    choices: list[MessageChoice] | UnsetType = UNSET
    feedback: Feedback | UnsetType | None = UNSET


class Messages(Struct, frozen=True, kw_only=True):
    """Messages in order. After sending: the answers to it."""

    messages: list[Message]


class TextMessage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A message in the citizen's words; it must hold something visible."""

    text: str


class ChoiceMessage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A pressed button of this conversation."""

    choice: ChoiceToken


class WishMessage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The wish to talk to a human; the answer says what is possible at this moment."""

    wish: Literal["human"]


class NewFeedback(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether an answer helped, and a word on it; takes the place of what was said before."""

    helpful: bool
    comment: str | UnsetType = UNSET
