"""What goes over REST and WebSocket, in both directions. The OpenAPI document is made from these structs."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from bot.catalogue.exporters.documents import Format
from bot.conversations.handoff import Mode, Reason
from bot.conversations.outcomes import Outcome
from bot.conversations.records import Role
from bot.facets import Facet
from bot.language import Language
from bot.web.errors import ErrorDetail

MessageId = Annotated[str, Meta(pattern="^[0-9]{8}$", description="Grows within a conversation, also as text.")]
ConversationId = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{22}$")]
ChoiceToken = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{22}$", description="Opaque; send it back as it is.")]
RequestReference = Annotated[str, Meta(pattern="^[0-9A-Z]{4}-[0-9A-Z]{4}$")]
ClientKey = Annotated[
    str, Meta(pattern="^[!-~]{1,128}$", description="Made by the client; the same key is never worked on twice.")
]

MOST_SERVICES = 500  # on one page


# --- Message, the object of the contract -----------------------------------------------------------------------------
class OfficialName(Struct, frozen=True, kw_only=True):
    """What the service is called officially, as it stands on signs and forms."""

    text: str
    language: Language


class CardService(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The service a card is about; `id` is the catalogue's own."""

    id: str
    name: str
    url: str | None
    language: Language | UnsetType = UNSET  # of the name, where it is not the language of the message
    official_name: OfficialName | UnsetType = UNSET  # where `name` is a translation


class OfficialText(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The town's own wording, in another language than the message."""

    text: str
    language: Language
    short: str | UnsetType = UNSET  # see CardFacet


class CardFacet(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One kind of information; `recorded` is false if the catalogue does not have it and `text` says where to ask.

    `short` is the beginning of a long `text`: as much as the message says. `official` has the town's own wording where
    `text` gives only its data (amounts, addresses, links) in the language of the message.
    """

    facet: Facet
    text: str
    recorded: bool
    language: Language | UnsetType = UNSET  # of the text, where it is not the language of the message
    short: str | UnsetType = UNSET
    official: OfficialText | UnsetType = UNSET


class CardOffice(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An office that provides the service; `status` is whether it was open when this was said, with day and time."""

    name: str
    address: str | None
    hours: str | None
    url: str | None
    phone: str | UnsetType | None = UNSET
    language: Language | UnsetType = UNSET  # of the name, where it is not the language of the message
    status: str | UnsetType = UNSET


class ServiceCard(Struct, frozen=True, kw_only=True, tag_field="kind", tag="service", omit_defaults=True):
    """An answer about one service; `source_name` is where it comes from, `service.url` the page of it."""

    service: CardService
    facets: list[CardFacet]
    offices: list[CardOffice]
    valid_as_of: date | None
    online_url: str | UnsetType = UNSET
    source_name: str | UnsetType = UNSET


class ServiceOption(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A service that may be meant."""

    id: str
    name: str
    language: Language | UnsetType = UNSET  # of the name, where it is not the language of the message
    official_name: OfficialName | UnsetType = UNSET


class ChoicesCard(Struct, frozen=True, kw_only=True, tag_field="kind", tag="choices"):
    """Several services may be meant; the buttons of the message are in the same order."""

    services: Annotated[list[ServiceOption], Meta(min_length=2, max_length=4)]


class FaqCard(Struct, frozen=True, kw_only=True, tag_field="kind", tag="faq"):
    """An answer to a frequent question: when it was last checked, and the page where it can be read up."""

    valid_as_of: date
    source: str | None


class RequestCard(Struct, frozen=True, kw_only=True, tag_field="kind", tag="request"):
    """Nobody is there: show a form for a request (operation takeRequest), until one is taken in this conversation."""

    reason: Reason


class RequestTakenCard(Struct, frozen=True, kw_only=True, tag_field="kind", tag="request_taken"):
    """A request was taken. Its answer can be read with the reference and the code that was shown once."""

    reference: RequestReference
    due_at: Annotated[datetime, Meta(tz=True)]


Card = ServiceCard | ChoicesCard | FaqCard | RequestCard | RequestTakenCard


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


# --- REST ------------------------------------------------------------------------------------------------------------
class ChosenLanguage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The language the citizen wishes answers in; kept until two messages in a row are in the other one."""

    language: Language


class NewConversation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A conversation to begin; `language` is where it starts, the citizen's words may change it."""

    language: Language | UnsetType = UNSET


class ConversationOpened(Struct, frozen=True, kw_only=True):
    """A conversation that has begun. The token is shown once and alone opens it."""

    id: ConversationId
    token: Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{43}$")]


class TextMessage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A message in the citizen's words; it must hold something visible."""

    text: str


class ChoiceMessage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A pressed button of this conversation."""

    choice: ChoiceToken


class WishMessage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The wish to talk to a human; the answer says what is possible at this moment."""

    wish: Literal["human"]


class HandoffState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who answers. While waiting: the position in the queue, and the minutes until then where figures allow to say."""

    state: Mode
    position: Annotated[int, Meta(ge=1)] | UnsetType = UNSET
    minutes: Annotated[int, Meta(ge=1)] | UnsetType = UNSET


class NewRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A concern for which nobody was there. Stored as written, so `consent` must be true.

    `reach` is how the citizen wants to be reached, in own words; the answer is also sent to `email`; `history` lets
    those who answer see the conversation.
    """

    what: str
    consent: bool
    reach: str = ""
    email: str = ""
    history: bool = False


class RequestOpened(Struct, frozen=True, kw_only=True):
    """A request that was taken. The code is shown once and, with the reference, opens the answer anywhere."""

    reference: RequestReference
    code: Annotated[str, Meta(pattern="^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$")]
    due_at: Annotated[datetime, Meta(tz=True)]


class RequestKey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Reference and code of a request; capitals, blanks and hyphens do not matter."""

    reference: Annotated[str, Meta(max_length=40)]
    code: Annotated[str, Meta(max_length=80)]


class RequestStatus(Struct, frozen=True, kw_only=True):
    """How a request stands; `answer` and `answered_at` are null until it is answered."""

    reference: RequestReference
    state: Literal["open", "answered"]
    language: Language
    what: str
    created_at: Annotated[datetime, Meta(tz=True)]
    due_at: Annotated[datetime, Meta(tz=True)]
    answer: str | None
    answered_at: Annotated[datetime, Meta(tz=True)] | None


class NewFeedback(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether an answer helped, and a word on it; takes the place of what was said before."""

    helpful: bool
    comment: str | UnsetType = UNSET


class Messages(Struct, frozen=True, kw_only=True):
    """Messages in order. After sending: the answers to it."""

    messages: list[Message]


class Health(Struct, frozen=True, kw_only=True):
    """The process lives, or everything it needs answers."""

    status: Literal["ok"] = "ok"


# --- Open data -------------------------------------------------------------------------------------------------------
class ServiceQuery(Struct, frozen=True, kw_only=True):
    """How to tell of services: in all languages and in schema.org, unless something else is asked for."""

    language: Language | UnsetType = UNSET
    format: Format | UnsetType = UNSET


class ServicesQuery(ServiceQuery, frozen=True, kw_only=True):
    """Which services: those after an id, in the order of ids."""

    after: Annotated[str, Meta(max_length=200)] = ""
    limit: Annotated[int, Meta(ge=1, le=MOST_SERVICES)] = 100


class LinkedData(Struct, frozen=True, kw_only=True):
    """A JSON-LD document: the town, the services and the offices they name."""

    context: Any = field(name="@context")
    graph: list[dict[str, Any]] = field(name="@graph")


# --- WebSocket, client to server: hello, then {"type": "message", "id", "text" or "choice"} and {"type": "ping"} -----
class HelloFrame(Struct, frozen=True, kw_only=True, tag_field="type", tag="hello", forbid_unknown_fields=True):
    """The first frame. `after` is the last message the client has; null asks for the whole history."""

    token: str
    after: str | None = None


class FrameId(Struct, frozen=True, kw_only=True):
    """What a message frame carries beside `text` or `choice`: the client's own id, which acts as Idempotency-Key."""

    id: ClientKey | None = None


class PingFrame(Struct, frozen=True, kw_only=True, tag_field="type", tag="ping"):
    """Are you there? Answered by pong; does not count as activity."""


# --- WebSocket, server to client -------------------------------------------------------------------------------------
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

CLOSE_UNAUTHORIZED = 4401  # wrong token, or no hello in time
CLOSE_GONE = 4404  # no such conversation, or it was erased
CLOSE_IDLE = 4408  # nothing happened for too long; connect again when the citizen comes back
CLOSE_TOO_MANY = 4429  # too many sockets of this conversation, or too many frames
