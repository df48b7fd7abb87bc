"""The way into a WebSocket: origin, token, limit; then `live` takes over.

Browsers cannot send headers with a WebSocket, and a token does not belong into an address, so it comes in the first
frame. Other clients may send it in the Authorization header instead and are through at once.
"""

from dataclasses import dataclass

from aiohttp import WSCloseCode, WSMsgType, hdrs, web

from bot.conversations.records import StoredConversation
from bot.web.auth import bearer_token, open_conversation
from bot.web.bodies import fit, parse_json
from bot.web.chat.live import Live, send_error
from bot.web.chat.rendering import parse_message_id
from bot.web.errors import ApiError, Code, from_error
from bot.web.keys import HUB, ORIGINS, SETTINGS, SOCKETS, STORE
from bot.web.origins import refuse_other_origin
from bot.web.protocol.closing import CLOSE_GONE, CLOSE_TOO_MANY, CLOSE_UNAUTHORIZED
from bot.web.protocol.frames import HelloFrame

HEARTBEAT_SECONDS = 25.0  # below the minute after which many proxies cut a silent connection
HELLO_SECONDS = 10.0
GOODBYE_SECONDS = 3.0  # to wait for the other side's half of a close

CLOSE_CODES: dict[Code, int] = {
    "unauthorized": CLOSE_UNAUTHORIZED,
    "not_found": CLOSE_GONE,
    "too_many_sockets": CLOSE_TOO_MANY,
    "internal": WSCloseCode.INTERNAL_ERROR,
    "unavailable": WSCloseCode.TRY_AGAIN_LATER,
}


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """Who comes in, and the number of the last message they have."""

    conversation: StoredConversation
    after: int


async def talk(request: web.Request) -> web.WebSocketResponse:
    """GET /api/v1/conversations/{id}/socket."""
    app = request.app
    refuse_other_origin(request, origins=app[ORIGINS])
    socket = web.WebSocketResponse(
        timeout=GOODBYE_SECONDS,
        heartbeat=HEARTBEAT_SECONDS,
        max_msg_size=app[SETTINGS].body_size,
        compress=False,  # messages are small, and a compressor costs every idle socket a quarter of a megabyte
    )
    if not socket.can_prepare(request):
        raise ApiError("upgrade_required", "this is a WebSocket", headers={hdrs.UPGRADE: "websocket"})
    entry = await _enter_by_header(request) if hdrs.AUTHORIZATION in request.headers else None
    await socket.prepare(request)
    app[SOCKETS].add(socket)
    try:
        entry = entry or await _enter_by_hello(request, socket)
        _refuse_one_too_many(app, entry.conversation)
        await Live(app=app, socket=socket, conversation=entry.conversation, last=entry.after).run()
    except Exception as error:  # the response has begun; a frame and a code are all that can be said
        refusal = from_error(error)
        await send_error(socket, refusal)
        await socket.close(code=CLOSE_CODES.get(refusal.detail.code, WSCloseCode.POLICY_VIOLATION))
    finally:
        app[SOCKETS].discard(socket)
    return socket


async def _enter_by_header(request: web.Request) -> _Entry:
    after = parse_message_id(request.query.get("after"))
    conversation_id, token = request.match_info["conversation"], bearer_token(request)
    return _Entry(conversation=await open_conversation(request.app[STORE], conversation_id, token=token), after=after)


async def _enter_by_hello(request: web.Request, socket: web.WebSocketResponse) -> _Entry:
    try:
        frame = await socket.receive(timeout=HELLO_SECONDS)
    except TimeoutError as error:
        raise ApiError("unauthorized", f"no hello within {HELLO_SECONDS:.0f} seconds") from error
    if frame.type is not WSMsgType.TEXT:
        raise ApiError("unauthorized", "the first frame must be a hello")
    body = parse_json(frame.data)
    if body.get("type") != "hello":
        raise ApiError("unauthorized", "the first frame must be a hello", field="type")
    hello = fit(body, HelloFrame)
    after = parse_message_id(hello.after)
    conversation = await open_conversation(request.app[STORE], request.match_info["conversation"], token=hello.token)
    return _Entry(conversation=conversation, after=after)


def _refuse_one_too_many(app: web.Application, conversation: StoredConversation) -> None:
    limit = app[SETTINGS].sockets_per_conversation
    if app[HUB].listeners(conversation.id) >= limit:
        raise ApiError("too_many_sockets", f"a conversation may have {limit} sockets")
