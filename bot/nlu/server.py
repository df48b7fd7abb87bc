"""The worker's HTTP interface: parse the request, take the turn, render the reply."""

import asyncio
import gc
import json
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import rasa
import uvloop
from aiohttp import web

from bot.errors import ActionsUnavailableError, DialogueStateError, InputError, UnavailableError
from bot.language import LANGUAGES, is_language
from bot.nlu.deviations.actions import ActionEndpoint
from bot.nlu.turns import Choice, Dialogue, Turn

MAX_TEXT = 1_000  # characters
MAX_BODY = 65_536  # bytes: a text of four-byte characters, escaped, and a full state
SHUTDOWN = 1.5  # seconds for turns that still run

log = logging.getLogger(__name__)


def serve(model: Path, *, host: str, port: int, actions_url: str, action_timeout: float) -> None:
    """Load `model` and answer until SIGTERM or SIGINT.

    Raises:
        NotFoundError: there is no such model.
        TrainingDataError: the model cannot be loaded.
        UnavailableError: the address is taken or not ours.
    """
    with _bind(host, port) as address:
        endpoint = ActionEndpoint(actions_url, timeout=action_timeout)
        app = make_app(Dialogue(model, action_endpoint=endpoint), action_endpoint=endpoint)
        # The tables of the model are a million objects that stay: collecting garbage need not look at them again.
        gc.collect()
        gc.freeze()
        gc.enable()
        web.run_app(
            app,
            sock=address,
            print=None,
            access_log=None,
            shutdown_timeout=SHUTDOWN,
            loop=uvloop.new_event_loop(),
        )


def _bind(host: str, port: int) -> socket.socket:
    """The address, taken before the model is loaded: a second worker finds out in a moment."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError as error:
        raise UnavailableError(f"cannot listen on {host}:{port} ({error.strerror})") from error
    return bound


def make_app(dialogue: Dialogue, *, action_endpoint: ActionEndpoint) -> web.Application:
    """The application around a loaded model."""
    locks = ConversationLocks()

    async def health(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok", "rasa": rasa.__version__})

    async def take_turn(request: web.Request) -> web.Response:
        turn = _parse(await _body(request), dialogue)
        async with locks.hold(turn.conversation):
            reply = await dialogue.take(turn)
        return web.json_response({"outputs": reply.outputs, "understanding": reply.understanding, "state": reply.state})

    async def close_connection(_app: web.Application) -> AsyncIterator[None]:
        yield
        await action_endpoint.close()

    app = web.Application(middlewares=[_errors], client_max_size=MAX_BODY)
    app.add_routes([web.post("/turn", take_turn), web.get("/health", health)])
    app.cleanup_ctx.append(close_connection)
    return app


class ConversationLocks:
    """One lock per conversation, there only while somebody holds it or waits for it."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    def __len__(self) -> int:
        return len(self._locks)

    @asynccontextmanager
    async def hold(self, conversation: str) -> AsyncIterator[None]:
        """Wait until no other turn of `conversation` runs."""
        lock, users = self._locks.get(conversation) or (asyncio.Lock(), 0)
        self._locks[conversation] = lock, users + 1
        try:
            async with lock:
                yield
        finally:
            lock, users = self._locks[conversation]
            if users == 1:
                del self._locks[conversation]
            else:
                self._locks[conversation] = lock, users - 1


@web.middleware
async def _errors(request: web.Request, handler: Any) -> web.StreamResponse:
    try:
        return await handler(request)
    except DialogueStateError as error:
        return _error(400, "invalid_state", str(error))
    except InputError as error:
        return _error(400, "invalid_request", str(error))
    except ActionsUnavailableError as error:
        log.warning("%s", error)
        return _error(502, "actions_unavailable", "The action server does not answer.")
    except web.HTTPException as error:
        return _error(error.status, "invalid_request", error.reason)
    except Exception as error:  # a traceback may hold what the citizen wrote, so only its place is logged
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place is not None else "?"
        log.error("%s in %s", type(error).__name__, where)  # noqa: TRY400 - see above
        return _error(500, "internal", "The turn failed.")


def _error(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": message}}, status=status)


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.read())
    except ValueError as error:
        raise InputError("the body is not JSON") from error
    if not isinstance(body, dict):
        raise InputError("the body is not a JSON object")
    return body


def _parse(body: dict[str, Any], dialogue: Dialogue) -> Turn:
    unknown = sorted(set(body) - {"conversation", "language", "text", "choice", "context", "state"})
    if unknown:
        raise InputError(f"unknown fields: {', '.join(unknown)}")
    conversation, language, text = body.get("conversation"), body.get("language"), body.get("text")
    context = body.get("context") or {}
    if not isinstance(conversation, str) or not conversation:
        raise InputError("conversation: expected a text")
    if not is_language(language):
        raise InputError(f"language: expected one of {', '.join(LANGUAGES)}")
    if (text is None) == (body.get("choice") is None):
        raise InputError("expected exactly one of text and choice")
    if text is not None and (not isinstance(text, str) or len(text) > MAX_TEXT):
        raise InputError(f"text: expected at most {MAX_TEXT} characters")
    if not _is_text_map(context):
        raise InputError("context: expected an object of texts")
    return Turn(
        conversation=conversation,
        language=language,
        text=text,
        choice=_parse_choice(body.get("choice"), dialogue),
        context=context,
        state=body.get("state"),
    )


def _parse_choice(value: Any, dialogue: Dialogue) -> "Choice | None":
    if value is None:
        return None
    if not isinstance(value, dict) or not isinstance(value.get("intent"), str):
        raise InputError("choice: expected an intent and its entities")
    entities = value.get("entities") or {}
    if not _is_text_map(entities):
        raise InputError("choice.entities: expected an object of texts")
    choice = Choice(value["intent"], entities)
    if not dialogue.knows(choice):
        raise InputError("choice: the model does not have this intent or entity")
    return choice


def _is_text_map(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())
