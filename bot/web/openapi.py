"""The OpenAPI document, made from the structs that also check requests, so that it cannot promise anything else."""

from functools import cache
from itertools import groupby

from aiohttp import web
from msgspec import json

from bot import __version__
from bot.conversations.feedback import COMMENT_LENGTH
from bot.mail_address import ADDRESS, LONGEST
from bot.settings import Settings
from bot.web.chat.incoming import is_visible
from bot.web.chat.requests import REACH_LENGTH
from bot.web.errors import ErrorBody
from bot.web.keys import OPENAPI
from bot.web.openapi_paths import make_paths, make_socket
from bot.web.protocol import conversations, health, messages, open_data, requests

SCHEMAS = (
    conversations.NewConversation,
    conversations.ConversationOpened,
    messages.TextMessage,
    messages.ChoiceMessage,
    messages.WishMessage,
    messages.Messages,
    conversations.HandoffState,
    requests.NewRequest,
    requests.RequestOpened,
    requests.RequestKey,
    requests.RequestStatus,
    messages.NewFeedback,
    conversations.ChosenLanguage,
    health.Health,
    open_data.LinkedData,
    ErrorBody,
)
SURROGATES = range(0xD800, 0xE000)
ASSIGNED = (*range(0x30000), *range(0xE0000, 0xE0200))  # planes without characters are left out, to start faster


async def show_document(request: web.Request) -> web.Response:
    """GET /api/v1/openapi.json."""
    return web.Response(body=request.app[OPENAPI], content_type="application/json")


def make_document(settings: Settings) -> bytes:
    """The document as JSON, with the limits of `settings`."""
    _, schemas = json.schema_components(SCHEMAS, ref_template="#/components/schemas/{name}")
    schemas["TextMessage"]["properties"]["text"] |= _visible_text(settings.message_length)
    schemas["NewRequest"]["properties"]["what"] |= _visible_text(settings.message_length)
    schemas["NewRequest"]["properties"]["consent"] |= {"const": True}
    schemas["NewRequest"]["properties"]["reach"] |= {"maxLength": REACH_LENGTH}
    schemas["NewRequest"]["properties"]["email"] |= {"maxLength": LONGEST, "pattern": f"^({ADDRESS.pattern})?$"}
    schemas["NewFeedback"]["properties"]["comment"] |= _visible_text(COMMENT_LENGTH)
    return json.encode(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "Stadtlotse",
                "version": __version__,
                "summary": "Citizens ask, the town's service catalogue answers.",
                "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
            },
            "servers": [{"url": "/"}],
            "paths": make_paths(settings),
            "x-websocket": make_socket(settings),
            "components": {
                "schemas": schemas,
                "securitySchemes": {
                    "token": {
                        "type": "http",
                        "scheme": "bearer",
                        "description": "The token of the conversation, given once when it begins.",
                    }
                },
            },
        }
    )


def _visible_text(most: int) -> dict[str, object]:
    return {
        "minLength": 1,
        "maxLength": most,
        "pattern": visible_pattern(),
        "description": "At least one visible character; others are removed before storing.",
    }


@cache
def visible_pattern() -> str:
    """A regular expression (ECMA 262) that finds a visible character, as `is_visible` sees it."""
    hidden = [point for point in ASSIGNED if not is_visible(chr(point)) and not 0xD800 <= point < 0xE000]
    runs = (list(run) for _, run in groupby(enumerate(hidden), key=lambda item: item[1] - item[0]))
    spans = ((run[0][1], run[-1][1]) for run in runs)
    return (
        "[^" + "".join(_escaped(first) + (f"-{_escaped(last)}" if last > first else "") for first, last in spans) + "]"
    )


def _span(first: int, last: int) -> str:
    return _escaped(first) if first == last else f"{_escaped(first)}-{_escaped(last)}"


def _escaped(point: int) -> str:
    return f"\\u{point:04x}" if point <= 0xFFFF else chr(point)
