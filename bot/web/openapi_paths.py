"""The paths of the OpenAPI document: what each operation takes, gives and refuses."""

from typing import Any

from msgspec import json

from bot.catalogue.exporters.documents import FORMATS
from bot.language import LANGUAGES
from bot.settings import Settings
from bot.web.errors import STATUS, Code
from bot.web.protocol import closing, frames, open_data

Document = dict[str, Any]

ALWAYS: tuple[Code, ...] = ("invalid_request", "internal", "unavailable")
WITH_TOKEN: tuple[Code, ...] = (*ALWAYS, "unauthorized", "not_found")
WITH_BODY: tuple[Code, ...] = ("invalid_json", "unsupported_media_type", "too_large", "invalid", "too_many_requests")
RETRY_AFTER = {
    "Retry-After": {"description": "Seconds to wait.", "required": True, "schema": {"type": "integer", "minimum": 1}}
}


def make_paths(settings: Settings) -> Document:
    """The `paths` of the document, with the limits of `settings`."""
    return {
        "/api/v1/conversations": {"post": _begin()},
        "/api/v1/conversations/{conversation}": {"parameters": [_conversation()], "delete": _erase()},
        "/api/v1/conversations/{conversation}/language": {"parameters": [_conversation()], "put": _choose_language()},
        "/api/v1/conversations/{conversation}/messages": {
            "parameters": [_conversation()],
            "post": _send(settings),
            "get": _list(),
        },
        "/api/v1/conversations/{conversation}/messages/{message}/feedback": {
            "parameters": [_conversation(), _message()],
            "put": _give_feedback(),
            "delete": _take_back_feedback(),
        },
        "/api/v1/conversations/{conversation}/handoff": {
            "parameters": [_conversation()],
            "get": _show_handoff(),
            "delete": _leave_handoff(),
        },
        "/api/v1/conversations/{conversation}/requests": {"parameters": [_conversation()], "post": _take_request()},
        "/api/v1/requests/lookup": {"post": _look_up_request(settings)},
        "/api/v1/services": {"get": _list_services()},
        "/api/v1/services/{service}": {"parameters": [_service()], "get": _show_service()},
        "/healthz": {"get": _public("sayAlive", "Does the process live?", "Health", ())},
        "/readyz": {"get": _public("sayReady", "Does all answer that is needed?", "Health", ("unavailable",))},
        "/api/v1/openapi.json": {
            "get": {
                "operationId": "showDocument",
                "summary": "This document.",
                "responses": {"200": {"description": "OpenAPI 3.1", "content": _content({"type": "object"})}},
            }
        },
    }


def _begin() -> Document:
    refusals = (*ALWAYS, *WITH_BODY)
    operation = _public("beginConversation", "Begin a conversation.", "ConversationOpened", refusals)
    operation["responses"]["201"] = operation["responses"].pop("200")
    return operation | {"requestBody": {"required": False, "content": _content(_ref("NewConversation"))}}


def _send(settings: Settings) -> Document:
    refusals = (*WITH_TOKEN, *WITH_BODY, "conversation_busy")
    operation = _secured("sendMessage", "Send a message; the answers come back.", "Messages", refusals)
    operation["responses"]["202"] = {
        "description": "Kept. A caseworker will answer; here comes what the system itself says, if anything.",
        "content": _content(_ref("Messages")),
    }
    return operation | {
        "description": f"At most {settings.messages_per_minute} a minute, with bodies of {settings.body_size} bytes.",
        "parameters": [_key("The same key with the same body gets the same answer; with another body it is refused.")],
        "requestBody": {
            "required": True,
            "content": _content({"oneOf": [_ref("TextMessage"), _ref("ChoiceMessage"), _ref("WishMessage")]}),
        },
    }


def _list() -> Document:
    operation = _secured("listMessages", "The history, in order.", "Messages", (*WITH_TOKEN, "invalid"))
    after = {"name": "after", "in": "query", "required": False, "schema": {"type": "string", "pattern": "^[0-9]{8}$"}}
    return operation | {"parameters": [after | {"description": "Only messages after the one with this id."}]}


def _give_feedback() -> Document:
    refusals = (*WITH_TOKEN, *WITH_BODY, "too_long", "not_rateable")
    operation = _secured("giveFeedback", "Say whether an answer helped.", "Feedback", refusals)
    return operation | {
        "description": "Only on messages that have `feedback`. Counts as a message for the limit on these.",
        "requestBody": {"required": True, "content": _content(_ref("NewFeedback"))},
    }


def _take_back_feedback() -> Document:
    refusals = (*WITH_TOKEN, "not_rateable", "too_many_requests")
    operation = _secured("takeBackFeedback", "Take feedback on an answer back.", None, refusals)
    operation["responses"]["204"] = {"description": "There is no feedback on this answer now."}
    return operation


def _choose_language() -> Document:
    refusals = (*WITH_TOKEN, *WITH_BODY)
    operation = _secured("chooseLanguage", "Choose the language of the answers.", None, refusals)
    operation["responses"]["204"] = {"description": "Answers are in this language from now on."}
    return operation | {
        "description": "Counts as a message for the limit on these.",
        "requestBody": {"required": True, "content": _content(_ref("ChosenLanguage"))},
    }


def _erase() -> Document:
    operation = _secured("eraseConversation", "Erase a conversation.", None, WITH_TOKEN)
    operation["responses"]["204"] = {"description": "Erased, with everything that was said in it."}
    return operation


def _show_handoff() -> Document:
    return _secured("showHandoff", "Who answers, and the place in the queue.", "HandoffState", WITH_TOKEN)


def _leave_handoff() -> Document:
    refusals = (*WITH_TOKEN, "too_many_requests", "conversation_busy")
    operation = _secured("leaveHandoff", "Leave the queue, or the caseworker.", None, refusals)
    operation["responses"]["204"] = {"description": "The bot answers; also where there was nothing to leave."}
    return operation


def _take_request() -> Document:
    refusals = (*WITH_TOKEN, *WITH_BODY, "too_long", "no_desk", "conversation_busy")
    operation = _secured("takeRequest", "Leave a request because nobody is there.", "RequestOpened", refusals)
    operation["responses"]["201"] = operation["responses"].pop("200")
    return operation | {
        "description": "The code is not stored and not shown again. A conversation has at most three open requests.",
        "parameters": [_key("The same key is the same request, with a new code.")],
        "requestBody": {"required": True, "content": _content(_ref("NewRequest"))},
    }


def _look_up_request(settings: Settings) -> Document:
    refusals = (*ALWAYS, *WITH_BODY, "not_found")
    operation = _public("lookUpRequest", "Read a request with reference and code.", "RequestStatus", refusals)
    return operation | {
        "description": f"At most {settings.request_lookups_per_hour} an hour from one address.",
        "requestBody": {"required": True, "content": _content(_ref("RequestKey"))},
    }


def _list_services() -> Document:
    operation = _open("listServices", "The catalogue as open data, page by page.", (*ALWAYS, "invalid"))
    operation["responses"]["200"]["headers"]["Link"] = {
        "description": 'The next page, as rel="next"; none on the last one.',
        "schema": {"type": "string"},
    }
    _, schemas = json.schema_components([open_data.ServicesQuery], ref_template="")
    properties = schemas["ServicesQuery"]["properties"]
    paging = {
        "after": "Only services after the one with this id.",
        "limit": "How many services at most.",
    }
    operation["parameters"] += [
        {"name": name, "in": "query", "required": False, "schema": properties[name], "description": description}
        for name, description in paging.items()
    ]
    return operation


def _show_service() -> Document:
    return _open("showService", "One service as open data.", (*ALWAYS, "invalid", "not_found"))


def _open(name: str, summary: str, refusals: tuple[Code, ...]) -> Document:
    """Open data, in two vocabularies and two languages, with what saves sending it again."""
    headers = {
        "ETag": {"description": "Changes with the catalogue.", "required": True, "schema": {"type": "string"}},
        "Last-Modified": {"required": True, "schema": {"type": "string"}},
    }
    choices = {
        "language": (LANGUAGES, "Only this language; German where there is no other. Default: all."),
        "format": (FORMATS, "The vocabulary. Default: as Accept says by its profile, else schema.org."),
    }
    return {
        "operationId": name,
        "summary": summary,
        "description": "Every website may read it. If-None-Match and If-Modified-Since are understood.",
        "parameters": [
            {
                "name": parameter,
                "in": "query",
                "required": False,
                "schema": {"type": "string", "enum": list(values)},
                "description": description,
            }
            for parameter, (values, description) in choices.items()
        ],
        "responses": {
            "200": {
                "description": "JSON-LD",
                "headers": dict(headers),
                "content": {"application/ld+json": {"schema": _ref("LinkedData")}},
            },
            "304": {"description": "Nothing has changed.", "headers": dict(headers)},
            **_refusals(refusals),
        },
    }


def _service() -> Document:
    return {
        "name": "service",
        "in": "path",
        "required": True,
        "description": "The catalogue's own id of the service, with every character escaped that is not plain.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200},
        "example": "personalausweis",
    }


def make_socket(settings: Settings) -> Document:
    """What OpenAPI has no words for: the WebSocket, its frames and close codes."""
    spoken = (frames.HelloFrame, frames.FrameId, frames.TypingFrame, frames.PingFrame, frames.ServerFrame)
    _, schemas = json.schema_components(spoken, ref_template="#/x-websocket/schemas/{name}")
    return {
        "path": "/api/v1/conversations/{conversation}/socket",
        "description": (
            'The first frame is {"type": "hello", "token", "after"?}; who is no browser may send the token as '
            'Authorization header instead, and after as query. Then {"type": "message", "id"?, "text", "choice" or '
            '"wish"}, {"type": "typing"} and {"type": "ping"}. The server sends state, message, ack, typing, feedback, '
            "error and pong."
        ),
        "closeCodes": {
            str(closing.CLOSE_UNAUTHORIZED): "wrong token, or no hello in time",
            str(closing.CLOSE_GONE): "no such conversation, or it was erased",
            str(closing.CLOSE_IDLE): f"nothing happened for {settings.socket_idle:.0f} seconds",
            str(closing.CLOSE_TOO_MANY): f"more than {settings.sockets_per_conversation} sockets, or too many frames",
            "1001": "the server stops; connect again",
            "1009": f"a frame of more than {settings.body_size} bytes",
            "1013": "too slow; connect again",
        },
        "schemas": schemas,
    }


def _public(name: str, summary: str, schema: str | None, refusals: tuple[Code, ...]) -> Document:
    answer = {"200": {"description": "Done", "content": _content(_ref(schema))}} if schema else {}
    return {"operationId": name, "summary": summary, "responses": answer | _refusals(refusals)}


def _secured(name: str, summary: str, schema: str | None, refusals: tuple[Code, ...]) -> Document:
    return _public(name, summary, schema, refusals) | {"security": [{"token": []}]}


def _refusals(codes: tuple[Code, ...]) -> Document:
    by_status: dict[str, list[Code]] = {}
    for code in codes:
        by_status.setdefault(str(STATUS[code].value), []).append(code)
    return {
        status: {
            "description": f"Refused: {' or '.join(names)}",
            "content": _content(_ref("ErrorBody")),
            **({"headers": RETRY_AFTER} if status in {"409", "429", "503"} else {}),
        }
        for status, names in sorted(by_status.items())
    }


def _conversation() -> Document:
    schema = {"type": "string", "pattern": "^[A-Za-z0-9_-]{22}$"}
    return {"name": "conversation", "in": "path", "required": True, "schema": schema}


def _message() -> Document:
    schema = {"type": "string", "pattern": "^[0-9]{8}$"}
    return {"name": "message", "in": "path", "required": True, "schema": schema, "example": "00000002"}


def _key(description: str) -> Document:
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": description,
        "schema": {"type": "string", "pattern": "^[!-~]{1,128}$"},
    }


def _content(schema: Document) -> Document:
    return {"application/json": {"schema": schema}}


def _ref(name: str) -> Document:
    return {"$ref": f"#/components/schemas/{name}"}
