"""The town's page with the widget on it, and the widget's files, for this page and for the town's own website."""

import html
import re
from functools import cache
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from bot.web.errors import ApiError
from bot.web.keys import TOWN

TOWN_PAGE = Path(__file__).parent / "templates" / "town.html"
WIDGET_DIR = Path(__file__).resolve().parents[2] / "widget"
# Only these are served: no folder that begins with a dot, no README or test beside the files.
WIDGET_FILE = re.compile(r"(?:[\w-]{1,40}/){0,3}[\w-][\w.-]{0,60}", re.ASCII)
CONTENT_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".woff2": "font/woff2",
    ".png": "image/png",
}
# The files carry no version in their names, so browsers ask each time and mostly hear "not modified".
REVALIDATE = "public, max-age=0, must-revalidate"


async def show_town(request: web.Request) -> web.Response:
    """GET /."""
    town = request.app[TOWN].current()
    url = town.url if urlsplit(town.url).scheme in {"http", "https"} else ""
    values = {"name": town.name, "phone": town.phone, "email": town.email, "url": url, "address": town.address}
    page = _template(TOWN_PAGE).substitute({name: html.escape(value) for name, value in values.items()})
    return web.Response(text=page, content_type="text/html")


async def serve_widget(request: web.Request) -> web.StreamResponse:
    """GET /widget/<file>; aiohttp adds ETag and Last-Modified and answers conditional requests."""
    name = request.match_info["file"]
    file = WIDGET_DIR / name if WIDGET_FILE.fullmatch(name) else None
    content_type = CONTENT_TYPES.get(file.suffix) if file else None
    if file is None or content_type is None or not file.is_file():
        raise ApiError("not_found", "the widget has no such file")
    headers = {hdrs.CONTENT_TYPE: content_type, hdrs.CACHE_CONTROL: REVALIDATE}
    return web.FileResponse(file, headers=headers)


@cache
def _template(file: Path) -> Template:
    return Template(file.read_text(encoding="utf-8"))
