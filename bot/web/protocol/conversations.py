"""A conversation as a whole: its beginning, its language, who answers."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from bot.conversations.handoff import Mode
from bot.language import Language
from bot.web.protocol.ids import ConversationId


class NewConversation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A conversation to begin; `language` is where it starts, the citizen's words may change it."""

    language: Language | UnsetType = UNSET


class ConversationOpened(Struct, frozen=True, kw_only=True):
    """A conversation that has begun. The token is shown once and alone opens it."""

    id: ConversationId
    token: Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{43}$")]


class ChosenLanguage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The language the citizen wishes answers in; kept until two messages in a row are in the other one."""

    language: Language


class HandoffState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who answers. While waiting: the position in the queue, and the minutes until then where figures allow to say."""

    state: Mode
    position: Annotated[int, Meta(ge=1)] | UnsetType = UNSET
    minutes: Annotated[int, Meta(ge=1)] | UnsetType = UNSET
