"""Reads what a request carries; everything that does not fit is refused by name."""

import re
from typing import TypeVar

from aiohttp import hdrs, web
from msgspec import DecodeError, Struct, ValidationError, convert, json

from bot.web.errors import ApiError

T = TypeVar("T", bound=Struct)

JSON = "application/json"
KEY_HEADER = "Idempotency-Key"
KEY_PATTERN = re.compile(r"[!-~]{1,128}")
_PLACE = re.compile(r" - at `\$\.?(?P<place>[^`]*)`")
_NAMED = re.compile(r"(?:required|unknown) field `(?P<name>[^`]*)`")


async def read_json(request: web.Request) -> dict[str, object]:
    """The body as a JSON object; no body at all is an empty one.

    Raises:
        ApiError: another content type, not JSON, or not an object.
    """
    if not request.can_read_body:
        return {}
    if request.content_type != JSON:
        raise ApiError("unsupported_media_type", f"send {JSON}", field=hdrs.CONTENT_TYPE)
    return parse_json(await request.read())


def parse_json(body: bytes | str) -> dict[str, object]:
    """A JSON object.

    Raises:
        ApiError: `invalid_json`, or `invalid` if it is JSON but no object.
    """
    try:
        value = json.decode(body)
    except (DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ApiError("invalid_json", "this is not valid JSON in UTF-8") from error
    if not isinstance(value, dict):
        raise ApiError("invalid", "expected a JSON object")
    return value


def fit(value: object, kind: type[T]) -> T:
    """`value` as the struct `kind`.

    Raises:
        ApiError: `invalid`, naming the field.
    """
    try:
        return convert(value, kind)
    except ValidationError as error:
        raise ApiError("invalid", _reason(error), field=_field(error)) from error


def fit_query(request: web.Request, kind: type[T]) -> T:
    """The query of the address as the struct `kind`; what it does not know is ignored.

    Raises:
        ApiError: `invalid`, naming the parameter.
    """
    repeated = next((name for name in kind.__struct_fields__ if len(request.query.getall(name, ())) > 1), None)
    if repeated is not None:
        raise ApiError("invalid", "given more than once", field=repeated)
    try:
        return convert(dict(request.query), kind, strict=False)
    except ValidationError as error:
        raise ApiError("invalid", _reason(error), field=_field(error)) from error


def idempotency_key(request: web.Request) -> str | None:
    """The Idempotency-Key header, None if there is none.

    Raises:
        ApiError: it is empty, too long or has other characters than visible ASCII.
    """
    key = request.headers.get(KEY_HEADER)
    if key is not None and not KEY_PATTERN.fullmatch(key):
        raise ApiError("invalid", "expected 1 to 128 visible ASCII characters", field=KEY_HEADER)
    return key


def _reason(error: ValidationError) -> str:
    return _PLACE.sub("", str(error))


def _field(error: ValidationError) -> str | None:
    """msgspec says "… - at `$.text`" or "… unknown field `x`"."""
    place, named = _PLACE.search(str(error)), _NAMED.search(str(error))
    parts = [place["place"] if place else "", named["name"] if named else ""]
    return ".".join(part for part in parts if part) or None
