"""Refusals of the API, in one shape: {"error": {"code", "message", "field"?}}.

`code` is for programs (the widget has its own sentence for each), `message` for developers, `field` names what is wrong.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Literal

from aiohttp import web
from msgspec import Meta, Struct, json

Code = Literal[
    "invalid_request",
    "invalid_json",
    "unauthorized",
    "forbidden_origin",
    "not_found",
    "method_not_allowed",
    "conversation_busy",
    "too_large",
    "unsupported_media_type",
    "invalid",
    "too_long",
    "unknown_choice",
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
    "not_found": HTTPStatus.NOT_FOUND,
    "method_not_allowed": HTTPStatus.METHOD_NOT_ALLOWED,
    "conversation_busy": HTTPStatus.CONFLICT,
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "unsupported_media_type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "invalid": HTTPStatus.UNPROCESSABLE_ENTITY,
    "too_long": HTTPStatus.UNPROCESSABLE_ENTITY,
    "unknown_choice": HTTPStatus.UNPROCESSABLE_ENTITY,
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
        self.detail = ErrorDetail(code=code, message=message, field=field)
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
