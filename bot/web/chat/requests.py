"""REST: leave a request where nobody is there, and read how it stands with its reference and code."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from aiohttp import web
from sqlalchemy import Connection

from bot.catalogue.importers.record import Town
from bot.conversations import queries
from bot.conversations import requests as stored_requests
from bot.conversations.handoffs import leave_handoff
from bot.conversations.outbox import queue_mail
from bot.conversations.recent import last_form, last_service
from bot.conversations.records import StoredConversation, StoredMessage
from bot.conversations.requests import NewRequest, StoredRequest, count_open, find_request_by_key
from bot.errors import NotFoundError
from bot.mail_address import is_mail_address
from bot.text.normalise import clean
from bot.web.bodies import fit, idempotency_key, read_json
from bot.web.chat.availability import Concern, DeskRules, find_availability
from bot.web.chat.handoff_texts import say_taken
from bot.web.chat.handoff_turns import draft_message
from bot.web.chat.hub import Moved, Said
from bot.web.chat.incoming import clean_text
from bot.web.chat.messages import take_message_token
from bot.web.errors import ApiError
from bot.web.keys import DESK_RULES, HUB, LIMITS, QUEUES, SETTINGS, STORE, TOWN, TURNS
from bot.web.limits import client_address
from bot.web.mail.sender import MAIL
from bot.web.protocol.requests import NewRequest as RequestBody
from bot.web.protocol.requests import RequestKey, RequestOpened, RequestStatus
from bot.web.responses import json_response

MOST_OPEN = 3  # of one conversation
REACH_LENGTH = 200


@dataclass(frozen=True, kw_only=True)
class _Filled:
    """The form as filled in, checked."""

    what: str
    reach: str
    email: str
    history: bool
    key: str | None


@dataclass(frozen=True, kw_only=True)
class _Taken:
    """What was stored. `message` is None for a repetition; `left` is the team whose queue was left for it."""

    request: StoredRequest
    code: str
    message: StoredMessage | None
    left: int | None


async def take_request(request: web.Request, conversation: StoredConversation) -> web.Response:
    """POST /api/v1/conversations/{id}/requests."""
    app = request.app
    key = idempotency_key(request)
    filled = _checked(fit(await read_json(request), RequestBody), limit=app[SETTINGS].message_length, key=key)
    take_message_token(app, conversation.id)
    take = _Take(town=app[TOWN].current, rules=app[DESK_RULES])
    async with app[TURNS].locks.hold(conversation.id):
        taken = await app[STORE].write(take.once, conversation.id, filled)
    if taken.message is not None:
        app[HUB].publish(conversation.id, Said(message=taken.message))
        app[MAIL].wake()
    if taken.left is not None:
        await app[QUEUES].follow(conversation.id, Moved(mode="bot"), team_id=taken.left)
    stored = taken.request
    opened = RequestOpened(reference=stored.reference, code=taken.code, due_at=stored.due_at)
    return json_response(opened, status=201)


async def look_up_request(request: web.Request) -> web.Response:
    """POST /api/v1/requests/lookup: the code belongs into no address."""
    app = request.app
    wanted = fit(await read_json(request), RequestKey)
    address = client_address(request, trusted_proxy=app[SETTINGS].trusted_proxy)
    retry_after = app[LIMITS].lookups.take(address)
    if retry_after is not None:
        raise ApiError("too_many_requests", "too many tries from here", retry_after=retry_after)
    found = await app[STORE].read(stored_requests.open_request, wanted.reference, code=wanted.code)
    if found is None:
        raise ApiError("not_found", "there is no request with this reference and code")
    status = RequestStatus(
        reference=found.reference,
        state=found.state,
        language=found.language,
        what=found.what,
        created_at=found.created_at,
        due_at=found.due_at,
        answer=found.answer if found.state == "answered" else None,
        answered_at=found.answered_at,
    )
    return json_response(status)


def _checked(body: RequestBody, *, limit: int, key: str | None) -> _Filled:
    if not body.consent:
        raise ApiError("invalid", "a request is taken only with consent", field="consent")
    email = body.email.strip()
    if email and not is_mail_address(email):
        raise ApiError("invalid", "this is no e-mail address", field="email")
    if len(body.reach) > REACH_LENGTH:
        raise ApiError("too_long", f"reach is longer than {REACH_LENGTH} characters", field="reach")
    reach = clean(body.reach)
    what = clean_text(body.what, limit=limit, field="what")
    return _Filled(what=what, reach=reach, email=email, history=body.history, key=key)


@dataclass(frozen=True, kw_only=True)
class _Take:
    """Takes a request in one transaction."""

    town: Callable[[], Town]
    rules: DeskRules

    def once(self, connection: Connection, conversation_id: str, filled: _Filled) -> _Taken:
        """Store it with the message that confirms it; who waited in a queue need not wait any longer."""
        conversation = queries.find_conversation(connection, conversation_id)
        if conversation is None:
            raise NotFoundError("the conversation was erased")
        new = self._new(connection, conversation, filled)
        known = None if new.key is None else find_request_by_key(connection, conversation_id, key=new.key)
        if known is None and count_open(connection, conversation_id) >= MOST_OPEN:
            raise ApiError("too_many_requests", f"a conversation may have {MOST_OPEN} open requests", retry_after=3600)
        is_waiting = known is None and conversation.mode == "waiting"
        left = leave_handoff(connection, conversation_id, at=new.at) if is_waiting else None
        stored, code = stored_requests.take_request(connection, new)
        if known is not None:
            return _Taken(request=stored, code=code, message=None, left=None)
        current = replace(conversation, version=conversation.version + 1) if left else conversation
        draft = draft_message(current)
        card = {"kind": "request_taken", "reference": stored.reference, "due_at": stored.due_at.isoformat()}
        by_mail = self.rules.answers_by_mail
        message = replace(draft, text=say_taken(stored, draft.language, by_mail=by_mail), card=card)
        queries.add_message(connection, current, message)
        if by_mail:
            queue_mail(connection, stored, "taken", at=new.at)
        return _Taken(request=stored, code=code, message=message, left=left.team_id if left else None)

    def _new(self, connection: Connection, conversation: StoredConversation, filled: _Filled) -> NewRequest:
        now = datetime.now(UTC)
        service_id = last_service(connection, conversation.id)
        concern = Concern(service_id=service_id, language=conversation.language, land=self.town().land)
        availability = find_availability(connection, concern, rules=self.rules, at=now)
        if availability is None:
            raise ApiError("no_desk", "nobody would answer: the town has no desk")
        form = last_form(connection, conversation.id)
        return NewRequest(
            conversation_id=conversation.id,
            team_id=availability.team_id,
            reason=form["reason"] if form else "button",
            language=conversation.language,
            service_id=service_id,
            shown_from=1 if filled.history else conversation.last_number + 1,
            what=filled.what,
            reach=filled.reach,
            email=filled.email,
            due_at=availability.due_at,
            at=now,
            key=filled.key,
        )
