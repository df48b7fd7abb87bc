"""REST: say whether an answer helped, take that back."""

from datetime import UTC, datetime

from aiohttp import web
from sqlalchemy import Connection

from bot.conversations.feedback import COMMENT_LENGTH, is_rated, keep_feedback, remove_feedback
from bot.conversations.queries import find_message
from bot.conversations.records import Feedback, StoredConversation
from bot.web.bodies import fit, read_json
from bot.web.chat.hub import Rated
from bot.web.chat.incoming import clean_text
from bot.web.chat.messages import take_message_token
from bot.web.chat.rendering import message_number, to_feedback
from bot.web.errors import ApiError
from bot.web.keys import HUB, STORE, TURNS
from bot.web.protocol.messages import NewFeedback
from bot.web.responses import json_response


async def give_feedback(request: web.Request, conversation: StoredConversation) -> web.Response:
    """PUT /api/v1/conversations/{id}/messages/{message}/feedback."""
    given = fit(await read_json(request), NewFeedback)
    comment = None
    if isinstance(given.comment, str):
        comment = request.app[TURNS].mask_text(clean_text(given.comment, limit=COMMENT_LENGTH, field="comment")).text
    feedback = Feedback(helpful=given.helpful, comment=comment)
    await _change(request, conversation, feedback)
    return json_response(to_feedback(feedback))


async def take_back_feedback(request: web.Request, conversation: StoredConversation) -> web.Response:
    """DELETE /api/v1/conversations/{id}/messages/{message}/feedback."""
    await _change(request, conversation, None)
    return web.Response(status=204)


async def _change(request: web.Request, conversation: StoredConversation, feedback: Feedback | None) -> None:
    """Store it and tell all sockets of the conversation, those of the giver included."""
    app = request.app
    take_message_token(app, conversation.id)
    number = message_number(request.match_info["message"])
    if number is None:
        raise _no_message()
    await app[STORE].write(_change_once, conversation.id, number, feedback)
    app[HUB].publish(conversation.id, Rated(number=number, feedback=feedback))


def _change_once(connection: Connection, conversation_id: str, number: int, feedback: Feedback | None) -> None:
    message = find_message(connection, conversation_id, number=number)
    if message is None:
        raise _no_message()
    if not is_rated(message):
        raise ApiError("not_rateable", "feedback is for answers of the bot, and not for small talk", field="message")
    if feedback is None:
        remove_feedback(connection, conversation_id, number=number)
    else:
        keep_feedback(connection, conversation_id, number=number, feedback=feedback, at=datetime.now(UTC))


def _no_message() -> ApiError:
    return ApiError("not_found", "there is no such message in this conversation", field="message")
