"""REST: send a message, read the history."""

from aiohttp import web

from bot.conversations import queries
from bot.conversations.records import StoredConversation
from bot.web.bodies import fit, idempotency_key, read_json
from bot.web.chat.incoming import Incoming, clean_text
from bot.web.chat.rendering import parse_message_id, to_messages
from bot.web.errors import ApiError
from bot.web.keys import LIMITS, RUNNING, SETTINGS, STORE, TURNS
from bot.web.protocol.messages import ChoiceMessage, Messages, TextMessage, WishMessage
from bot.web.responses import json_response


async def send_message(request: web.Request, conversation: StoredConversation) -> web.Response:
    """POST /api/v1/conversations/{id}/messages."""
    key = idempotency_key(request)
    incoming = read_incoming(await read_json(request), key=key, limit=request.app[SETTINGS].message_length)
    take_message_token(request.app, conversation.id)
    taken = await request.app[RUNNING].finish(request.app[TURNS].take(conversation, incoming))
    return json_response(Messages(messages=to_messages(taken.answers)), status=202 if taken.silent else 200)


async def list_messages(request: web.Request, conversation: StoredConversation) -> web.Response:
    """GET /api/v1/conversations/{id}/messages?after=<message id>."""
    after = parse_message_id(request.query.get("after"))
    messages = await request.app[STORE].read(queries.list_messages, conversation.id, after=after)
    return json_response(Messages(messages=to_messages(messages)))


def read_incoming(body: dict[str, object], *, key: str | None, limit: int) -> Incoming:
    """What the citizen sent, from a REST body or the same fields of a frame; `limit` in characters.

    Raises:
        ApiError: it does not fit, holds nothing visible or is too long.
    """
    if "wish" in body:
        return Incoming(human=fit(body, WishMessage).wish == "human", key=key)
    if "choice" in body and "text" not in body:
        return Incoming(choice=fit(body, ChoiceMessage).choice, key=key)
    return Incoming(text=clean_text(fit(body, TextMessage).text, limit=limit), key=key)


def take_message_token(app: web.Application, conversation_id: str) -> None:
    """Raise ApiError if the conversation has sent too many messages within a minute."""
    retry_after = app[LIMITS].messages.take(conversation_id)
    if retry_after is not None:
        raise ApiError("too_many_requests", "too many messages in a minute", retry_after=retry_after)
