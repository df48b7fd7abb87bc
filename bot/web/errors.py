"""Refusals of the API, in one shape: {"error": {"code", "message", "field"?}}.

`code` is for programs (the widget has a sentence for each), `message` for developers, `field` names what is wrong.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Literal

import structlog
from aiohttp import hdrs, web
from msgspec import Meta, Struct, json

from bot.errors import ConversationBusyError, DatabaseUnavailableError, NotFoundError

RETRY_SECONDS = 2

log = structlog.get_logger(__name__)

Code = Literal[
    "invalid_request",
    "invalid_json",
    "unauthorized",
    "forbidden_origin",
    "forbidden",
    "forged",
    "not_found",
    "no_desk",
    "method_not_allowed",
    "conversation_busy",
    "too_large",
    "unsupported_media_type",
    "invalid",
    "too_long",
    "unknown_choice",
    "not_rateable",
    "key_reused",
    "upgrade_required",
    "too_many_requests",
    "too_many_sockets",
    "internal",
    "unavailable",
]

STATUS: dict[Code, HTTPStatus] = {
    "invalid_request": HTTPStatus.BAD_REQUEST,
    "invalid_json": HTTPStatus.BAD_REQUEST,
    "unauthorized": HTTPStatus.UNAUTHORIZED,
    "forbidden_origin": HTTPStatus.FORBIDDEN,
    "forbidden": HTTPStatus.FORBIDDEN,
    "forged": HTTPStatus.FORBIDDEN,
    "not_found": HTTPStatus.NOT_FOUND,
    "no_desk": HTTPStatus.NOT_FOUND,
    "method_not_allowed": HTTPStatus.METHOD_NOT_ALLOWED,
    "conversation_busy": HTTPStatus.CONFLICT,
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "unsupported_media_type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "invalid": HTTPStatus.UNPROCESSABLE_ENTITY,
    "too_long": HTTPStatus.UNPROCESSABLE_ENTITY,
    "unknown_choice": HTTPStatus.UNPROCESSABLE_ENTITY,
    "not_rateable": HTTPStatus.UNPROCESSABLE_ENTITY,
    "key_reused": HTTPStatus.UNPROCESSABLE_ENTITY,
    "upgrade_required": HTTPStatus.UPGRADE_REQUIRED,
    "too_many_requests": HTTPStatus.TOO_MANY_REQUESTS,
    "too_many_sockets": HTTPStatus.TOO_MANY_REQUESTS,
    "internal": HTTPStatus.INTERNAL_SERVER_ERROR,
    "unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
}


class ErrorDetail(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was refused and why."""

    code: Code
    message: Annotated[str, Meta(description="For developers, in English; never shown to citizens.")]
    field: Annotated[str | None, Meta(description="The field, parameter or header that is wrong.")] = None


class ErrorBody(Struct, frozen=True, kw_only=True):
    """The body of every refusal."""

    error: ErrorDetail


class ApiError(Exception):
    """A refusal on its way to the client; raised by handlers, rendered once by the middleware or the socket."""

    def __init__(
        self,
        code: Code,
        message: str,
        *,
        field: str | None = None,
        headers: Mapping[str, str] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        # aiohttp's header names are no plain str, which msgspec refuses.
        self.detail = ErrorDetail(code=code, message=message, field=None if field is None else str(field))
        self.retry_after = retry_after
        self.headers = dict(headers or {})
        if retry_after is not None:
            self.headers["Retry-After"] = str(retry_after)

    def response(self) -> web.Response:
        """The refusal as an HTTP response."""
        return web.Response(
            status=STATUS[self.detail.code],
            body=json.encode(ErrorBody(error=self.detail)),
            content_type="application/json",
            headers=self.headers,
        )


def from_http(error: web.HTTPException) -> ApiError:
    """aiohttp's own refusals: no such route, method or size."""
    match error:
        case web.HTTPMethodNotAllowed():
            allowed = ", ".join(sorted(error.allowed_methods))
            return ApiError("method_not_allowed", f"allowed: {allowed}", headers={hdrs.ALLOW: allowed})
        case web.HTTPRequestEntityTooLarge():
            return ApiError("too_large", "the body is too large")
        case web.HTTPNotFound():
            return ApiError("not_found", "there is nothing at this address")
        case _:
            return ApiError("invalid_request", "this request cannot be worked on")


def from_error(error: Exception) -> ApiError:
    """Errors raised on purpose further down, and all others."""
    match error:
        case ApiError():
            return error
        case NotFoundError():
            return ApiError("not_found", "there is no such conversation")
        case ConversationBusyError():
            return ApiError("conversation_busy", "the conversation is busy; try again", retry_after=RETRY_SECONDS)
        case DatabaseUnavailableError():
            log.error("database_unavailable", exc_info=error)
            return ApiError("unavailable", "the database does not answer", retry_after=RETRY_SECONDS)
        case _:
            log.error("internal_error", exc_info=error)
            return ApiError("internal", "something went wrong here")
