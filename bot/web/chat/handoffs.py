"""REST: who answers and where one stands in the queue; leave it, or end the conversation with a caseworker."""

from aiohttp import web
from sqlalchemy import Connection

from bot.conversations.queries import find_conversation
from bot.conversations.records import StoredConversation
from bot.errors import NotFoundError
from bot.web.chat.handoff_turns import Replied, draft_message, leave
from bot.web.chat.hub import Moved, Said
from bot.web.chat.messages import take_message_token
from bot.web.chat.rendering import to_handoff_state
from bot.web.keys import HUB, QUEUES, STORE, TURNS
from bot.web.responses import json_response


async def show_handoff(request: web.Request, conversation: StoredConversation) -> web.Response:
    """GET /api/v1/conversations/{id}/handoff."""
    moved = await request.app[QUEUES].state(conversation.id)
    return json_response(to_handoff_state(moved or Moved(mode="bot")))


async def leave_handoff(request: web.Request, conversation: StoredConversation) -> web.Response:
    """DELETE /api/v1/conversations/{id}/handoff; nothing happens where there is nothing to leave."""
    app = request.app
    take_message_token(app, conversation.id)
    async with app[TURNS].locks.hold(conversation.id):
        left = await app[STORE].write(_leave, conversation.id)
    if left is not None:
        app[HUB].publish(conversation.id, Said(message=left.answer))
        await app[QUEUES].follow(conversation.id, left.moved, team_id=left.team_id)
    return web.Response(status=204)


def _leave(connection: Connection, conversation_id: str) -> Replied | None:
    conversation = find_conversation(connection, conversation_id)
    if conversation is None:
        raise NotFoundError("the conversation was erased")
    return leave(connection, conversation, draft_message(conversation))
