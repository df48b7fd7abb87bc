"""Frames of a citizen's socket.

To the server: hello, then {"type": "message", "id", "text" or "choice" or "wish"}, {"type": "typing"} and
{"type": "ping"}. To the client: `ServerFrame`.
"""

from msgspec import Struct

from bot.conversations.records import Role
from bot.web.errors import ErrorDetail
from bot.web.protocol.conversations import HandoffState
from bot.web.protocol.ids import ClientKey, MessageId
from bot.web.protocol.messages import Feedback, Message


class HelloFrame(Struct, frozen=True, kw_only=True, tag_field="type", tag="hello", forbid_unknown_fields=True):
    """The first frame. `after` is the last message the client has; null asks for the whole history."""

    token: str
    after: str | None = None


class FrameId(Struct, frozen=True, kw_only=True):
    """What a message frame carries beside `text` or `choice`: the client's own id, which acts as Idempotency-Key."""

    id: ClientKey | None = None


class PingFrame(Struct, frozen=True, kw_only=True, tag_field="type", tag="ping"):
    """Are you there? Answered by pong; does not count as activity."""


class TypingFrame(Struct, frozen=True, kw_only=True, tag_field="type", tag="typing"):
    """The citizen is typing an answer to a caseworker. Send it every three seconds at most; it gets no answer."""


class MessageEvent(Struct, frozen=True, kw_only=True, tag_field="type", tag="message"):
    """A message of the conversation, each one once per socket."""

    message: Message


class AckEvent(Struct, frozen=True, kw_only=True, tag_field="type", tag="ack"):
    """The citizen's message is stored; `id` is the client's own."""

    id: str | None
    message: Message


class TypingEvent(Struct, frozen=True, kw_only=True, tag_field="type", tag="typing"):
    """Somebody is writing; ends with the next message or after a few seconds."""

    role: Role


class StateEvent(HandoffState, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="state"):
    """Who answers, at first and whenever that or the place in the queue changes; also the answer to hello."""


class FeedbackEvent(Struct, frozen=True, kw_only=True, tag_field="type", tag="feedback"):
    """Feedback on a message was given, changed, or taken back (null)."""

    message_id: MessageId
    feedback: Feedback | None


class ErrorEvent(Struct, frozen=True, kw_only=True, tag_field="type", tag="error", omit_defaults=True):
    """A refusal, of the frame with the client's `id` if it had one; `retry_after` in seconds."""

    error: ErrorDetail
    id: str | None = None
    retry_after: int | None = None


class PongEvent(Struct, frozen=True, kw_only=True, tag_field="type", tag="pong"):
    """I am here."""


ServerFrame = MessageEvent | AckEvent | TypingEvent | StateEvent | FeedbackEvent | ErrorEvent | PongEvent
