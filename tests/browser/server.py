"""A small server that talks the contract of bot/web with scripted answers, and fails on demand."""

import asyncio
import json
import mimetypes
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

from bot.catalogue.importers.record import Town
from bot.web.pages import fill_town_page, read_shipped
from tests.browser import script

ROOT = Path(__file__).resolve().parents[2]
WIDGET = ROOT / "widget"
TOWN = Town(
    name="Auenfurt",
    phone="05999 400-0",
    email="rathaus@auenfurt.example",
    url="https://www.auenfurt.example",
    address="Am Markt 1, 29990 Auenfurt",
)
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
BARE_PAGE = """<!doctype html><html lang="{language}"><meta charset="utf-8"><title>Seite</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<main><h1>Seite</h1><p><a href="/">Start</a></p></main>{body}</html>"""
SCRIPT_TAG = '<script type="module" src="/widget/stadtlotse.js" {attributes}></script>'


@dataclass
class Conversation:
    """What the server knows about one conversation."""

    id: str
    token: str
    language: str
    messages: list[dict[str, Any]] = field(default_factory=list)
    keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    sockets: list[web.WebSocketResponse] = field(default_factory=list)

    def add(self, role: str, **content: Any) -> dict[str, Any]:
        number = f"{len(self.messages) + 1:08d}"
        message = {"id": number, "role": role, "language": self.language, "outcome": None, "at": _now(), **content}
        self.messages.append(message)
        return message

    async def send(self, frame: dict[str, Any], *, but: web.WebSocketResponse | None = None) -> None:
        for socket in list(self.sockets):
            if socket is not but and not socket.closed:
                await socket.send_json(frame)


class FakeServer:
    """State and switches; tests turn the switches."""

    def __init__(self) -> None:
        self.conversations: dict[str, Conversation] = {}
        self.requests: list[tuple[str, str]] = []
        self.sockets_allowed = True
        self.down = False
        self.erase_fails = False
        self.rating_refused: str | None = None  # an error code
        self.drop_before_ack = 0  # so many messages are stored, and the socket dies before their ack
        self.pages: dict[str, str] = {}
        self.origin = ""

    @property
    def only(self) -> Conversation:
        (conversation,) = self.conversations.values()
        return conversation

    async def close_sockets(self, *, code: int = 1006) -> None:
        for conversation in self.conversations.values():
            for socket in list(conversation.sockets):
                await _cut(socket, code=code)

    def page(self, path: str, *, body: str = "", attributes: str = "", language: str = "de") -> str:
        """A page of an embedding website; returns its address."""
        body = body or SCRIPT_TAG.format(attributes=attributes)
        self.pages[path] = BARE_PAGE.format(language=language, body=body)
        return self.origin + path

    # Handlers

    async def begin(self, request: web.Request) -> web.Response:
        body = await request.json()
        conversation = Conversation(secrets.token_urlsafe(16), secrets.token_urlsafe(32), body["language"])
        self.conversations[conversation.id] = conversation
        return web.json_response({"id": conversation.id, "token": conversation.token}, status=201)

    async def history(self, request: web.Request) -> web.Response:
        conversation = self._authorised(request)
        return web.json_response({"messages": _after(conversation, request.query.get("after"))})

    async def post(self, request: web.Request) -> web.Response:
        conversation = self._authorised(request)
        key = request.headers["Idempotency-Key"]
        frame = {**await request.json(), "id": key}
        if refusal := script.refusal(frame):
            return web.json_response({"error": {"code": refusal, "message": ""}}, status=429)
        message, answers = await self._take(conversation, frame)
        return web.json_response({"messages": answers if message else []})

    async def rate(self, request: web.Request) -> web.Response:
        conversation = self._authorised(request)
        if self.rating_refused:
            return web.json_response({"error": {"code": self.rating_refused, "message": ""}}, status=429)
        feedback = await request.json() if request.method == "PUT" else None
        if feedback and "comment" in feedback:
            feedback["comment"] = script.masked(feedback["comment"])
        message = next(each for each in conversation.messages if each["id"] == request.match_info["message"])
        message["feedback"] = feedback
        await conversation.send({"type": "feedback", "message_id": message["id"], "feedback": feedback})
        return web.json_response(feedback) if feedback else web.Response(status=204)

    async def choose_language(self, request: web.Request) -> web.Response:
        self._authorised(request).language = (await request.json())["language"]
        return web.Response(status=204)

    async def show_handoff(self, request: web.Request) -> web.Response:
        self._authorised(request)
        return web.json_response({"state": "bot"})

    async def erase(self, request: web.Request) -> web.Response:
        conversation = self._authorised(request)
        if self.erase_fails:
            raise _error(web.HTTPServiceUnavailable, "unavailable")
        del self.conversations[conversation.id]
        for socket in list(conversation.sockets):
            await socket.send_json({"type": "error", "error": {"code": "not_found", "message": ""}})
            await socket.close(code=4404)
        return web.Response(status=204)

    async def talk(self, request: web.Request) -> web.WebSocketResponse:
        if not self.sockets_allowed:
            raise web.HTTPForbidden
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        hello = await socket.receive_json()
        conversation = self.conversations.get(request.match_info["id"])
        if conversation is None or hello["token"] != conversation.token:
            await socket.send_json({"type": "error", "error": {"code": "not_found", "message": ""}})
            await socket.close(code=4404)
            return socket
        for message in _after(conversation, hello["after"]):
            await socket.send_json({"type": "message", "message": message})
        await socket.send_json({"type": "state", "state": "bot"})
        conversation.sockets.append(socket)
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                await self._receive(conversation, socket, json.loads(frame.data))
        if socket in conversation.sockets:
            conversation.sockets.remove(socket)
        return socket

    async def _receive(self, conversation: Conversation, socket: web.WebSocketResponse, frame: dict[str, Any]) -> None:
        if refusal := script.refusal(frame):
            await socket.send_json({"type": "error", "id": frame["id"], "error": {"code": refusal, "message": ""}})
            return
        if self.drop_before_ack:
            self.drop_before_ack -= 1
            await self._take(conversation, frame)
            await _cut(socket)
            return
        await self._take(conversation, frame, socket=socket)

    async def _take(
        self, conversation: Conversation, frame: dict[str, Any], *, socket: web.WebSocketResponse | None = None
    ) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
        known = conversation.keys.get(frame["id"])
        message = known or conversation.add("citizen", text=script.stored_text(frame, conversation.messages))
        conversation.keys[frame["id"]] = message
        if socket is not None and not socket.closed:
            await socket.send_json({"type": "ack", "id": frame["id"], "message": message})
        if known:
            return None, []
        await conversation.send({"type": "message", "message": message}, but=socket)
        await conversation.send({"type": "typing", "role": "bot"})
        answer = script.answer(message["text"], conversation.language)
        await asyncio.sleep(answer.pop("delay", 0))
        if answer["outcome"] != "crisis":
            answer["feedback"] = None
        stored = conversation.add("bot", **answer)
        await conversation.send({"type": "message", "message": stored})
        return message, [stored]

    def _authorised(self, request: web.Request) -> Conversation:
        conversation = self.conversations.get(request.match_info["id"])
        if conversation is None:
            raise _error(web.HTTPNotFound, "not_found")
        if request.headers.get("Authorization") != f"Bearer {conversation.token}":
            raise _error(web.HTTPUnauthorized, "unauthorized")
        return conversation

    async def show_town(self, request: web.Request) -> web.Response:
        return web.Response(text=fill_town_page(TOWN), content_type="text/html")

    async def show_widget(self, request: web.Request) -> web.Response:
        file = WIDGET / request.match_info["file"]
        return web.Response(body=read_shipped(file), content_type=mimetypes.guess_type(file)[0] or "")

    async def show_page(self, request: web.Request) -> web.Response:
        if request.path not in self.pages:
            raise web.HTTPNotFound
        return web.Response(text=self.pages[request.path], content_type="text/html")

    @web.middleware
    async def watch(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.requests.append((request.method, request.path))
        if self.down:
            assert request.transport is not None
            request.transport.abort()
            raise web.HTTPServiceUnavailable
        if request.method == "OPTIONS":
            return web.Response(status=204)
        return await handler(request)


async def _cut(socket: web.WebSocketResponse, *, code: int = 1006) -> None:
    if code != 1006:
        await socket.close(code=code)
    elif (transport := socket.get_extra_info("socket")) is not None:
        transport.shutdown(2)


def _error(kind: Any, code: str) -> Exception:
    text = json.dumps({"error": {"code": code, "message": ""}})
    return kind(text=text, content_type="application/json")


def _after(conversation: Conversation, after: str | None) -> list[dict[str, Any]]:
    return [message for message in conversation.messages if message["id"] > (after or "")]


def _now() -> str:
    return datetime.now(UTC).isoformat()


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    if request.path.startswith(("/api", "/widget")):
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Allow-Methods"] = "GET, POST, PUT, DELETE"
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type, Idempotency-Key"


@asynccontextmanager
async def running() -> AsyncIterator[FakeServer]:
    """The server on a free port of this machine."""
    server = FakeServer()
    app = web.Application(middlewares=[server.watch])
    app.on_response_prepare.append(_add_headers)
    conversations = "/api/v1/conversations"
    app.add_routes(
        [
            web.get("/", server.show_town),
            web.post(conversations, server.begin),
            web.get(conversations + "/{id}/messages", server.history),
            web.post(conversations + "/{id}/messages", server.post),
            web.put(conversations + "/{id}/messages/{message}/feedback", server.rate),
            web.delete(conversations + "/{id}/messages/{message}/feedback", server.rate),
            web.put(conversations + "/{id}/language", server.choose_language),
            web.get(conversations + "/{id}/handoff", server.show_handoff),
            web.delete(conversations + "/{id}", server.erase),
            web.get(conversations + "/{id}/socket", server.talk),
            web.get("/widget/{file:.+}", server.show_widget),
            web.route("*", "/{path:.*}", server.show_page),
        ]
    )
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await server.close_sockets(code=1001)
    await runner.cleanup()
