"""Structs as JSON responses."""

from aiohttp import web
from msgspec import Struct, json

encode = json.Encoder().encode


def json_response(body: Struct, *, status: int = 200) -> web.Response:
    """`body` as JSON."""
    return web.Response(body=encode(body), status=status, content_type="application/json")
