"""Style sheets and scripts of the pages for staff."""

import re
from hashlib import sha256
from pathlib import Path

from aiohttp import hdrs, web

from bot.web.errors import ApiError
from bot.web.pages import CONTENT_TYPES, REVALIDATE

FILES = Path(__file__).resolve().parents[1] / "static"
NAME = re.compile(r"(?:[\w-]{1,40}/){0,2}[\w-]{1,40}\.(?:css|js|svg)", re.ASCII)


async def serve_file(request: web.Request) -> web.Response:
    """GET /staff/static/<file>; 304 where the browser has it already."""
    name = request.match_info["file"]
    file = FILES / name if NAME.fullmatch(name) else None
    if file is None or not file.is_file():
        raise ApiError("not_found", "there is no such file")
    body = file.read_bytes()
    etag = sha256(body).hexdigest()[:16]
    headers = {hdrs.CACHE_CONTROL: REVALIDATE, hdrs.ETAG: f'"{etag}"'}
    if any(tag.value in {etag, "*"} for tag in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    headers[hdrs.CONTENT_TYPE] = CONTENT_TYPES[file.suffix]
    return web.Response(body=body, headers=headers)
