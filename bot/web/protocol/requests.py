"""Requests: what citizens write down when nobody is there, and the answer to it."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from bot.language import Language
from bot.web.protocol.ids import RequestReference


class NewRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A concern for which nobody was there. Stored as written, so `consent` must be true.

    `reach` is how the citizen wants to be reached, in own words; the answer is also sent to `email`, where the town
    sends e-mails; `history` lets those who answer see the conversation.
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
