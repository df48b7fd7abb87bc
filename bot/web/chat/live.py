"""A socket that is through: one task reads frames, one writes what the hub tells; turns run on their own."""

import asyncio
import secrets
import time
from dataclasses import dataclass, field

import structlog
from aiohttp import WSCloseCode, WSMessage, WSMsgType, web
from msgspec import Struct

from bot.conversations import queries
from bot.conversations.records import StoredConversation
from bot.web.bodies import fit, parse_json
from bot.web.chat.hub import Behind, Erased, Event, Moved, Rated, Said, Typing
from bot.web.chat.incoming import Incoming
from bot.web.chat.messages import read_incoming, take_message_token
from bot.web.chat.rendering import message_id, to_feedback, to_message, to_state_event
from bot.web.chat.typing import TYPING
from bot.web.errors import ApiError, from_error
from bot.web.keys import HUB, QUEUES, RUNNING, SETTINGS, STORE, TURNS
from bot.web.limits import TokenBuckets
from bot.web.protocol.closing import CLOSE_GONE, CLOSE_IDLE, CLOSE_TOO_MANY
from bot.web.protocol.frames import AckEvent, ErrorEvent, FeedbackEvent, FrameId, MessageEvent, PongEvent, TypingEvent
from bot.web.responses import encode

log = structlog.get_logger(__name__)

FRAMES_PER_MINUTE = 120  # of any kind; messages have their own, lower limit


@dataclass(kw_only=True)
class Live:
    """One socket in one conversation. `last` is the number of the last message the client has."""

    app: web.Application
    socket: web.WebSocketResponse
    conversation: StoredConversation
    last: int
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    active_at: float = field(default_factory=time.monotonic)
    moved: Moved = field(init=False)
    is_leaving: bool = False
    frames: TokenBuckets = field(default_factory=lambda: TokenBuckets(FRAMES_PER_MINUTE, period=60.0))

    def __post_init__(self) -> None:
        self.moved = Moved(mode=self.conversation.mode)

    async def run(self) -> None:
        """Serve the socket until either side closes it."""
        hub, conversation_id = self.app[HUB], self.conversation.id
        # Listening begins before the history is read, so nothing falls between; `last` sorts out what comes twice.
        events = hub.listen(conversation_id)
        try:
            await self._catch_up()
            self.app[RUNNING].start(self._resume())
            writer = asyncio.create_task(self._write(events))
            try:
                await self._read()
            finally:
                if not self.is_leaving:  # otherwise it is the writer that says goodbye
                    writer.cancel()
                for error in await asyncio.gather(writer, return_exceptions=True):
                    if isinstance(error, Exception):
                        log.error("socket_failed", exc_info=error)
        finally:
            hub.leave(conversation_id, events)

    async def _catch_up(self) -> None:
        # Read again: the conversation may have moved between the token's check and the beginning of listening.
        moved = await self.app[QUEUES].state(self.conversation.id)
        missed = await self.app[STORE].read(queries.list_messages, self.conversation.id, after=self.last)
        await self._move(moved or self.moved)
        for message in missed:
            self.last = message.number
            await self._send(MessageEvent(message=to_message(message)))

    async def _read(self) -> None:
        while not self.socket.closed:
            try:
                frame = await self.socket.receive(timeout=self._patience())
            except TimeoutError:
                if self._is_idle():
                    await self.socket.close(code=CLOSE_IDLE, message=b"idle")
                continue
            if frame.type not in {WSMsgType.TEXT, WSMsgType.BINARY}:
                return
            if self.frames.take(self.id) is not None:
                await self.socket.close(code=CLOSE_TOO_MANY, message=b"too many frames")
                return
            await self._handle(frame)

    def _patience(self) -> float:
        """Seconds until the socket is idle, if nothing happens."""
        return max(0.01, self.active_at + self.app[SETTINGS].socket_idle - time.monotonic())

    def _is_idle(self) -> bool:
        """Who waits for a caseworker or talks to one may be quiet for as long as it takes."""
        if self.moved.mode != "bot":
            self.active_at = time.monotonic()
        return time.monotonic() - self.active_at >= self.app[SETTINGS].socket_idle

    async def _handle(self, frame: WSMessage) -> None:
        try:
            body = _parse(frame)
        except ApiError as error:
            await send_error(self.socket, error)
            return
        match body.pop("type", None):
            case "ping":
                await self._send(PongEvent())
            case "hello":
                await self._send(to_state_event(self.moved))
            case "message":
                await self._take(body)
            case "typing":
                if self.moved.mode == "human":
                    self.app[TYPING].citizen(self.conversation.id)
            case _:
                unknown = ApiError("invalid", "type must be hello, message, typing or ping", field="type")
                await send_error(self.socket, unknown)

    async def _take(self, body: dict[str, object]) -> None:
        """Start the turn; ack, answer and refusal come through the hub, whatever becomes of this socket."""
        client_id = body.pop("id", None)
        try:
            key = fit({"id": client_id}, FrameId).id
            incoming = read_incoming(body, key=key, limit=self.app[SETTINGS].message_length)
            take_message_token(self.app, self.conversation.id)
        except ApiError as error:
            await send_error(self.socket, error, client_id=client_id if isinstance(client_id, str) else None)
            return
        self.active_at = time.monotonic()
        self.app[RUNNING].start(self._turn(incoming))

    async def _turn(self, incoming: Incoming) -> None:
        try:
            await self.app[TURNS].take(self.conversation, incoming, origin=self.id)
        except Exception as error:  # nobody waits for this task; the citizen hears what went wrong
            await send_error(self.socket, from_error(error), client_id=incoming.key)

    async def _resume(self) -> None:
        """Whoever comes back after a crash of ours does not wait in vain for the answer."""
        try:
            await self.app[TURNS].resume(self.conversation)
        except Exception as error:  # nobody waits for this task
            log.warning("not_resumed", exc_info=error)

    async def _write(self, events: "asyncio.Queue[Event]") -> None:
        while True:
            match await events.get():
                case Said() as said:
                    await self._say(said)
                case Typing(role=role):
                    await self._send(TypingEvent(role=role))
                case Moved() as moved:
                    if moved != self.moved:
                        await self._move(moved)
                case Rated(number=number, feedback=feedback):
                    self.active_at = time.monotonic()
                    rendered = to_feedback(feedback) if feedback else None
                    await self._send(FeedbackEvent(message_id=message_id(number), feedback=rendered))
                case Erased():
                    return await self._leave(CLOSE_GONE, "erased")
                case Behind():
                    return await self._leave(WSCloseCode.TRY_AGAIN_LATER, "too slow")

    async def _move(self, moved: Moved) -> None:
        self.moved = moved
        await self._send(to_state_event(moved))

    async def _leave(self, code: int, reason: str) -> None:
        self.is_leaving = True
        await self.socket.close(code=code, message=reason.encode())

    async def _say(self, said: Said) -> None:
        message, own = said.message, said.origin == self.id
        if not own and (said.repeated or message.number <= self.last):
            return
        self.active_at = time.monotonic()
        if message.number > self.last + 1:
            await self._fill_gap(before=message.number)
        self.last = max(self.last, message.number)
        rendered = to_message(message)
        await self._send(AckEvent(id=message.key, message=rendered) if own else MessageEvent(message=rendered))

    async def _fill_gap(self, *, before: int) -> None:
        """Send what was committed earlier but is told later: by another process, or a caseworker at the same moment."""
        for message in await self.app[STORE].read(queries.list_messages, self.conversation.id, after=self.last):
            if message.number < before:
                self.last = message.number
                await self._send(MessageEvent(message=to_message(message)))

    async def _send(self, event: Struct) -> None:
        await send(self.socket, event)


def _parse(frame: WSMessage) -> dict[str, object]:
    if frame.type is not WSMsgType.TEXT:
        raise ApiError("invalid_json", "frames are JSON texts")
    return parse_json(frame.data)


async def send(socket: web.WebSocketResponse, event: Struct) -> None:
    """Send a frame; a socket that closed meanwhile gets the rest when it resumes."""
    if socket.closed:
        return
    try:
        await socket.send_str(encode(event).decode())
    except ConnectionError:
        return


async def send_error(socket: web.WebSocketResponse, error: ApiError, *, client_id: str | None = None) -> None:
    """Say that the frame with `client_id`, or the socket itself, is refused."""
    await send(socket, ErrorEvent(error=error.detail, id=client_id, retry_after=error.retry_after))
