"""What the pages of requests show, read from the database. Every function takes part in the caller's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from bot.catalogue.service_names import name_services, read_address
from bot.conversations.canned_replies import CannedReply, list_replies
from bot.conversations.outbox import Kind, MailState, read_mails
from bot.conversations.queries import list_messages
from bot.conversations.records import StoredMessage
from bot.conversations.request_lists import PAGE, Count, add_up, count_requests, list_answered, list_open
from bot.conversations.requests import StoredRequest, read_request
from bot.errors import NotFoundError
from bot.language import Language
from bot.staff.roles import Staff, Team
from bot.staff.teams import list_teams
from bot.web.desk.views import Names, read_people

Shown = Literal["open", "mine", "answered"]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which list, and the id of the last request of the page before; None for the first page."""

    shown: Shown
    after: int | None = None


@dataclass(frozen=True, kw_only=True)
class RequestsView:
    """A page of requests. `after` is the id that leads to the next one, None for none."""

    requests: Sequence[StoredRequest]
    count: Count
    after: int | None
    people: Names
    teams: Mapping[int, Team]
    services: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class RequestView:
    """One request: what was said before as far as the desk may see it, its e-mails, and what can be done with it.

    `service_name` and `service_url` are for the citizen, in their language; "" where there is none.
    """

    request: StoredRequest
    messages: Sequence[StoredMessage]
    mails: Mapping[Kind, MailState]
    people: Names
    teams: Mapping[int, Team]
    services: Mapping[str, str]
    service_name: str
    service_url: str
    replies: Sequence[CannedReply]


def read_requests(
    connection: Connection, staff: Staff, wanted: Wanted, *, language: Language, at: datetime
) -> RequestsView:
    """A page of one of the lists, and how many are open at that moment."""
    last = _last(connection, staff, wanted.after)
    if wanted.shown == "answered":
        found = list_answered(connection, staff.teams, after=last, limit=PAGE + 1)
    else:
        mine = staff.id if wanted.shown == "mine" else None
        found = list_open(connection, staff.teams, assignee_id=mine, after=last, limit=PAGE + 1)
    requests = found[:PAGE]
    return RequestsView(
        requests=requests,
        count=add_up(count_requests(connection, at=at), staff.teams),
        after=requests[-1].id if len(found) > PAGE else None,
        people=read_people(connection),
        teams={team.id: team for team in list_teams(connection)},
        services=_services(connection, requests, language),
    )


def read_request_view(connection: Connection, request_id: int, staff: Staff, *, language: Language) -> RequestView:
    """The request as its team may see it.

    Raises:
        NotFoundError: there is none, or it is of another team.
    """
    request = read_visible_request(connection, request_id, staff)
    return RequestView(
        request=request,
        messages=_messages(connection, request),
        mails=read_mails(connection, request_id),
        people=read_people(connection),
        teams={team.id: team for team in list_teams(connection)},
        services=_services(connection, [request], language),
        service_name=_services(connection, [request], request.language).get(request.service_id or "", ""),
        service_url=read_address(connection, request.service_id) if request.service_id else "",
        replies=list_replies(connection, [request.team_id]),
    )


def read_visible_request(connection: Connection, request_id: int, staff: Staff) -> StoredRequest:
    """The request.

    Raises:
        NotFoundError: there is none, or it is of another team.
    """
    request = read_request(connection, request_id)
    if request.team_id not in staff.teams:
        raise NotFoundError("there is no such request")
    return request


def _last(connection: Connection, staff: Staff, after: int | None) -> StoredRequest | None:
    """The last request of the page before; None, so the first page, where it was erased or given away meanwhile."""
    try:
        return None if after is None else read_visible_request(connection, after, staff)
    except NotFoundError:
        return None


def _messages(connection: Connection, request: StoredRequest) -> tuple[StoredMessage, ...]:
    """What was said until the request was made, where the citizen agreed that it is shown."""
    if request.conversation_id is None:
        return ()
    messages = list_messages(connection, request.conversation_id, after=request.shown_from - 1)
    return tuple(message for message in messages if message.at <= request.created_at)


def _services(connection: Connection, requests: Sequence[StoredRequest], language: Language) -> dict[str, str]:
    return name_services(connection, {request.service_id for request in requests if request.service_id}, language)
