"""REST: begin a conversation, choose its language, erase it."""

import contextlib
from datetime import UTC, datetime

from aiohttp import web

from bot.conversations import queries
from bot.conversations.records import StoredConversation
from bot.conversations.traces import empty_log
from bot.errors import DatabaseUnavailableError
from bot.language import DEFAULT_LANGUAGE
from bot.web.auth import hash_token, make_id, make_token
from bot.web.bodies import fit, read_json
from bot.web.chat.erasing import erase
from bot.web.chat.hub import Erased
from bot.web.chat.messages import take_message_token
from bot.web.errors import ApiError
from bot.web.keys import HUB, LIMITS, SETTINGS, STORE, TURNS
from bot.web.limits import client_address
from bot.web.protocol.conversations import ChosenLanguage, ConversationOpened, NewConversation
from bot.web.responses import json_response


async def begin_conversation(request: web.Request) -> web.Response:
    """POST /api/v1/conversations."""
    new = fit(await read_json(request), NewConversation)
    address = client_address(request, trusted_proxy=request.app[SETTINGS].trusted_proxy)
    retry_after = request.app[LIMITS].conversations.take(address)
    if retry_after is not None:
        raise ApiError("too_many_requests", "too many new conversations from here", retry_after=retry_after)
    opened = ConversationOpened(id=make_id(), token=make_token())
    await request.app[STORE].write(
        queries.create_conversation,
        opened.id,
        token_hash=hash_token(opened.token),
        language=new.language or DEFAULT_LANGUAGE,
        at=datetime.now(UTC),
    )
    return json_response(opened, status=201)


async def choose_language(request: web.Request, conversation: StoredConversation) -> web.Response:
    """PUT /api/v1/conversations/{id}/language: the button of the widget; waits for a turn that is under way."""
    chosen = fit(await read_json(request), ChosenLanguage)
    take_message_token(request.app, conversation.id)
    async with request.app[TURNS].locks.hold(conversation.id):
        await request.app[STORE].write(queries.choose_language, conversation.id, language=chosen.language)
    return web.Response(status=204)


async def erase_conversation(request: web.Request, conversation: StoredConversation) -> web.Response:
    """DELETE /api/v1/conversations/{id}; waits for a turn that is under way."""
    async with request.app[TURNS].locks.hold(conversation.id):
        await request.app[STORE].write(erase, conversation.id)
    with contextlib.suppress(DatabaseUnavailableError):  # erased it is; the log is tried again within a minute
        await request.app[STORE].maintain(empty_log)
    request.app[HUB].publish(conversation.id, Erased())
    request.app[LIMITS].messages.forget(conversation.id)
    return web.Response(status=204)
