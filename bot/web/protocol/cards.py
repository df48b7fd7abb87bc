"""Cards: what an answer says, for programs that show it."""

from datetime import date, datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from bot.conversations.handoff import Reason
from bot.facets import Facet
from bot.language import Language
from bot.web.protocol.ids import RequestReference


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
